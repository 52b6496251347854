/// The memory that a control group still grants its processes: beyond its limit the kernel kills one of them.
struct MemoryGroup {
    private let folder: String
    private let isUnified: Bool
    private let files: KernelFiles

    /// Why not to reserve `bytes` bytes; `nil` if no group of this process objects, or if none can be read.
    static func objection(to bytes: Int, files: KernelFiles = KernelFiles()) -> String? {
        guard let own = ControlGroup("memory", files: files) else { return nil }
        return own.first { folder in
            let group = MemoryGroup(folder: folder, isUnified: own.isUnified, files: files)
            guard let free = group.free, bytes > free else { return nil }
            return "it needs \(bytes) bytes and the memory control group \(folder) has \(free) left of its limit"
        }
    }

    /// The bytes left below the limit, including caches that the kernel can drop; `nil` if there is no limit.
    private var free: Int? {
        let names = isUnified ? ("memory.max", "memory.current") : ("memory.limit_in_bytes", "memory.usage_in_bytes")
        guard let limit = number(names.0), let usage = number(names.1) else { return nil }
        // Version 1 shows "no limit" as the largest number of pages.
        if limit > Int.max / 2 { return nil }
        return max(0, limit - usage) + droppable + swap
    }

    private var droppable: Int {
        let names = isUnified ? ["inactive_file", "active_file"] : ["total_inactive_file", "total_active_file"]
        return names.reduce(0) { $0 + (number("memory.stat", $1) ?? 0) }
    }

    /// The bytes that the group may swap out, if the machine has swap space.
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
