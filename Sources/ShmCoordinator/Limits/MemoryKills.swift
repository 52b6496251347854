internal import ShmCore

/// OOM kills since this process started its first child.
struct MemoryKills {
    private let ofGroup: UInt64
    private let ofMachine: UInt64

    /// The counts at the start of the first child.
    static let before = MemoryKills()

    init(files: KernelFiles = KernelFiles()) {
        ofGroup = Self.group(files)?.kills ?? 0
        ofMachine = files.number("/proc/vmstat", "oom_kill") ?? 0
    }

    /// The memory that ran out, in words; `nil` if this process's control group had no OOM kill since.
    func cause(files: KernelFiles = KernelFiles()) -> String? {
        guard let group = Self.group(files), group.kills > ofGroup else { return nil }
        return "the memory of the control group ran out: \(group.limit); raise it, or ask for fewer --workers"
    }

    /// The possible cause if the machine had an OOM kill since; `nil` otherwise. The kernel counts those of all control
    /// groups together, so the killed process may be of another program.
    func possibleCause(files: KernelFiles = KernelFiles()) -> String? {
        guard let kills = files.number("/proc/vmstat", "oom_kill"), kills > ofMachine else { return nil }
        return "the kernel did because memory ran out (its log names the processes that it killed)"
    }

    /// OOM kills in this process's own control group, and its limit in words; the two cgroup versions have different
    /// files.
    private static func group(_ files: KernelFiles) -> (kills: UInt64, limit: String)? {
        guard let group = ControlGroup("memory", files: files), let own = group.folders.first else { return nil }
        for (counter, name, limit) in [
            ("memory.oom_control", "oom_kill", "memory.limit_in_bytes"), ("memory.events", "oom_kill", "memory.max"),
        ] {
            guard let kills = files.number("\(own)/\(counter)", name) else { continue }
            let limits = group.folders.compactMap { folder in
                files.number("\(folder)/\(limit)").map { (bytes: $0, file: "\(folder)/\(limit)") }
            }
            guard let least = limits.min(by: { $0.bytes < $1.bytes }) else { return (kills, "\(own)/\(counter)") }
            return (kills, "\(least.file) is \(least.bytes)")
        }
        return nil
    }
}
