import ShmStatistics
import Testing

@Suite(.timeLimit(.minutes(1))) struct SummaryTests {
    @Test func `the median of an odd sample is its middle value, in whatever order it comes`() {
        #expect(median([7]) == 7)
        #expect(median([9, 1, 5]) == 5)
        #expect(median([5, 5, 1, 9, 1_000_000]) == 5)
    }

    @Test func `the median of an even sample is the mean of the two middle values`() {
        #expect(median([4, 1]) == 2.5)
        #expect(median([100, 2, 1, 4]) == 3)
    }

    @Test func `an empty sample has neither median nor spread`() {
        #expect(median([]) == nil)
        #expect(relativeSpread([]) == nil)
    }

    @Test func `the spread is half the range over the median`() throws {
        #expect(relativeSpread([90, 100, 120]) == 0.15)
        #expect(relativeSpread([3, 3, 3]) == 0)
        #expect(relativeSpread([42]) == 0)
    }

    @Test func `a median of zero gives no spread, not an infinite one`() {
        #expect(relativeSpread([-1, 0, 1]) == nil)
        #expect(relativeSpread([0]) == nil)
    }
}
