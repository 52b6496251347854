internal import Glibc

/// The control groups of a process (`cgroups(7)`), of both versions of the interface.
package struct ControlGroup {
    /// The group's folder, then those of its parents, as far as they can be seen from here: a group's limit holds for all
    /// below it.
    package let folders: [String]
    /// Whether they are of version 2, whose files have other names.
    package let isUnified: Bool

    /// The group that a controller counts a process to: of version 1 where the controller has a hierarchy of its own, else of
    /// version 2. `nil` where there is none, or it cannot be seen.
    ///
    /// - Parameter process: where it is not this one.
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

    /// The group, or its nearest parent, for whose folder a question has an answer.
    package func first<Answer>(_ question: (String) -> Answer?) -> Answer? { folders.lazy.compactMap(question).first }

    /// Where a hierarchy is mounted, and which of its groups is shown there as the root.
    private struct Mount {
        let root: Substring
        let point: Substring

        /// Finds a controller's hierarchy, or version 2's, in `proc_pid_mountinfo(5)`.
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

        /// The folders of a group and of those above it, as far as they are shown; none where the group is not.
        func folders(of group: Substring, process: Int32, _ files: KernelFiles) -> [String] {
            // A mount from before this process entered its cgroup namespace: it shows what lies above.
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

        /// The group, so many levels down, that a process is in.
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
