internal import Glibc
internal import ShmCore
internal import ShmHarness
internal import SystemPackage

/// What was found outside the lock when a scene seemed to hang, which may be gone by now.
final class OutsideFindings {
    private var end: String?
    private var standstill: Standstill?

    func look(at scene: StressScene) {
        end = end ?? scene.outsideEnd()
        standstill = standstill ?? scene.fleet.standstill(isSuspicious: true)
    }

    /// What was found since this was last asked.
    func take() -> (end: String?, standstill: Standstill?) {
        defer { (end, standstill) = (nil, nil) }
        return (end, standstill)
    }
}

// What is no fault of a lock: processes that stood still, and what the machine refuses.
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

    /// What an error of the segment comes to: a fault of the lock or the library, unless the machine had nothing left.
    func fault(_ error: SharedMemoryError, _ what: String) throws(RoundFailure) -> Episode {
        if error.code == .outOfMemory || error.code == .outOfResources {
            throw .failed(MachineWant.reason(error))
        }
        return Episode(corruption: "\(what): \(error.description)")
    }

    /// Why a worker could not do what it was asked for. Throws where that is the machine's doing.
    func refusal(_ errorNumber: Int32, _ request: StressSlot.Request, to process: Int32?)
        throws(RoundFailure) -> String
    {
        if request == .forkAndExec {
            let reason = MachineWant.reason(Errno(rawValue: errorNumber), to: process)
            throw .failed("a worker cannot start another program: \(reason)")
        }
        return "the worker could not do it: \(Errno(rawValue: errorNumber))"
    }
}
