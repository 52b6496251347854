internal import CShm
internal import Glibc

/// The folder of a process of this PID namespace in `/proc`.
///
/// `/proc` may belong to a namespace above (`unshare --pid --fork` without `--mount-proc`). Its numbers then denote
/// other processes.
package enum ProcessFolder {
    /// The folder of a process; `nil` if it cannot be found.
    package static func path(of process: Int32) -> String? {
        if hasOwnNumbers { return "/proc/\(process)" }
        let descriptor = shm_pidfd_open(process)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        // The kernel translates: this field holds the process id in the namespace of the `/proc` that the file lies in.
        guard let number = fields("Pid:", of: "/proc/self/fdinfo/\(descriptor)").first, number > 0 else { return nil }
        return "/proc/\(number)"
    }

    /// Whether `/proc` belongs to this process's PID namespace: then `NSpid` has this process's id and no other.
    private static let hasOwnNumbers = fields("NSpid:", of: "/proc/self/status") == [getpid()]

    private static func fields(_ title: String, of path: String) -> [Int32] {
        let line = (try? SmallFile.read(path))?.split(separator: "\n").first { $0.hasPrefix(title) }
        return line?.split(whereSeparator: \.isWhitespace).dropFirst().compactMap { Int32($0) } ?? []
    }
}
