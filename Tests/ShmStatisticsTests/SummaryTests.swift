import ShmStatistics
import Testing

@Suite(.timeLimit(.minutes(10))) struct SummaryTests {
    @Test func `the median of an odd sample is its middle value, in any order`() {
        #expect(median([7]) == 7)
        #expect(median([9, 1, 5]) == 5)
        #expect(median([5, 5, 1, 9, 1_000_000]) == 5)
    }

    @Test func `the median of an even sample is the mean of the two middle values`() {
        #expect(median([4, 1]) == 2.5)
        #expect(median([100, 2, 1, 4]) == 3)
    }

    @Test func `an empty sample has no median`() {
        #expect(median([]) == nil)
    }

    @Test func `a spread covers its share, independent of the other values`() {
        let sample = [10.0, 11, 9, 13, 7, 10, 10, 10, 1_000, 10]
        #expect(spread(sample, covering: 0.5) == 0)
        #expect(spread(sample, covering: 0.6) == 1 && spread(sample, covering: 0.61) == 1)
        #expect(spread(sample, covering: 0.9) == 3 && spread(sample, covering: 1) == 990)
        #expect(spread(sample, covering: 7) == 990 && spread(sample, covering: -1) == 0)
        #expect(spread([5], covering: 0.9) == 0 && spread([], covering: 0.9) == nil)
    }
}
