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

    @Test func `an empty sample has no median`() {
        #expect(median([]) == nil)
    }
}
