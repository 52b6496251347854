/// A generator with the same numbers in every run: SplitMix64.
///
/// Source: Steele, Lea and Flood, *Fast Splittable Pseudorandom Number Generators*, OOPSLA 2014.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}

/// Numbers from 0 to 1 that any language can reproduce, for reference values: s ← (1103515245·s + 12345) mod 2³¹, each
/// (s >> 8) / 2²³.
func referenceNumbers(_ count: Int, seed: Int) -> [Double] {
    var state = seed
    return (0..<count).map { _ in
        state = (state * 1_103_515_245 + 12_345) % 2_147_483_648
        return Double(state >> 8) / 8_388_608
    }
}

/// Whether two numbers are equal up to a relative rounding error; equal infinities are.
func areClose(_ one: Double, _ other: Double, within share: Double = 1e-10) -> Bool {
    one == other || abs(one - other) <= share * max(abs(one), abs(other))
}
