/// The files in which the kernel exports its state. Tests use another root.
package struct KernelFiles {
    package var root: String

    package init(root: String = "") { self.root = root }

    /// The folder of a process in `/proc`, for `nil` that of the calling process; `nil` if it cannot be found.
    package func folder(of process: Int32?) -> String? {
        guard let process else { return "/proc/self" }
        return root.isEmpty ? ProcessFolder.path(of: process) : "/proc/\(process)"
    }

    package func text(_ path: String) -> String? { try? SmallFile.read(root + path) }

    /// The number in a file, or in the line of the file that begins with `name`; `nil` if there is no number, as in
    /// `max`.
    package func number(_ path: String, _ name: String? = nil) -> UInt64? {
        guard let lines = text(path)?.split(separator: "\n") else { return nil }
        guard let name else { return lines.first.flatMap { UInt64($0) } }
        for line in lines {
            let words = line.split(whereSeparator: { $0 == " " || $0 == ":" || $0 == "\t" })
            if words.count > 1 && words[0] == name { return UInt64(words[1]) }
        }
        return nil
    }
}
