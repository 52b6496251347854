internal import Glibc

/// The program of this process.
package enum OwnProgram {
    /// The name of a loader that starts a program with libraries beside it, as in a fleet folder: the kernel then takes the
    /// loader for the program.
    package static let loader = "loader"

    /// The executable of this process, or the script beside the loader that starts it.
    package static var path: String {
        let path = executable
        let folder = path.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/")
        return path == "\(folder)/\(loader)" ? "\(folder)/shmbench" : path
    }

    /// What starts this very program once more, even if its file was replaced, or `/proc` belongs to another PID namespace.
    package static var again: String {
        let path = path
        return path == executable ? "/proc/self/exe" : path
    }

    private static var executable: String {
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
        let length = unsafe readlink("/proc/self/exe", &buffer, buffer.count)
        return length > 0
            ? String(decoding: buffer[..<length].map(UInt8.init(bitPattern:)), as: UTF8.self) : "./shmbench"
    }
}
