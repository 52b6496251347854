import ShmStatistics
import Testing

@Suite(.timeLimit(.minutes(10))) struct MedianIntervalTests {
    /// Ranks and coverage of the sign test's interval from binomial tables: n, the lower rank, the confidence.
    @Test(arguments: [
        (2, 1, 0.5), (3, 1, 0.75), (5, 1, 0.9375), (6, 1, 0.96875), (8, 1, 0.9921875), (9, 2, 0.9609375),
        (15, 4, 0.964844), (20, 6, 0.958611), (30, 10, 0.957226),
    ])
    func `ranks and confidence are those of the binomial tables`(size: Int, rank: Int, confidence: Double) throws {
        let interval = try #require(MedianInterval((1...size).map(Double.init).shuffled()))
        #expect(interval.low == Double(rank))
        #expect(interval.high == Double(size + 1 - rank))
        #expect(abs(interval.confidence - confidence) < 1e-6)
    }

    @Test func `one value has no interval, and neither have values that are not finite`() {
        #expect(MedianInterval([3]) == nil)
        #expect(MedianInterval([]) == nil)
        #expect(MedianInterval([3, .nan, .infinity]) == nil)
    }

    @Test func `ties and constant samples have an interval of no width`() throws {
        let interval = try #require(MedianInterval([4, 4, 4, 4, 4, 4]))
        #expect(interval.low == 4 && interval.high == 4)
    }

    /// For skewed samples with a known median, the coverage of the intervals is the confidence.
    @Test func `intervals cover the median at their confidence`() throws {
        var generator = SystemRandomNumberGenerator()
        let trials = 4000
        let hits = (0..<trials).count { _ in
            // The square of a uniform number is skewed; its median is 1/4.
            let sample = (0..<9).map { _ in
                let value = Double.random(in: 0..<1, using: &generator)
                return value * value
            }
            return MedianInterval(sample).map { $0.low <= 0.25 && 0.25 <= $0.high } ?? false
        }
        // 0.9609 ± five standard errors.
        #expect(abs(Double(hits) / Double(trials) - 0.9609) < 0.016)
    }

    @Test func `a value far from the others is an outlier; a wide sample has none`() {
        #expect(outliers([10, 10.1, 9.9, 10.05, 20]) == [4])
        #expect(outliers([10, 11, 12, 13, 14]) == [])
        #expect(outliers([10, 10, 10, 10, 10.5]) == [])
        #expect(outliers([10, 10, 10, 30]) == [])
    }

    @Test(arguments: [999, 1000, 1100, 10_000])
    func `large samples have an interval too`(count: Int) throws {
        let interval = try #require(MedianInterval((0..<count).map(Double.init)))
        #expect((0.95...0.97).contains(interval.confidence))
        // About 0.98 times the square root of the count on either side.
        let reach = (interval.high - interval.low) / 2 / Double(count).squareRoot()
        #expect((0.95...1.05).contains(reach))
    }
}
