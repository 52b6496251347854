import ShmHarness

/// Zeroed memory, page-aligned, for as long as somebody refers to it.
@safe final class Memory {
    let base: UnsafeMutableRawPointer

    init(byteCount: Int) {
        unsafe base = .allocate(byteCount: byteCount, alignment: 4096)
        unsafe base.initializeMemory(as: UInt8.self, repeating: 0, count: byteCount)
    }

    deinit { unsafe base.deallocate() }

    func word<T: BitwiseCopyable>(_ offset: Int, as type: T.Type) -> T {
        unsafe base.load(fromByteOffset: offset, as: type)
    }

    func set<T: BitwiseCopyable>(_ offset: Int, _ value: T) {
        unsafe base.storeBytes(of: value, toByteOffset: offset, as: T.self)
    }
}

/// Random numbers that are the same in every run.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(_ seed: UInt64) { state = seed }

    /// Knuth's multiplier; the low bits of such a generator are poor, so the high half is folded in.
    mutating func next() -> UInt64 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return state ^ state >> 32
    }

    /// A value whose logarithm is uniform: as many short times as long ones.
    mutating func time(upTo highest: UInt64) -> UInt64 {
        let bits = UInt64.random(in: 1...40, using: &self)
        return min(UInt64.random(in: 0..<(1 << bits), using: &self), highest)
    }
}

extension LatencyHistogram {
    /// The smallest value and the count of every cell that is not empty, smallest value first.
    func forEachCell(_ body: (_ lowestValue: UInt64, _ count: UInt64) -> Void) {
        var counts = [UInt64](repeating: 0, count: geometry.cellCount)
        add(to: &counts)
        for (index, count) in counts.enumerated() where count > 0 { body(geometry.lowestValue(of: index), count) }
    }
}
