internal import CBench
internal import ShmCore

/// The CPUs of the machine, as the kernel describes them in /sys.
enum Topology {
    struct CPU: Equatable {
        var number: Int
        var package: Int
        var core: Int
    }

    /// The CPUs that this process may run on.
    static func allowed() -> [CPU] {
        (0..<1024).filter { bench_may_run_on(Int32($0)) }.map { number in
            CPU(number: number, package: read("physical_package_id", number), core: read("core_id", number))
        }
    }

    private static func read(_ file: String, _ cpu: Int) -> Int {
        let path = "/sys/devices/system/cpu/cpu\(cpu)/topology/\(file)"
        return (try? SmallFile.read(path)).flatMap { Int($0.split(separator: "\n").first ?? "") } ?? 0
    }
}
