internal import ShmHarness
internal import SystemPackage

extension Fault {
    /// A process has no descriptor left; locking must not need one.
    public static let exhaustDescriptors = Fault(
        name: "exhaust-fds", title: "fds",
        summary: "a process uses up all its descriptors and keeps locking",
        aim: .disturbance, needs: [],
        play: .byWorkers { (play, scene) throws(RoundFailure) in
            try play.ask(.exhaustDescriptors, scene) { (errno, _) throws(RoundFailure) in
                "the worker could not use up its descriptors: \(errno)"
            }
        })
}
