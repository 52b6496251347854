internal import Glibc
@_spi(Bench) internal import ShmCore

extension Fault {
    /// Signals interrupt waits, which the lock must continue.
    public static let interrupt = Fault(
        name: "interrupt", title: "EINTR",
        summary: "all processes receive signals that interrupt their waits (EINTR)",
        aim: .disturbance, needs: [],
        play: .byWorkers { (play, scene) throws(RoundFailure) in
            let end = Deadline.after(.milliseconds(5))
            while !end.hasPassed {
                for worker in scene.live { scene.process(worker)?.send(SIGUSR1) }
                usleep(.random(in: 0...100, using: &play.generator))
            }
            return Episode(hang: try play.stuck(scene))
        })
}
