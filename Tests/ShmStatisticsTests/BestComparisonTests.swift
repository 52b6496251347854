import Foundation
import Testing

@testable import ShmStatistics

/// Simulated rounds of several alternatives, whose true values a test sets.
private struct SimulatedRounds {
    enum Noise: String, CaseIterable {
        /// Normal, 2 %.
        case normal
        /// Normal, 2 %, and one value in ten is slowed by up to a half.
        case outliers
        /// Normal, 1 %, and a drift of 1 % per measured value, within rounds as well.
        case drift
        /// Two modes that differ by 12 %, with little noise in each.
        case modes
        /// Two modes that differ by a factor of 2.2.
        case wideModes
        /// The scatter of each alternative and round differs by up to a factor of 30.
        case uneven
    }

    var generator: SeededGenerator
    let noise: Noise
    private var measured = 0

    init(_ noise: Noise, seed: UInt64) {
        self.noise = noise
        generator = SeededGenerator(seed: seed)
    }

    private mutating func normal() -> Double {
        let (one, other) = (
            Double.random(in: 1e-12..<1, using: &generator), Double.random(in: 0..<1, using: &generator)
        )
        return (-2 * log(one)).squareRoot() * cos(2 * .pi * other)
    }

    private mutating func value(_ truth: Double) -> Double {
        measured += 1
        switch noise {
        case .normal: return truth + 0.02 * normal()
        case .outliers:
            let isSlow = Int.random(in: 0..<10, using: &generator) == 0
            return truth + 0.02 * normal() - (isSlow ? Double.random(in: 0..<0.5, using: &generator) : 0)
        case .drift: return truth + 0.01 * normal() + 0.01 * Double(measured)
        case .modes: return truth + 0.0005 * normal() + (Bool.random(using: &generator) ? 0.06 : -0.06)
        case .wideModes: return truth + 0.01 * normal() + (Bool.random(using: &generator) ? 0.4 : -0.4)
        case .uneven: return truth + Double.random(in: 0.002..<0.06, using: &generator) * normal()
        }
    }

    /// Rounds in which the alternatives are measured in random order.
    mutating func rounds(_ count: Int, _ truths: [Double]) -> [[Int: Double]] {
        var values = [[Int: Double]](repeating: [:], count: truths.count)
        for round in 0..<count {
            for index in truths.indices.shuffled(using: &generator) { values[index][round] = value(truths[index]) }
        }
        return values
    }
}

