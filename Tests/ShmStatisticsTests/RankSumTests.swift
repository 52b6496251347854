import ShmStatistics
import Testing

@Suite(.timeLimit(.minutes(10))) struct RankSumTests {
    private static let distinct = ([1.1, 2.2, 3.3, 4.4, 5.5], [2.5, 3.6, 4.7, 5.8, 6.9, 7.95, 8.05])
    private static let tied: ([Double], [Double]) = ([1, 2, 2, 3, 3, 3], [2, 3, 4, 4, 5])
    private static let twenty = (1...21).filter { $0 != 5 }.map(Double.init)
    private static let oneAgainstMany = ([5.0], twenty)
    private static let manyAgainstOne = (twenty, [0.5])
    private static let two: ([Double], [Double]) = ([1, 2], [3, 4])
    private static let constant = ([Double](repeating: 7, count: 3), [Double](repeating: 7, count: 4))
    private static let lumps: ([Double], [Double]) = ([1, 1, 2, 5, 5, 5, 5, 9], [1, 2, 2])
    private static let fifty = (referenceNumbers(50, seed: 7), referenceNumbers(50, seed: 99).map { $0 + 0.08 })
    private static let large = (referenceNumbers(200, seed: 7), referenceNumbers(150, seed: 99).map { $0 + 0.03 })
    private static let largeTied = (
        large.0.map { ($0 * 30).rounded(.down) }, large.1.map { ($0 * 30).rounded(.down) }
    )

    /// The largest U that is significant on two sides, at 0.05 and at 0.01, from the tables of Mann and Whitney 1947
    /// and Milton (J. Amer. Statist. Assoc. 59, 1964): that many differences are cut off at either end.
    @Test(arguments: [
        (3, 3, -1, -1), (4, 4, 0, -1), (5, 5, 2, 0), (6, 6, 5, 2), (7, 7, 8, 4), (8, 8, 13, 7), (10, 10, 23, 16),
        (12, 12, 37, 27), (15, 15, 64, 51), (20, 20, 127, 105), (3, 10, 3, 0), (3, 20, 8, 3), (4, 10, 5, 2),
        (5, 20, 20, 13), (8, 10, 17, 11), (10, 20, 55, 42), (19, 20, 119, 99),
    ])
    func `the number of differences cut off equals the published tables`(fewer: Int, more: Int, atFive: Int, atOne: Int)
        throws
    {
        // Differences of steps of 1 and of 1000 are all distinct: 1, 2, … in order once ranked.
        let base = (0..<fewer).map { -Double($0) }
        let candidate = (0..<more).map { 1000 * Double($0) }
        let ranked = candidate.flatMap { value in base.map { value - $0 } }.sorted()
        for (confidence, cut) in [(0.95, atFive), (0.99, atOne)] {
            let interval = try #require(RankSumInterval(base: base, candidate: candidate, confidence: confidence))
            #expect(interval.low == (cut < 0 ? -.infinity : ranked[cut]))
            #expect(interval.high == (cut < 0 ? .infinity : ranked[ranked.count - 1 - cut]))
            let mirrored = try #require(RankSumInterval(base: candidate, candidate: base, confidence: confidence))
            #expect(mirrored.low == -interval.high && mirrored.high == -interval.low)
        }
    }

    /// From scipy.stats.mannwhitneyu(candidate, base, alternative=…, method="exact"); with ties from
    /// method=PermutationMethod(n_resamples=inf), confirmed by enumerating all draws with numpy; the large ones from
    /// method="asymptotic", use_continuity=True. SciPy 1.17.1.
    @Test(arguments: [
        (distinct, 0.07323232323232323, 0.036616161616161616, 0.976010101010101),
        (tied, 0.11255411255411256, 0.05627705627705628, 0.9696969696969697),
        (oneAgainstMany, 0.47619047619047616, 0.23809523809523808, 0.8095238095238095),
        (manyAgainstOne, 0.09523809523809523, 1, 0.047619047619047616),
        (two, 0.3333333333333333, 0.16666666666666666, 1),
        (constant, 1, 1, 1),
        (lumps, 0.23030303030303031, 0.9393939393939394, 0.11515151515151516),
        (fifty, 0.03302732627618219, 0.016513663138091095, 0.9837723957450423),
        (large, 0.396951683706642, 0.198475841853321, 0.8018215150470792),
        (largeTied, 0.40261784225628816, 0.20130892112814408, 0.7989911807411703),
    ])
    func `p-values are SciPy's`(
        samples: (base: [Double], candidate: [Double]), twoSided: Double, greater: Double, less: Double
    ) throws {
        func p(_ alternative: Alternative) throws -> Double {
            try #require(rankSumTest(base: samples.base, candidate: samples.candidate, alternative: alternative))
        }
        #expect(areClose(try p(.twoSided), twoSided))
        #expect(areClose(try p(.greater), greater))
        #expect(areClose(try p(.less), less))
    }

    /// The compiler takes seconds to find the type of a literal as long.
    private typealias Case = (
        samples: (base: [Double], candidate: [Double]), wanted: Double, estimate: Double, low: Double, high: Double,
        confidence: Double
    )

    /// From numpy: all differences sorted, and the null distribution as Gaussian binomial coefficients in integers.
    private static let intervals: [Case] = [
        (distinct, 0.8, 2.5, 0.3, 4.65, 0.851010101010101),
        (distinct, 0.9, 2.5, 0.3, 4.7, 0.9267676767676768),
        (distinct, 0.95, 2.5, -0.8, 4.75, 0.952020202020202),
        (tied, 0.9, 1, 0, 2, 0.9177489177489178),
        (tied, 0.95, 1, 0, 3, 0.9696969696969697),
        (oneAgainstMany, 0.9, 6.5, -4, 16, 0.9047619047619048),
        (oneAgainstMany, 0.95, 6.5, -.infinity, .infinity, 1),
        (manyAgainstOne, 0.8, -11, -19.5, -1.5, 0.8095238095238095),
        (two, 0.8, 2, -.infinity, .infinity, 1),
        (constant, 0.9, 0, 0, 0, 0.9428571428571428),
        (constant, 0.95, 0, -.infinity, .infinity, 1),
        (lumps, 0.9, -3, -4, 1, 0.9151515151515152),
        (lumps, 0.95, -3, -7, 1, 0.9515151515151515),
        (fifty, 0.95, 0.1307087707519531, 0.012838797569274862, 0.26398571014404304, 0.9504522764011537),
    ]

    @Test(arguments: intervals)
    func `intervals are those of an enumeration`(
        samples: (base: [Double], candidate: [Double]), wanted: Double, estimate: Double, low: Double, high: Double,
        confidence: Double
    ) throws {
        let interval = try #require(
            RankSumInterval(base: samples.base.shuffled(), candidate: samples.candidate.shuffled(), confidence: wanted))
        #expect(areClose(interval.estimate, estimate))
        #expect(areClose(interval.low, low) && areClose(interval.high, high))
        #expect(areClose(interval.confidence, confidence))
    }

    /// The exact interval, from numpy as above: -0.037197 … 0.089550.
    @Test func `large samples have an interval too, by the normal approximation`() throws {
        let interval = try #require(RankSumInterval(base: Self.large.0, candidate: Self.large.1, confidence: 0.95))
        #expect(areClose(interval.estimate, 0.027386515140533474))
        #expect(abs(interval.low + 0.0371972) < 1e-4 && abs(interval.high - 0.0895502) < 1e-4)
        #expect((0.95...0.951).contains(interval.confidence))
    }

    @Test func `values that are not finite have no result, and neither has an empty sample`() {
        for (base, candidate) in [([], [1]), ([1], []), ([], []), ([.nan], [1]), ([1], [2, .infinity])]
            as [([Double], [Double])]
        {
            #expect(RankSumInterval(base: base, candidate: candidate, confidence: 0.9) == nil)
            #expect(rankSumTest(base: base, candidate: candidate, alternative: .twoSided) == nil)
        }
    }

    @Test(arguments: [0, -1, 1, 2, .nan, .infinity] as [Double])
    func `the ends do not cross at any confidence`(confidence: Double) throws {
        let interval = try #require(RankSumInterval(base: [1, 2, 3], candidate: [1, 4], confidence: confidence))
        #expect(interval.low <= interval.estimate && interval.estimate <= interval.high)
    }
}
