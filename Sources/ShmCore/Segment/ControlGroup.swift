internal import Glibc

/// The control groups of a process (`cgroups(7)`), in version 1 and version 2 of the interface.
package struct ControlGroup {
    /// The group's folder, then those of its parents as far as they are visible here: a group's limit applies to all
    /// groups below it.
    package let folders: [String]
    /// Whether the hierarchy is of version 2, which uses other file names.
    package let isUnified: Bool

    /// The group in which a controller accounts for a process: of version 1 if the controller has a hierarchy of its
    /// own, otherwise of version 2. `nil` if there is no group or it is not visible.
    ///
    /// - Parameter process: the process; `nil` for the calling process.
    package init?(_ controller: String, of process: Int32? = nil, files: KernelFiles = KernelFiles()) {
        let text = files.folder(of: process).flatMap { files.text("\($0)/cgroup") } ?? ""
        let groups = text.split(separator: "\n").map {
            $0.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
        }
        let own = groups.first { $0.count == 3 && $0[1].split(separator: ",").contains(controller[...]) }
        isUnified = own == nil
        guard let path = own?[2] ?? groups.first(where: { $0.count == 3 && $0[0] == "0" })?[2],
            let mount = Mount(isUnified ? nil : controller, files)
        else { return nil }
        folders = mount.folders(of: path, process: process ?? getpid(), files)
        if folders.isEmpty { return nil }
    }

    /// The first result that is not `nil`, asked for the group and then for its parents.
    package func first<Answer>(_ question: (String) -> Answer?) -> Answer? { folders.lazy.compactMap(question).first }

    /// Where a hierarchy is mounted, and which group that mount shows as its root.
    private struct Mount {
        let root: Substring
        let point: Substring

        /// Finds a controller's hierarchy in `proc_pid_mountinfo(5)`; that of version 2 for `nil`.
        init?(_ controller: String?, _ files: KernelFiles) {
            for line in (files.text("/proc/self/mountinfo") ?? "").split(separator: "\n") {
                let fields = line.split(separator: " ")
                guard let dash = fields.firstIndex(of: "-"), dash > 5, fields.count > dash + 3 else { continue }
                let options = fields[dash + 3].split(separator: ",")
                let isWanted =
                    controller.map { fields[dash + 1] == "cgroup" && options.contains($0[...]) }
                    ?? (fields[dash + 1] == "cgroup2")
                guard isWanted else { continue }
                (root, point) = (fields[3], fields[4])
                return
            }
            return nil
        }

        /// The folders of a group and of its parents, as far as they are visible; empty if the group is not.
        func folders(of group: Substring, process: Int32, _ files: KernelFiles) -> [String] {
            // The mount predates this process's cgroup namespace, so it shows groups above the namespace's root.
            let above = root.split(separator: "/")
            if above.contains("..") {
                guard let own = folder(of: process, below: "\(point)", depth: above.count, files) else { return [] }
                let names = own.split(separator: "/")
                return (0...above.count).map { names.dropLast($0).reduce("") { "\($0)/\($1)" } }
            }
            var rest = group
            if root != "/" && (group == root || group.hasPrefix("\(root)/")) { rest = group.dropFirst(root.count) }
            let names = rest.split(separator: "/")
            if names.contains("..") { return [] }
            return (0...names.count).reversed().map { names.prefix($0).reduce("\(point)") { "\($0)/\($1)" } }
        }

        /// The folder of a process's group, `depth` levels below `folder`.
        private func folder(of process: Int32, below folder: String, depth: Int, _ files: KernelFiles) -> String? {
            let names = ((try? SegmentFile.names(in: files.root + folder)) ?? []).map { "\(folder)/\($0)" }
            let groups = names.filter { SegmentFile.status(at: "\(files.root)\($0)/cgroup.procs") != nil }
            if depth > 1 {
                return groups.lazy.compactMap { self.folder(of: process, below: $0, depth: depth - 1, files) }.first
            }
            return groups.first { group in
                files.text("\(group)/cgroup.procs")?.split(separator: "\n").contains("\(process)"[...]) ?? false
            }
        }
    }
}
