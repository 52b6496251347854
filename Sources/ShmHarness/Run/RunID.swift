/// Identifies a run in all PID namespaces and containers that share a `/dev/shm`: a random number.
///
/// Its text, 20 hexadecimal digits, ends with a checksum, so that an application's key is not mistaken for a run's.
public struct RunID: Sendable, Hashable, CustomStringConvertible {
    private let number: UInt64

    private init(_ number: UInt64) { self.number = number }

    /// An id that no other run has.
    public static func random() -> RunID { RunID(.random(in: 0 ... .max)) }

    /// Parses the text of an id; `nil` if it is none.
    public init?(_ text: some StringProtocol) {
        guard text.utf8.count == 20, let number = UInt64(text.prefix(16), radix: 16) else { return nil }
        self.number = number
        // Also rejects capital digits and signs.
        guard description == text else { return nil }
    }

    /// The text of the id.
    public var description: String { Self.digits(number, 16) + Self.digits(UInt64(checksum), 4) }

    /// FNV-1a of the number, folded to 16 bits.
    private var checksum: UInt16 {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for shift in stride(from: 0, to: 64, by: 8) { hash = (hash ^ (number >> shift & 0xff)) &* 0x100_0000_01b3 }
        return UInt16(truncatingIfNeeded: hash ^ hash >> 16 ^ hash >> 32 ^ hash >> 48)
    }

    private static func digits(_ value: UInt64, _ count: Int) -> String {
        let digits = String(value, radix: 16)
        return String(repeating: "0", count: count - digits.count) + digits
    }
}
