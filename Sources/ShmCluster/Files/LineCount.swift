internal import Glibc
internal import SystemPackage

/// Counts the lines of a file without keeping it.
enum LineCount {
    /// The number of line ends in a regular file.
    static func lines(in path: String) throws(Errno) -> Int {
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
        if descriptor < 0 { throw Errno(rawValue: errno) }
        defer { close(descriptor) }
        var facts = stat()
        guard unsafe fstat(descriptor, &facts) == 0, facts.st_mode & S_IFMT == S_IFREG else { throw .invalidArgument }
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        var lines = 0
        while true {
            let count = unsafe read(descriptor, &buffer, buffer.count)
            if count < 0 { throw Errno(rawValue: errno) }
            if count == 0 { return lines }
            for byte in buffer[..<count] where byte == UInt8(ascii: "\n") { lines += 1 }
        }
    }
}
