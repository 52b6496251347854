internal import Glibc
internal import SystemPackage

/// What a program wrote to its standard error before it gave up, for who started it to pass on.
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

    /// What the program is given as its standard error.
    var errors: FileDescriptor { pipe.writeEnd }

    /// Its last line so far, without its name in front; `nil` where it has said nothing.
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
