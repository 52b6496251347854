import ShmStatistics
import Testing

@Suite(.timeLimit(.minutes(10))) struct SignedRankTests {
    private static let mixed = [0.012, -0.003, 0.021, 0.007, 0.015, -0.011, 0.009, 0.018, 0.002, 0.03, -0.006, 0.013]
    private static let tied: [Double] = [1, 1, -1, 2, 2, -2, 3, 0, 0, 4, -4, 5, 1]
    private static let constant: [Double] = [3, 3, 3, 3, 3, 3]
    private static let distinct = [0.5, -1.5, 2.5, 3.5, -4.5, 5.5, 6.5, 7.5]
    private static let mostlyNegative = [-0.5, 1.5, -2.5, -3.5, 4.5, -5.5, -6.5]
    private static let many = referenceNumbers(300, seed: 1).map { $0 - 0.42 }
    private static let manyTied = referenceNumbers(300, seed: 1).map { ($0 * 20).rounded(.down) - 8 }

    /// The largest sums of ranks that are significant on two sides, at 0.05 and at 0.01, from Wilcoxon's tables
    /// (Wilcoxon and Wilcox, *Some Rapid Approximate Statistical Procedures*, 1964; McCornack, J. Amer. Statist. Assoc.
    /// 60, 1965). The interval's rank is one more.
    @Test(arguments: [
        (6, 0, -1), (7, 2, -1), (8, 3, 0), (9, 5, 1), (10, 8, 3), (11, 10, 5), (12, 13, 7), (13, 17, 9), (14, 21, 12),
        (15, 25, 15), (16, 29, 19), (17, 34, 23), (18, 40, 27), (19, 46, 32), (20, 52, 37), (25, 89, 68),
        (30, 137, 109),
    ])
    func `ranks equal the published tables`(size: Int, atFive: Int, atOne: Int) {
        #expect(SignedRankRank(size: size, confidence: 0.95).rank == atFive + 1)
        #expect(SignedRankRank(size: size, confidence: 0.99).rank == atOne + 1)
    }

    /// Exact values from scipy.stats.wilcoxon(x, alternative=…, method="exact"); with ties or zeros from wilcoxon(x
    /// without zeros, alternative=…, method=PermutationMethod(n_resamples=inf)), confirmed by enumerating all signs
    /// with numpy; large ones from method="exact" for 150 and from wilcoxon(x, alternative=…, method="asymptotic",
    /// correction=True, zero_method="wilcox") for 300. SciPy 1.17.1.
    @Test(arguments: [
        (mixed, 0.02685546875, 0.013427734375, 0.989501953125),
        (tied, 0.2001953125, 0.10009765625, 0.91259765625),
        (constant, 0.03125, 0.015625, 1),
        (distinct, 0.1484375, 0.07421875, 0.9453125),
        (mostlyNegative, 0.296875, 0.890625, 0.1484375),
        (Array(many[..<150]), 0.0002788199883363429, 0.00013940999416817146, 0.999861639894865),
        (many, 0.00032980221452366513, 0.00016490110726183257, 0.9998355191575637),
        (manyTied, 0.0004404018311399594, 0.0002202009155699797, 0.9997804008053987),
        ([2], 1, 0.5, 1), ([-2, 0], 1, 1, 0.5), ([1, 2], 0.5, 0.25, 1),
    ])
    func `p-values are SciPy's`(sample: [Double], twoSided: Double, greater: Double, less: Double) throws {
        #expect(areClose(try #require(signedRankTest(sample, alternative: .twoSided)), twoSided))
        #expect(areClose(try #require(signedRankTest(sample, alternative: .greater)), greater))
        #expect(areClose(try #require(signedRankTest(sample, alternative: .less)), less))
    }

    /// The compiler takes seconds to find the type of a literal as long.
    private typealias Case = (
        sample: [Double], wanted: Double, estimate: Double, low: Double, high: Double, confidence: Double
    )

    /// From numpy: all Walsh averages sorted, and the null distribution as a product of polynomials in integers.
    private static let intervals: [Case] = [
        (mixed, 0.8, 0.00925, 0.0035, 0.014, 0.82373046875),
        (mixed, 0.95, 0.00925, 0.001, 0.0165, 0.95751953125),
        (mixed, 0.99, 0.00925, -0.002, 0.0195, 0.99072265625),
        (tied, 0.8, 1, 0, 2, 0.80908203125),
        (tied, 0.95, 1, -0.5, 2.5, 0.9521484375),
        (tied, 0.99, 1, -1.5, 3, 0.991943359375),
        (constant, 0.8, 3, 3, 3, 0.84375),
        (constant, 0.95, 3, 3, 3, 0.96875),
        (constant, 0.99, 3, -.infinity, .infinity, 1),
        (distinct, 0.95, 2.75, -1.5, 6.5, 0.9609375),
        (distinct, 0.99, 2.75, -4.5, 7.5, 0.9921875),
        (mostlyNegative, 0.8, -2, -4.5, 0.5, 0.84375),
        (mostlyNegative, 0.99, -2, -.infinity, .infinity, 1),
        (Array(many[..<60]), 0.95, 0.11476458787918092, 0.03433759689331056, 0.19071050167083742, 0.9507184940156387),
        (Array(many[..<100]), 0.999, 0.09573622226715091, -0.009090526103973373, 0.194183247089386, 0.9990110058238785),
    ]

    @Test(arguments: intervals)
    func `intervals are those of an enumeration`(
        sample: [Double], wanted: Double, estimate: Double, low: Double, high: Double, confidence: Double
    ) throws {
        let interval = try #require(SignedRankInterval(sample.shuffled(), confidence: wanted))
        #expect(areClose(interval.estimate, estimate))
        #expect(areClose(interval.low, low) && areClose(interval.high, high))
        #expect(areClose(interval.confidence, confidence))
    }

    /// The exact interval, from numpy as above: 0.030957 … 0.096852.
    @Test func `large samples have an interval too, by the normal approximation`() throws {
        let interval = try #require(SignedRankInterval(Self.many, confidence: 0.95))
        #expect(areClose(interval.estimate, 0.06445338010787965))
        #expect(abs(interval.low - 0.03095688) < 1e-4 && abs(interval.high - 0.09685196) < 1e-4)
        #expect((0.95...0.951).contains(interval.confidence))
    }

    @Test(arguments: [0.9, 0.95, 0.99, 0.9993])
    func `the normal approximation continues where exact counting ends`(confidence: Double) {
        let exact = SignedRankRank(size: 100, confidence: confidence)
        let normal = SignedRankRank(size: 101, confidence: confidence)
        // The rank grows by somewhat less than half the sample's size with each value; far out in the tails the
        // approximation is conservative.
        #expect((15...50).contains(normal.rank - exact.rank))
    }

    @Test func `one or two values have an estimate, and an interval only at a low confidence`() throws {
        let one = try #require(SignedRankInterval([4], confidence: 0.95))
        #expect(one.estimate == 4 && one.low == -.infinity && one.high == .infinity && one.confidence == 1)
        let two = try #require(SignedRankInterval([1, 4], confidence: 0.5))
        #expect(two == (try #require(SignedRankInterval([4, 1], confidence: 0.5))))
        #expect(two.estimate == 2.5 && two.low == 1 && two.high == 4 && two.confidence == 0.5)
    }

    @Test(arguments: [0, -1, 1, 2, .nan, .infinity] as [Double])
    func `the ends do not cross at any confidence`(confidence: Double) throws {
        let interval = try #require(SignedRankInterval([1, 2, 3, 4, 5], confidence: confidence))
        #expect(interval.low <= interval.estimate && interval.estimate <= interval.high)
        #expect((0...1).contains(interval.confidence))
    }

    @Test func `values that are not finite have no result, and neither has an empty sample`() {
        for sample in [[], [1, .nan], [.infinity, 1], [-.infinity]] as [[Double]] {
            #expect(SignedRankInterval(sample, confidence: 0.95) == nil)
            #expect(signedRankTest(sample, alternative: .twoSided) == nil)
        }
    }

    @Test func `differences that are all zero have an interval of zero width and no p-value`() throws {
        let zeros = [Double](repeating: 0, count: 12)
        let interval = try #require(SignedRankInterval(zeros, confidence: 0.95))
        #expect(interval.estimate == 0 && interval.low == 0 && interval.high == 0)
        #expect(signedRankTest(zeros, alternative: .twoSided) == nil)
    }

    @Test func `the largest numbers do not overflow`() throws {
        let most = Double.greatestFiniteMagnitude
        let interval = try #require(SignedRankInterval([most, most, -most, most, most, most], confidence: 0.95))
        #expect(interval.estimate == most && interval.low == -most && interval.high == most)
    }

    @Test func `the interval contains zero if the test is not significant`() throws {
        var generator = SeededGenerator(seed: 5)
        for _ in 0..<300 {
            let size = Int.random(in: 6...20, using: &generator)
            let sample = (0..<size).map { _ in Double.random(in: -0.4...1, using: &generator) }
            let interval = try #require(SignedRankInterval(sample, confidence: 0.9))
            let p = try #require(signedRankTest(sample, alternative: .twoSided))
            #expect((interval.low > 0 || interval.high < 0) == (p <= 1 - interval.confidence + 1e-12))
        }
    }

    /// Blocks of four rounds under skewed noise with drift and serial correlation: only the coin makes them symmetric
    /// about zero.
    @Test func `randomised blocks keep their error rate under any noise`() throws {
        var generator = SeededGenerator(seed: 11)
        let trials = 4000
        let blocks = 12
        var (found, held) = (0, 0)
        let effect = 0.05
        let rank = SignedRankRank(size: blocks, confidence: 0.95)
        for _ in 0..<trials {
            var level = 0.0
            var (nothing, shifted): ([Double], [Double]) = ([], [])
            for block in 0..<blocks {
                let rounds = (0..<4).map { round in
                    let draw = Double.random(in: 0..<1, using: &generator)
                    level = 0.9 * level + draw * draw * draw
                    return level + 0.01 * Double(4 * block + round) + (block == 7 && round == 0 ? 5 : 0)
                }
                let outer = (rounds[0] + rounds[3] - rounds[1] - rounds[2]) / 2
                let value = Bool.random(using: &generator) ? outer : -outer
                nothing.append(value)
                shifted.append(value + effect)
            }
            if let p = signedRankTest(nothing, alternative: .twoSided), p <= 1 - rank.confidence + 1e-12 { found += 1 }
            if let interval = SignedRankInterval(shifted, rank: rank), interval.low <= effect, effect <= interval.high {
                held += 1
            }
        }
        let missed = 1 - rank.confidence
        let error = (missed * (1 - missed) / Double(trials)).squareRoot()
        #expect(abs(Double(found) / Double(trials) - missed) < 5 * error)
        #expect(abs(Double(held) / Double(trials) - rank.confidence) < 5 * error)
    }
}
