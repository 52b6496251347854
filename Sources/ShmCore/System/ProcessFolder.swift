internal import CShm
internal import Glibc

/// Where `/proc` shows a process of this PID namespace.
///
/// It may be the `/proc` of a namespace above (`unshare --pid --fork` without `--mount-proc`): its numbers mean other processes
/// than this one's.
package enum ProcessFolder {
    /// The folder of a process; `nil` where it cannot be found.
    package static func path(of process: Int32) -> String? {
        if hasOwnNumbers { return "/proc/\(process)" }
        let descriptor = shm_pidfd_open(process)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        // The kernel translates: this field has the number that the file's own /proc uses.
        guard let number = fields("Pid:", of: "/proc/self/fdinfo/\(descriptor)").first, number > 0 else { return nil }
        return "/proc/\(number)"
    }

    /// Whether `/proc` is of this process's PID namespace: it knows this process by one number alone.
    private static let hasOwnNumbers = fields("NSpid:", of: "/proc/self/status") == [getpid()]

    private static func fields(_ title: String, of path: String) -> [Int32] {
        let line = (try? SmallFile.read(path))?.split(separator: "\n").first { $0.hasPrefix(title) }
        return line?.split(whereSeparator: \.isWhitespace).dropFirst().compactMap { Int32($0) } ?? []
    }
}
