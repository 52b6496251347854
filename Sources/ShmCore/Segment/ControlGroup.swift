internal import Glibc

/// What this process's memory control groups (`cgroups(7)`, version 1 or 2) leave it: storage that goes beyond a group's
/// limit makes the kernel kill one of the group's processes.
enum ControlGroup {
    /// The reason not to reserve so many bytes; `nil` where no group speaks against it, or none can be read.
    static func objection(to bytes: Int) -> String? {
        guard let memberships = try? SmallFile.read("/proc/self/cgroup"),
            let mounts = try? SmallFile.read("/proc/self/mountinfo")
        else { return nil }
        for line in memberships.split(separator: "\n") {
            let fields = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
            guard fields.count == 3 else { continue }
            let isUnified = fields[1].isEmpty
            guard isUnified || fields[1].split(separator: ",").contains("memory"),
                let mount = Mount(in: mounts, isUnified: isUnified)
            else { continue }
            // A group's limit holds for all below it.
            for folder in mount.folders(of: fields[2]) {
                let group = Group(folder: folder, isUnified: isUnified)
                if let free = group.free, bytes > free {
                    return
                        "\(bytes) bytes were asked for and the memory control group \(folder) has \(free) left of its limit"
                }
            }
        }
        return nil
    }

    /// Where a hierarchy is mounted, and which of its groups is shown there as the root.
    private struct Mount {
        let folder: Substring
        let root: Substring

        /// Finds it in `proc_pid_mountinfo(5)`.
        init?(in text: String, isUnified: Bool) {
            for line in text.split(separator: "\n") {
                let fields = line.split(separator: " ")
                guard let dash = fields.firstIndex(of: "-"), dash > 4, fields.count > dash + 3 else { continue }
                let after = fields[(dash + 1)...].map { $0 }
                let isWanted =
                    isUnified
                    ? after[0] == "cgroup2" : after[0] == "cgroup" && after[2].split(separator: ",").contains("memory")
                guard isWanted else { continue }
                (root, folder) = (fields[3], fields[4])
                return
            }
            return nil
        }

        /// The folders of a group and of those above it, as far as they are shown.
        func folders(of group: Substring) -> [String] {
            // A mount from before this process entered its cgroup namespace: it shows what lies above.
            let above = root.split(separator: "/")
            if above.contains("..") {
                guard let own = Self.folder(below: String(folder), depth: above.count) else { return [] }
                return (0...above.count).map { own.split(separator: "/").dropLast($0).reduce("") { "\($0)/\($1)" } }
            }
            var path =
                group == root
                ? "" : group.hasPrefix("\(root)/") && root != "/" ? String(group.dropFirst(root.count)) : String(group)
            if path == "/" { path = "" }
            var folders = ["\(folder)\(path)"]
            while let slash = path.lastIndex(of: "/") {
                path = String(path[..<slash])
                folders.append("\(folder)\(path)")
            }
            return folders
        }

        /// The group, so many levels down, that this process is in.
        private static func folder(below folder: String, depth: Int) -> String? {
            let me = "\(getpid())"
            let names = ((try? SegmentFile.names(in: folder)) ?? []).map { "\(folder)/\($0)" }
            let groups = names.filter { SegmentFile.status(at: "\($0)/cgroup.procs") != nil }
            if depth > 1 { return groups.lazy.compactMap { Self.folder(below: $0, depth: depth - 1) }.first }
            return groups.first { group in
                (try? SmallFile.read("\(group)/cgroup.procs"))?.split(separator: "\n").contains(me[...]) ?? false
            }
        }
    }

    private struct Group {
        let folder: String
        let isUnified: Bool

        /// Bytes until its limit, counting what the kernel can drop; `nil` where it has no limit.
        var free: Int? {
            let names =
                isUnified ? ("memory.max", "memory.current") : ("memory.limit_in_bytes", "memory.usage_in_bytes")
            guard let limit = number(names.0), let usage = number(names.1) else { return nil }
            // A limit of version 1 that is none is the largest number of pages.
            if limit > Int.max / 2 { return nil }
            return max(0, limit - usage) + droppable + swap
        }

        private var droppable: Int {
            guard let text = try? SmallFile.read("\(folder)/memory.stat") else { return 0 }
            let wanted = isUnified ? ["inactive_file", "active_file"] : ["total_inactive_file", "total_active_file"]
            return text.split(separator: "\n").reduce(0) { sum, line in
                let fields = line.split(separator: " ")
                return fields.count == 2 && wanted.contains(String(fields[0])) ? sum + (Int(fields[1]) ?? 0) : sum
            }
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

        private func number(_ file: String) -> Int? {
            guard let text = try? SmallFile.read("\(folder)/\(file)") else { return nil }
            let digits = text.prefix { $0 != "\n" }
            return digits == "max" ? .max : Int(digits)
        }
    }
}
