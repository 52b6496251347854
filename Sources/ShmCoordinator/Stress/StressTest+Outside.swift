internal import Glibc

// Causes outside the lock: processes that stood still.
extension StressTest {
    /// Whether a process stood still since a time, so that observations since then say nothing about the lock. The
    /// episode is then repeated with fresh workers. Throws if that happens too often in a row, or if something outside
    /// this program has ended a worker.
    ///
    /// - Parameter isSuspicious: whether something is wrong that this would explain.
    mutating func isDisturbed(since start: UInt64, isSuspicious: Bool, _ result: inout StressResult)
        throws(RoundFailure) -> Bool
    {
        let found = outside.take()
        if let end = found.end ?? scene?.outsideEnd() { throw .failed(end) }
        if isSuspicious && scene != nil {
            // A robust lock of a killed process is passed on before the process's end is visible.
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
