internal import Glibc
internal import SystemPackage

/// The bytes of a results file, which are UTF-8. A file may be cut while it is read, so it is not mapped.
package final class FileContent {
    /// The name in messages.
    package let path: String
    private var bytes: [UInt8]

    /// The path that stands for standard input.
    package static let standardInput = "-"
    /// The size limit, bytes.
    private static let longest = 256 << 20

    /// A text in place of a file.
    package init(_ text: String, path: String) {
        self.path = path
        bytes = Array(text.utf8)
    }

    /// Reads a file; `-` is standard input.
    package init(reading path: String) throws {
        self.path = path == Self.standardInput ? "<stdin>" : path
        do {
            bytes =
                try path == Self.standardInput
                ? Self.bytes(.standardInput)
                : {
                    let file = try FileDescriptor.open(FilePath(path), .readOnly, options: [.closeOnExec])
                    return try file.closeAfter { try Self.bytes(file) }
                }()
        } catch let error as Errno {
            throw Failure("cannot read the results \(path): \(error)", code: .usage)
        }
        guard bytes.count <= Self.longest, Self.isText(bytes) else {
            throw Failure("cannot read the results \(self.path): expected UTF-8 text of at most 256 MiB", code: .usage)
        }
    }

    /// The bytes, which only the caller has from then on: a parser changes them in place.
    func take() -> [UInt8] {
        var taken: [UInt8] = []
        swap(&taken, &bytes)
        return taken
    }

    package var text: String { String(decoding: bytes, as: UTF8.self) }

    /// The first line, by which the kind of the file is recognised.
    package var firstLine: String {
        String(decoding: bytes.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
    }

    private static func isText(_ bytes: [UInt8]) -> Bool {
        do {
            _ = try UTF8Span(validating: bytes.span)
            return true
        } catch { return false }
    }

    /// One byte more than the limit if there are more.
    private static func bytes(_ file: FileDescriptor) throws -> [UInt8] {
        var bytes: [UInt8] = []
        var status = stat()
        // A pipe has no size.
        if unsafe fstat(file.rawValue, &status) == 0, status.st_size > 0 {
            bytes.reserveCapacity(min(Int(status.st_size), longest) + 1)
        }
        var part = [UInt8](repeating: 0, count: 1 << 18)
        while bytes.count <= longest {
            let count = unsafe try part.withUnsafeMutableBytes { unsafe try file.read(into: $0) }
            if count == 0 { break }
            bytes += part[..<count]
        }
        return bytes
    }
}
