internal import Glibc

// What is no fault of a lock: processes that stood still.
extension StressTest {
    /// Whether somebody stood still since a time, so that nothing that was seen since says anything about the lock. It is to
    /// be done again then, with fresh workers. Throws when that comes to pass again and again, or where something outside
    /// has ended a worker.
    ///
    /// - Parameter isSuspicious: whether something is wrong.
    mutating func isDisturbed(since start: UInt64, isSuspicious: Bool, _ result: inout StressResult)
        throws(RoundFailure) -> Bool
    {
        let found = outside.take()
        if let end = found.end ?? scene?.outsideEnd() { throw .failed(end) }
        if isSuspicious && scene != nil {
            // A robust lock of a process that was killed is passed on before its end can be seen.
            usleep(50_000)
            if let end = scene?.outsideEnd() { throw .failed(end) }
        }
        let standstill =
            Standstill(PauseWatch.shared.pauses(since: start)) ?? found.standstill
            ?? scene?.fleet.standstill(isSuspicious: isSuspicious)
        guard let standstill else {
            standstillsInARow = 0
            return false
        }
        scene = nil
        standstills.append(standstill)
        result.discarded += 1
        standstillsInARow += 1
        if standstillsInARow > Standstill.repetitions { throw .failed(Standstill.tooOften(standstill)) }
        return true
    }
}
