@_spi(Bench) internal import ShmCore
internal import ShmHarness

extension Fault {
    /// Other processes attach and detach, without using the lock.
    public static let attachStorm = Fault(
        name: "attach-storm", title: "attach",
        summary: "a process attaches and detaches continually",
        aim: .disturbance, needs: [],
        play: .byWorkers { (play, scene) throws(RoundFailure) in
            let end = Deadline.after(.milliseconds(5))
            while !end.hasPassed {
                let handle = SharedMemory(key: scene.keys.test)
                do throws(SharedMemoryError) {
                    try handle.attach()
                    _ = try handle.numAttachments
                    try handle.detach()
                } catch {
                    return try play.failure(error, "attaching failed")
                }
            }
            return Episode(hang: try play.stuck(scene))
        })
}
