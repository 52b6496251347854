internal import CBench
internal import ShmCore

/// Which CPUs workers run on.
public enum Pinning: String, Sendable, CaseIterable {
    /// Wherever the scheduler puts them.
    case none
    /// Worker by worker on the nearest CPU that is left: hardware threads of one core first, then cores of one
    /// package.
    case compact
    /// Worker by worker as far apart as the machine allows: packages first, then cores, hardware threads last.
    case spread

    /// The CPU of each worker, or `nil` for no pinning. CPUs are used again when workers outnumber them.
    public func assignment(workers: Int) -> [Int?] {
        let order = order(of: Topology.allowed())
        if order.isEmpty { return Array(repeating: nil, count: workers) }
        return (0..<workers).map { order[$0 % order.count] }
    }

    /// CPUs in the order in which workers get them.
    func order(of cpus: [Topology.CPU]) -> [Int] {
        switch self {
        case .none: return []
        case .compact:
            return cpus.sorted { ($0.package, $0.core, $0.number) < ($1.package, $1.core, $1.number) }.map(\.number)
        case .spread:
            // A CPU's rank is how many of its core, and how many cores of its package, come before it.
            var threadsSeen: [[Int]: Int] = [:]
            var coresSeen: [Int: [Int]] = [:]
            let ranked = cpus.sorted { $0.number < $1.number }.map { cpu in
                let thread = threadsSeen[[cpu.package, cpu.core], default: 0]
                threadsSeen[[cpu.package, cpu.core]] = thread + 1
                if coresSeen[cpu.package, default: []].contains(cpu.core) == false {
                    coresSeen[cpu.package, default: []].append(cpu.core)
                }
                let core = coresSeen[cpu.package]?.firstIndex(of: cpu.core) ?? 0
                return (thread: thread, core: core, package: cpu.package, number: cpu.number)
            }
            return ranked.sorted { ($0.thread, $0.core, $0.package) < ($1.thread, $1.core, $1.package) }.map(\.number)
        }
    }
}

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
