package import ShmCore

/// What the workers of a block of turns must know in addition to the plan: which lock they use, and where it lies. The
/// coordinator writes it into each side's arena before it starts the workers.
///
/// It is a trivial value of fixed layout, as ``Plan`` is.
public struct TurnStage: Sendable {
    /// The number in the key of the test segment, which is also the other side's.
    public var testRound: Int32
    /// The offset of the lock's area in the test segment's data, in bytes.
    public var areaOffset: UInt32
    /// The size of the area, in bytes.
    public var areaRoom: UInt32
    /// The bytes of the name, from the lowest one of the first word on; the rest is zero.
    private var name: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)

    /// Creates the stage of one side.
    ///
    /// - Parameters:
    ///   - lock: the name of the lock's kind, of at most 31 bytes.
    ///   - testRound: the number in the key of the test segment.
    ///   - area: where the lock lies in that segment's data.
    package init(lock: String, testRound: Int, area: LockArea) {
        self.testRound = Int32(testRound)
        areaOffset = UInt32(area.offset)
        areaRoom = UInt32(area.room)
        var words = [UInt64](repeating: 0, count: 4)
        for (index, byte) in lock.utf8.prefix(31).enumerated() { words[index / 8] |= UInt64(byte) << (index % 8 * 8) }
        name = (words[0], words[1], words[2], words[3])
    }

    /// The name of the lock's kind.
    public var lock: String {
        let words = [name.0, name.1, name.2, name.3]
        let bytes = (0..<32).map { UInt8(truncatingIfNeeded: words[$0 / 8] >> ($0 % 8 * 8)) }
        return String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    }
}
