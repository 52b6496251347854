import ShmStatistics
import Testing

@Suite(.timeLimit(.minutes(10))) struct ProvedMarginTests {
    @Test func `it is the more distant end of the interval that misses with the level on each side`() throws {
        let sample = referenceNumbers(12, seed: 3).map { $0 - 0.6 }
        let interval = try #require(SignedRankInterval(sample, confidence: 0.8))
        #expect(interval.low < 0 && -interval.low > interval.high)
        #expect(provedMargin(sample, level: 0.1) == -interval.low)
        #expect(provedMargin(sample.map(-), level: 0.1) == -interval.low)
        let independent = try #require(RankSumInterval(base: sample, candidate: [0, 0.1, 0.2], confidence: 0.9))
        #expect(
            provedMargin(base: sample, candidate: [0, 0.1, 0.2], level: 0.05)
                == max(-independent.low, independent.high))
    }

    @Test func `too few differences prove nothing`() {
        #expect(provedMargin([0, 0, 0], level: 0.1) == .infinity && provedMargin([0, 0, 0, 0], level: 0.1) == 0)
        #expect(provedMargin([], level: 0.1) == nil && provedMargin([.nan], level: 0.1) == nil)
        #expect(provedMargin(base: [1], candidate: [], level: 0.1) == nil)
        #expect(provedMargin([0.5, 0.5], level: 0) == .infinity)
    }

    /// Ten blocks whose magnitudes are fixed, and whose signs are coins around a location: all 1024 patterns.
    @Test(arguments: [0.01, 0.05, 0.1])
    func `of all patterns of coins, at most the level prove a margin below the truth`(level: Double) {
        let magnitudes = referenceNumbers(10, seed: 5)
        let truth = 2.0
        let wrong = (0..<1024).count { pattern in
            let sample = magnitudes.indices.map { truth + (pattern >> $0 & 1 == 1 ? magnitudes[$0] : -magnitudes[$0]) }
            return provedMargin(sample, level: level).map { $0 < truth } ?? false
        }
        #expect(Double(wrong) / 1024 <= level && Double(wrong) / 1024 > level / 2, "\(wrong) of 1024")
    }
}
