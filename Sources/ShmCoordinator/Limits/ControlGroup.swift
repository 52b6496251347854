internal import ShmCore

/// The control groups of a process (cgroups(7)), of both versions of the interface.
struct ControlGroup {
    /// The group's folder, then those of its parents, as far as they can be seen from here.
    let folders: [String]

    /// The group that a controller counts a process to: of version 1 where the controller has a hierarchy of its own, else of
    /// version 2. `nil` where there is none, or it cannot be seen.
    ///
    /// - Parameter process: where it is not this one.
    init?(_ controller: String, of process: Int32? = nil, files: KernelFiles = KernelFiles()) {
        let text = files.folder(of: process).flatMap { files.text("\($0)/cgroup") } ?? ""
        let groups = text.split(separator: "\n").map {
            $0.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
        }
        let own = groups.first { $0.count == 3 && $0[1].split(separator: ",").contains(controller[...]) }
        guard let path = own?[2] ?? groups.first(where: { $0.count == 3 && $0[0] == "0" })?[2],
            let mount = Self.mount(own == nil ? nil : controller, files)
        else { return nil }
        self.init(path: String(path), mount)
    }

    private init?(path: String, _ mount: (root: String, point: String)) {
        // Seen from a namespace or a container, the hierarchy's root is not the mount's.
        var rest = path[...]
        if mount.root != "/" && path.hasPrefix(mount.root) { rest = path.dropFirst(mount.root.count) }
        let names = rest.split(separator: "/")
        if names.contains("..") { return nil }
        folders = (0...names.count).reversed().map { count in
            ([mount.point] + names.prefix(count).map(String.init)).joined(separator: "/")
        }
    }

    /// Where a controller's hierarchy is mounted, or version 2's.
    private static func mount(_ controller: String?, _ files: KernelFiles) -> (root: String, point: String)? {
        for line in (files.text("/proc/self/mountinfo") ?? "").split(separator: "\n") {
            let fields = line.split(separator: " ")
            guard let dash = fields.firstIndex(of: "-"), dash + 3 < fields.count, dash > 5 else { continue }
            let options = fields[dash + 3].split(separator: ",")
            let isWanted =
                controller.map { fields[dash + 1] == "cgroup" && options.contains($0[...]) }
                ?? (fields[dash + 1] == "cgroup2")
            if isWanted { return (String(fields[3]), String(fields[4])) }
        }
        return nil
    }

    /// The group, or its nearest parent, for whose folder a question has an answer.
    func first<Answer>(_ question: (String) -> Answer?) -> Answer? { folders.lazy.compactMap(question).first }
}

/// The small files through which the kernel tells about itself; under another root in tests.
package struct KernelFiles {
    var root: String

    package init(root: String = "") { self.root = root }

    /// The folder in `/proc` of a process, of this one for `nil`; `nil` where it cannot be found.
    func folder(of process: Int32?) -> String? {
        guard let process else { return "/proc/self" }
        return root.isEmpty ? ProcessFolder.path(of: process) : "/proc/\(process)"
    }

    func text(_ path: String) -> String? { try? SmallFile.read(root + path) }

    /// The number in a file, or of one of its lines that begins with a name; `nil` where there is no number, as in `max`.
    func number(_ path: String, _ name: String? = nil) -> UInt64? {
        guard let lines = text(path)?.split(separator: "\n") else { return nil }
        guard let name else { return lines.first.flatMap { UInt64($0) } }
        for line in lines {
            let words = line.split(whereSeparator: { $0 == " " || $0 == ":" || $0 == "\t" })
            if words.count > 1 && words[0] == name { return UInt64(words[1]) }
        }
        return nil
    }
}
