internal import ShmHarness
internal import Synchronization

// The states of workers, and unexpected ends.
extension StressScene {
    /// A process that has ended without being killed by the test, in words; `nil` if there is none.
    func unexpectedEnd() -> String? {
        let end = fleet.firstEnd { worker, exit in
            state(worker) != .done || exit != .code(WorkerExit.done.rawValue)
        }
        guard let (worker, exit) = end else { return nil }
        if state(worker) == .failed {
            let errno = unsafe arena.slot(worker).pointee.errorNumber.load(ordering: .relaxed)
            return "the lock failed in \(fleet.name(worker)) with errno \(errno)"
        }
        return "\(fleet.name(worker)) \(exit.explained)"
    }

    /// A worker that something outside this program has ended, in words: a limit of the machine, or another user.
    func outsideEnd() -> String? { fleet.outsideEnd().map { "\(fleet.name($0.place)) \($0.exit.explained)" } }

    /// The state of a worker, in words.
    func whereabouts(_ worker: Int) -> String {
        guard let process = process(worker) else { return "\(fleet.name(worker)) is dead" }
        return "\(fleet.fullName(worker)) is \(state(worker)), " + ProcessState.description(of: process.pid)
    }

    /// The state of the first of some workers, and how many more there are; `nil` for none.
    func whereabouts(of late: [Int]) -> String? {
        late.first.map { whereabouts($0) + (late.count > 1 ? ", and \(late.count - 1) more wait" : "") }
    }
}
