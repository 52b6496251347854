import ShmStatistics
import Testing

@Suite(.timeLimit(.minutes(10))) struct AdmissionOrderTests {
    @Test func `the longest run is found at any position`() {
        #expect(AdmissionOrder.longestRun([]) == 0)
        #expect(AdmissionOrder.longestRun([3]) == 1)
        #expect(AdmissionOrder.longestRun([1, 2, 2, 1, 1, 1]) == 3)
        #expect(AdmissionOrder.longestRun([1, 1, 2, 1]) == 2)
    }

    @Test func `an owner that takes turns returns after all others, one that barges at once`() {
        #expect(AdmissionOrder.medianReturn([0, 1, 2, 0, 1, 2, 0, 1, 2]) == 3)
        #expect(AdmissionOrder.medianReturn([0, 0, 0, 0, 1]) == 1)
        #expect(AdmissionOrder.medianReturn([0, 1, 2]) == nil)
    }

    @Test func `windows distinguish turns from long runs that even out`() {
        let turns = (0..<64).map { UInt16($0 % 2) }
        let runs = [UInt16](repeating: 0, count: 32) + [UInt16](repeating: 1, count: 32)
        #expect(AdmissionOrder.windowedJain(turns, participants: 2, window: 16) == 1)
        #expect(AdmissionOrder.windowedJain(runs, participants: 2, window: 16) == 0.5)
        #expect(AdmissionOrder.windowedJain(turns, participants: 2, window: 65) == nil)
    }
}
