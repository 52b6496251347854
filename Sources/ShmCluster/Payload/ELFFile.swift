internal import Glibc

/// What a program file says of how it is started.
struct ELFFile {
    /// The program that loads it with its libraries; `nil` for a static program.
    let interpreter: String?

    private static let headerSize = 64
    private static let interpreterType: UInt32 = 3

    /// Reads the headers; `nil` for a file that is no 64-bit ELF program.
    init?(_ path: String) {
        guard let header = try? FileTree.bytes(path, atMost: Self.headerSize), header.count == Self.headerSize,
            header.starts(with: [0x7f, UInt8(ascii: "E"), UInt8(ascii: "L"), UInt8(ascii: "F"), 2, 1])
        else { return nil }
        let (table, size, count) = (
            Int(clamping: Self.number(header, 32, 8)), Int(Self.number(header, 54, 2)), Int(Self.number(header, 56, 2))
        )
        guard size >= 56, count > 0, table < 1 << 30,
            let entries = try? FileTree.bytes(path, atMost: size * count, from: table), entries.count == size * count
        else { return nil }
        var interpreter: String?
        for start in stride(from: 0, to: entries.count, by: size)
        where UInt32(Self.number(entries, start, 4)) == Self.interpreterType {
            let (offset, length) = (
                Int(clamping: Self.number(entries, start + 8, 8)), Int(clamping: Self.number(entries, start + 32, 8))
            )
            guard length < 4096, let name = try? FileTree.bytes(path, atMost: length, from: offset) else { return nil }
            interpreter = String(decoding: name.prefix { $0 != 0 }, as: UTF8.self)
        }
        self.interpreter = interpreter
    }

    /// A little-endian number.
    private static func number(_ bytes: [UInt8], _ start: Int, _ size: Int) -> UInt64 {
        bytes[start..<start + size].reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }
}
