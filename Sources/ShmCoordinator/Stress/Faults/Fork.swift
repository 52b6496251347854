internal import ShmHarness
internal import SystemPackage

extension Fault {
    /// The owner's child inherits all that the owner has, and must take nothing with it.
    public static let fork = Fault(
        name: "fork", title: "fork",
        summary: "the owner forks in its critical section, and the child executes another program",
        aim: .disturbance, needs: [],
        play: .byWorkers { (play, scene) throws(RoundFailure) in
            try play.ask(.forkAndExec, scene) { (errno, process) throws(RoundFailure) in
                let reason = RefusalReason.reason(errno, to: process)
                throw .failed("a worker cannot start another program: \(reason)")
            }
        })
}
