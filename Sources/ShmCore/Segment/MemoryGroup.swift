/// What a memory control group leaves its processes: storage that goes beyond its limit makes the kernel kill one of them.
struct MemoryGroup {
    private let folder: String
    private let isUnified: Bool
    private let files: KernelFiles

    /// The reason not to reserve so many bytes; `nil` where no group of this process speaks against it, or none can be read.
    static func objection(to bytes: Int, files: KernelFiles = KernelFiles()) -> String? {
        guard let own = ControlGroup("memory", files: files) else { return nil }
        return own.first { folder in
            let group = MemoryGroup(folder: folder, isUnified: own.isUnified, files: files)
            guard let free = group.free, bytes > free else { return nil }
            return "\(bytes) bytes were asked for and the memory control group \(folder) has \(free) left of its limit"
        }
    }

    /// Bytes until its limit, counting what the kernel can drop; `nil` where it has no limit.
    private var free: Int? {
        let names = isUnified ? ("memory.max", "memory.current") : ("memory.limit_in_bytes", "memory.usage_in_bytes")
        guard let limit = number(names.0), let usage = number(names.1) else { return nil }
        // A limit of version 1 that is none is the largest number of pages.
        if limit > Int.max / 2 { return nil }
        return max(0, limit - usage) + droppable + swap
    }

    private var droppable: Int {
        let names = isUnified ? ["inactive_file", "active_file"] : ["total_inactive_file", "total_active_file"]
        return names.reduce(0) { $0 + (number("memory.stat", $1) ?? 0) }
    }

    /// What of its memory it may swap out, where the machine has swap.
    private var swap: Int {
        guard let free = MemoryBudget.machine()?["SwapFree"], free > 0 else { return 0 }
        if isUnified {
            guard let limit = number("memory.swap.max") else { return free }
            return min(free, max(0, limit - (number("memory.swap.current") ?? 0)))
        }
        guard let both = number("memory.memsw.limit_in_bytes"), let usage = number("memory.memsw.usage_in_bytes"),
            let memory = number("memory.limit_in_bytes")
        else { return 0 }
        return min(free, max(0, both - max(usage, memory)))
    }

    private func number(_ file: String, _ name: String? = nil) -> Int? {
        files.number("\(folder)/\(file)", name).map { Int(clamping: $0) }
    }
}
