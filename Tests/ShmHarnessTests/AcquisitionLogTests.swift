import ShmHarness
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(10))) struct AcquisitionLogTests {
    @Test func `owners are logged in order, and each gets the previous owner and its release time`() {
        let memory = Memory(byteCount: AcquisitionLog.byteCount)
        let log = unsafe AcquisitionLog(memory.base)
        #expect(log.owners().isEmpty)
        var before = log.enter(worker: 3)
        #expect(before.ownerPlusOne == 0 && before.released == 0)
        log.leave(at: 77)
        before = log.enter(worker: 0)
        #expect(before.ownerPlusOne == 4 && before.released == 77)
        log.leave(at: 99)
        before = log.enter(worker: 4095)
        #expect(before.ownerPlusOne == 1 && before.released == 99)
        #expect(log.owners() == [3, 0, 4095])
    }

    @Test func `a full ring keeps the newest entries`() {
        let memory = Memory(byteCount: AcquisitionLog.byteCount)
        let log = unsafe AcquisitionLog(memory.base)
        for index in 0..<AcquisitionLog.capacity + 5 { _ = log.enter(worker: index % 1000) }
        let owners = log.owners()
        #expect(owners.count == AcquisitionLog.capacity)
        #expect(owners.first == 5)
        #expect(owners.last == UInt16((AcquisitionLog.capacity + 4) % 1000))
        log.touch()
        #expect(log.owners() == owners)
    }
}
