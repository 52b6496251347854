@_spi(Bench) internal import ShmCore
internal import ShmHarness
internal import Synchronization

// Workers that end or stand still unexpectedly, and the states of the others.
extension RoundScene {
    /// Throws if a worker has ended unexpectedly, or the user interrupts. Detects workers that were stopped.
    ///
    /// - Parameter all: whether to check every worker. Each check is a system call, so while many workers are measured,
    ///   a part of them is checked in turn, selected by the time of day: each of a thousand within a fifth of a second.
    func check(all: Bool = true) throws(RoundFailure) {
        if Interruption.hasCome { throw .interrupted }
        let parts = all ? 1 : (max(cell.workers, cell.busyLoops) + 63) / 64
        let part = parts > 1 ? Int(Deadline.now.nanoseconds / Timing.look) % parts : 0
        for worker in fleet.live where worker % parts == part {
            fleet.lookForDisturbance(of: worker)
            // No worker exits before the phase `stop`.
            guard let exit = fleet.process(worker)?.exit,
                arena.phase < .stop || exit != .code(WorkerExit.done.rawValue)
            else { continue }
            if exit == .code(WorkerExit.lock.rawValue) {
                let errno = unsafe arena.slot(worker).pointee.errorNumber.load(ordering: .relaxed)
                throw .failed("the lock \(cell.lock) failed in \(fleet.name(worker)) with errno \(errno)")
            }
            throw .failed("\(fleet.fullName(worker)) \(exit.explained)")
        }
        try checkBackground { $0 % parts == part }
    }

    /// The first detected interference with a worker or a busy loop.
    var disturbance: Standstill? { fleet.disturbance ?? background.disturbance }

    /// Checks whether a worker without progress is unable to run.
    func lookForFreeze(_ worker: Int) {
        guard let process = fleet.process(worker), ProcessState.letter(of: process.pid) != "R" else { return }
        fleet.lookForDisturbance(of: worker, isSuspicious: true)
    }

    /// What kept a worker from running; `nil` if nothing did.
    ///
    /// - Parameter isStuck: whether there is no progress; workers are then checked one by one.
    func interruption(isStuck: Bool) -> Standstill? {
        if isStuck { for worker in fleet.live.prefix(64) { lookForFreeze(worker) } }
        return disturbance
    }

    /// The state of each worker, a line each, to show why there is no progress.
    func whereabouts() -> [String] {
        let owner = data.ownerNow
        return fleet.live.map { worker in
            let slot = unsafe arena.slot(worker)
            let state = WorkerSlot.State(rawValue: unsafe slot.pointee.state.load(ordering: .relaxed)) ?? .absent
            let phase = Phase(rawValue: unsafe slot.pointee.phase.load(ordering: .relaxed)) ?? .stop
            let sections = unsafe slot.pointee.sections.load(ordering: .relaxed)
            let place =
                switch state {
                case .contending where owner == worker: "inside the critical section"
                case .contending: "outside the marked part of the critical section (it may hold the lock)"
                default: "\(state)"
                }
            let process = fleet.process(worker)?.pid ?? 0
            return
                "worker \(worker + 1) (pid \(process)): \(place), phase \(phase), \(counted(sections, "section")) done, "
                + ProcessState.description(of: process)
        }
    }
}
