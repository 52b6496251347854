import ShmStatistics
import Testing

@Suite(.timeLimit(.minutes(10))) struct PercentileRuleTests {
    @Test(arguments: [
        (50.0, UInt64(20)), (90, 100), (99, 1000), (99.9, 10_000), (99.99, 100_000), (99.999, 1_000_000), (100, 1),
    ])
    func `ten samples must lie beyond a percentile`(percent: Double, samples: UInt64) {
        #expect(PercentileRule.samples(for: percent) == samples)
        #expect(PercentileRule.supports(percent, samples: samples))
        #expect(!PercentileRule.supports(percent, samples: samples - 1))
    }
}
