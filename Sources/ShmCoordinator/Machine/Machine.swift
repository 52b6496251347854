internal import CBench
internal import Glibc
internal import ShmCore

/// The machine of a run.
public struct Machine: Sendable {
    /// Host name.
    public let hostname: String
    /// Kernel release.
    public let kernel: String
    /// Model name of the CPU.
    public let cpuModel: String
    /// CPUs that this process may use.
    public let cpus: Int
    /// The frequency governor of the first CPU; `nil` if the system does not control it, as on most virtual machines.
    public let scalingGovernor: String?

    /// This machine.
    public static let current = Machine()

    private init() {
        var name = utsname()
        _ = unsafe uname(&name)
        hostname = Self.text(name.nodename)
        kernel = Self.text(name.release)
        scalingGovernor = (try? SmallFile.read("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor"))
            .flatMap { $0.split(separator: "\n").first.map(String.init) }
        cpus = max(1, (0..<1024).count { bench_may_run_on(Int32($0)) })
        let lines = (try? SmallFile.read("/proc/cpuinfo"))?.split(separator: "\n") ?? []
        let model = lines.first { $0.hasPrefix("model name") || $0.hasPrefix("CPU part") }
        cpuModel = model?.split(separator: ":").last.map { String($0.drop { $0 == " " }) } ?? "unknown"
    }

    /// A C array of characters, as text.
    private static func text<Characters>(_ characters: Characters) -> String {
        unsafe withUnsafeBytes(of: characters) { unsafe String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    }
}
