/// A generator with the same numbers in every run.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(_ seed: UInt64) { state = seed }

    /// Knuth's multiplier. The low bits of such a generator are weak, so the high half is folded in.
    mutating func next() -> UInt64 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return state ^ state >> 32
    }

    /// A value with a uniform logarithm: as many short times as long ones.
    mutating func time(upTo highest: UInt64) -> UInt64 {
        let bits = UInt64.random(in: 1...40, using: &self)
        return min(UInt64.random(in: 0..<(1 << bits), using: &self), highest)
    }
}
