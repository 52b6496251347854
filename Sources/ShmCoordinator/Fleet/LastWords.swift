internal import Glibc
internal import SystemPackage

/// Captures what a program writes to its standard error before it gives up, so that its parent can report it.
final class LastWords {
    private let pipe: Pipe

    init() throws(Errno) {
        pipe = try Pipe()
        _ = fcntl(pipe.readEnd.rawValue, F_SETFL, O_NONBLOCK)
    }

    deinit {
        try? pipe.readEnd.close()
        try? pipe.writeEnd.close()
    }

    /// The descriptor for the program's standard error.
    var errors: FileDescriptor { pipe.writeEnd }

    /// The last line so far, without the program's name in front; `nil` if there is none.
    func line() -> String? {
        var text: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        while true {
            let count = unsafe read(pipe.readEnd.rawValue, &buffer, buffer.count)
            if count <= 0 { break }
            text += buffer[..<count]
        }
        guard let line = text.split(separator: UInt8(ascii: "\n")).last else { return nil }
        let words = String(decoding: line, as: UTF8.self)
        return words.hasPrefix("shmbench: ") ? String(words.dropFirst("shmbench: ".count)) : words
    }
}