@Suite(.timeLimit(.minutes(10))) struct BestComparisonTests {
    private static let threshold = log1p(0.03)
    private static let rate = 0.01

    /// The comparison of one simulated run.
    private func compare(_ rounds: inout SimulatedRounds, _ count: Int, _ truths: [Double]) throws -> BestComparison {
        let confidence = BestComparison.confidence(errorRate: Self.rate, alternatives: [truths.count])
        return try #require(
            BestComparison(rounds.rounds(count, truths), threshold: Self.threshold, confidence: confidence))
    }

    @Test(arguments: [
        (1, 0.95, 12.7062), (2, 0.95, 4.30265), (2, 0.99, 9.92484), (3, 0.99, 5.84091), (4, 0.999, 8.61030),
        (10, 0.999, 4.58689), (29, 0.95, 2.04523), (120, 0.99, 2.61742),
    ])
    func `quantiles of Student's t are those of the tables`(freedom: Int, confidence: Double, quantile: Double) {
        #expect(areClose(studentQuantile(freedom: freedom, confidence: confidence), quantile, within: 1e-5))
    }

    @Test func `a sample without a ranked interval has Student's, a larger one does not`() throws {
        let few = try #require(PairedInterval([0.1, 0.2, 0.3], confidence: 0.95))
        #expect(
            areClose(few.estimate, 0.2)
                && areClose(few.high - few.low, 2 * 4.30265 * 0.1 / 3.0.squareRoot(), within: 1e-5))
        let values = (1...12).map { Double($0) / 10 }
        let ranked = try #require(SignedRankInterval(values, confidence: 0.95))
        let many = try #require(PairedInterval(values, confidence: 0.95))
        #expect(many.low == ranked.low && many.high == ranked.high && many.estimate == ranked.estimate)
        let one = try #require(PairedInterval([0.5], confidence: 0.95))
        #expect(one.estimate == 0.5 && one.low == -.infinity && one.high == .infinity)
        #expect(PairedInterval([], confidence: 0.95) == nil && PairedInterval([.nan], confidence: 0.95) == nil)
    }

    /// 1 % of 500 are 5, with a standard deviation of 2.2: 18,000 runs in all. Without optimisation they take minutes, and a
    /// tenth must do.
    @Test(arguments: SimulatedRounds.Noise.allCases, [3, 5, 12])
    fileprivate func `equals have a winner in at most one run of a hundred`(noise: SimulatedRounds.Noise, count: Int)
        throws
    {
        for alternatives in [2, 6] {
            var rounds = SimulatedRounds(noise, seed: UInt64(alternatives * 1000 + count))
            var winners = 0
            #if DEBUG && !OptimisedTests
                let (runs, limit) = (50, 4)
            #else
                let (runs, limit) = (500, 14)
            #endif
            for _ in 0..<runs {
                let found = try compare(&rounds, count, [Double](repeating: 0, count: alternatives))
                if found.rivals.allSatisfy({ $0.direction == .higher }) { winners += 1 }
            }
            // Few rounds show only a factor of four, which none of these noises makes.
            let most = count < BestComparison.fewestPairs ? 0 : limit
            #expect(winners <= most, "\(noise), \(count) rounds, \(alternatives) equals: \(winners) of \(runs)")
        }
    }

    @Test(arguments: SimulatedRounds.Noise.allCases.filter { $0 != .wideModes })
    fileprivate func `a lead of five is found in three rounds, and none in two`(noise: SimulatedRounds.Noise) throws {
        var rounds = SimulatedRounds(noise, seed: 5)
        var found = 0
        for _ in 0..<100 where try compare(&rounds, 3, [0, log(5)]).rivals[0].direction == .higher { found += 1 }
        let two = try compare(&rounds, 2, [0, log(5)]).rivals[0].direction
        #expect(two == .undecided)
        #expect(found > (noise == .outliers ? 50 : 80), "\(noise): \(found) of 100")
    }

    @Test func `small differences are found equivalent, and larger ones are not`() throws {
        var rounds = SimulatedRounds(.normal, seed: 9)
        var (equivalent, wrong) = (0, 0)
        for _ in 0..<300 {
            if try compare(&rounds, 40, [0, 0.001]).rivals[0].direction == .equivalent { equivalent += 1 }
            if try compare(&rounds, 12, [0, 0.045]).rivals[0].direction == .equivalent { wrong += 1 }
        }
        #expect(equivalent > 250 && wrong <= 9)
    }

    @Test func `the number of pairs that would decide does so`() throws {
        var rounds = SimulatedRounds(.normal, seed: 3)
        var (decided, asked) = (0, 0)
        for _ in 0..<300 {
            let truths = [0, 0.06]
            let first = try compare(&rounds, 5, truths).rivals[0]
            guard first.direction == .undecided, let needed = first.pairsToDecide else { continue }
            #expect(needed > 5 && needed <= BestComparison.mostPairs)
            asked += 1
            if try compare(&rounds, needed, truths).rivals[0].direction != .undecided { decided += 1 }
        }
        #expect(asked > 20 && decided * 2 > asked, "\(decided) of \(asked)")
    }

    /// With 15 pairs the interval becomes that of the signed ranks, which is wider than Student's with 14.
    @Test func `the number of pairs that would decide holds for signed ranks, too`() throws {
        var rounds = SimulatedRounds(.normal, seed: 4)
        let truths = [0, 0.05]
        func rival(_ count: Int) throws -> BestComparison.Rival {
            let comparison = try #require(
                BestComparison(rounds.rounds(count, truths), threshold: Self.threshold, confidence: 0.9999))
            return comparison.rivals[0]
        }
        var (decided, asked) = (0, 0)
        for _ in 0..<400 {
            let first = try rival(12)
            guard first.direction == .undecided, let needed = first.pairsToDecide, needed > 12 else { continue }
            if needed < 15 { continue }
            asked += 1
            if try rival(needed).direction != .undecided { decided += 1 }
        }
        #expect(asked > 50 && decided * 2 > asked, "\(decided) of \(asked)")
    }

    @Test(arguments: [(14, 0.9999), (15, 0.9999), (40, 0.9999), (100, 0.9999), (101, 0.9999), (9, 0.99)])
    func `the expected half-width is that of simulated samples`(size: Int, confidence: Double) throws {
        var rounds = SimulatedRounds(.normal, seed: UInt64(size))
        // The scatter of a difference of two values is 2 % times the root of two.
        let deviation = 0.02 * 2.0.squareRoot()
        let halves = try (0..<200).map { _ in
            let values = rounds.rounds(size, [0, 0])
            let interval = try #require(
                PairedInterval(
                    values[0].compactMap { round, value in values[1][round].map { value - $0 } },
                    confidence: confidence))
            return (interval.high - interval.low) / 2 / deviation
        }
        var expected = ExpectedHalf(confidence: confidence)
        let mean = halves.reduce(0, +) / Double(halves.count)
        #expect(areClose(expected.half(size), mean, within: 0.08), "\(mean)")
    }

    @Test func `an alternative that is better in the common rounds is the best, also with a lower median`() throws {
        // The first has the greater median, since it alone has the fast rounds.
        let steady = Dictionary(uniqueKeysWithValues: (0..<12).map { ($0, Double($0) / 1000) })
        let fast = Dictionary(uniqueKeysWithValues: (20..<40).map { ($0, 1.0) })
        let worse = steady.mapValues { $0 - 0.2 }.merging(fast) { $1 }
        let found = try #require(
            BestComparison([worse, steady], threshold: Self.threshold, confidence: 0.99))
        #expect(found.best == 1 && found.rivals.map(\.direction) == [.higher])
    }

    @Test func `pairs are the common rounds, and without any there is no interval`() throws {
        let one = Dictionary(uniqueKeysWithValues: (0..<8).map { ($0, 1 + Double($0) / 1000) })
        let apart = Dictionary(uniqueKeysWithValues: (100..<108).map { ($0, 0.0) })
        let partly = Dictionary(uniqueKeysWithValues: (6..<20).map { ($0, 0.0) })
        let found = try #require(
            BestComparison([one, apart, partly], threshold: Self.threshold, confidence: 0.99))
        #expect(found.best == 0 && found.rivals.map(\.pairs) == [0, 2])
        #expect(found.rivals[0].lead == nil && found.rivals[0].direction == .undecided)
        #expect(BestComparison([one], threshold: 0.03, confidence: 0.99) == nil)
    }

    @Test func `a difference within the resolution is not a lead`() throws {
        let (fast, slow) = (
            [0: 0.0, 1: 0, 2: 0, 3: 0, 4: 0, 5: 0], [0: -0.2, 1: -0.2, 2: -0.2, 3: -0.2, 4: -0.2, 5: -0.2]
        )
        func direction(_ resolution: Double) throws -> Direction {
            try #require(
                BestComparison([fast, slow], threshold: Self.threshold, resolution: resolution, confidence: 0.95)
            ).rivals[0].direction
        }
        #expect(try direction(0) == .higher && direction(0.25) == .undecided)
    }

    @Test func `the comparisons of a document share the error rate`() {
        #expect(areClose(BestComparison.confidence(errorRate: 0.01, alternatives: [3, 6, 1]), 1 - 0.01 / 7))
        #expect(BestComparison.confidence(errorRate: 0.01, alternatives: []) == 0.99)
    }
}
