internal import Glibc

/// What somebody else did to the workers of a stress test, as far as it was noticed.
final class FleetDisturbance {
    /// Workers that the test itself stops, or has stopped and let go on.
    private var stoppedByTest: Set<Int> = []
    private var noticed: Standstill?

    /// The test itself stops a worker.
    func begin(_ worker: Int) { stoppedByTest.insert(worker) }

    /// It is about to let it go on.
    func end(_ worker: Int, _ process: ChildProcess) {
        if process.jobSignal() == SIGCONT {
            noticed = Standstill(
                text:
                    "worker \(worker + 1) (pid \(process.pid)), which this test had stopped, was let go on by somebody else"
            )
        }
    }

    /// What was noticed since this was last asked.
    ///
    /// - Parameter isSuspicious: whether something is wrong that a process that cannot run would explain.
    func standstill(of processes: [(worker: Int, process: ChildProcess)], isSuspicious: Bool) -> Standstill? {
        defer { (noticed, stoppedByTest) = (nil, []) }
        for (worker, process) in processes {
            let wasSignalled = process.jobSignal() != nil && !stoppedByTest.contains(worker)
            guard wasSignalled || isSuspicious else { continue }
            let freeze = ProcessFreeze.description(of: process.pid)
            if wasSignalled || freeze != nil {
                let what = freeze ?? "was stopped by a signal, and went on"
                noticed = noticed ?? Standstill(text: "worker \(worker + 1) (pid \(process.pid)) \(what)")
            }
        }
        return noticed
    }
}

extension StressFleet {
    func beginStop(_ worker: Int) { disturbance.begin(worker) }

    func endStop(_ worker: Int) { if let process = process(worker) { disturbance.end(worker, process) } }

    /// Why what was seen of the workers says nothing about the lock: some of them stood still; `nil` where none did.
    func standstill(isSuspicious: Bool) -> Standstill? {
        disturbance.standstill(
            of: live.compactMap { worker in process(worker).map { (worker, $0) } }, isSuspicious: isSuspicious)
    }

    /// A worker that something outside this program has ended, in words: a limit of the machine, or another user.
    func outsideEnd() -> String? {
        for worker in live where process(worker)?.isRunning == false {
            guard let exit = process(worker)?.exit, exit.isOutside else { continue }
            return "worker \(worker + 1) \(exit.explained)"
        }
        return nil
    }
}
