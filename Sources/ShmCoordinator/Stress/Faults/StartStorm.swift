internal import ShmHarness

extension Fault {
    /// As many additional processes start at once, contend, and leave.
    public static let startStorm = Fault(
        name: "start-storm", title: "start",
        summary: "as many additional processes start at once, contend, and leave",
        aim: .disturbance, needs: [],
        play: .byWorkers { (play, scene) throws(RoundFailure) in
            let extra = scene.workers..<2 * scene.workers
            for worker in extra { try scene.start(worker) }
            try scene.awaitContending(2 * scene.workers)
            if let hang = try play.stuck(scene) { return Episode(hang: hang) }
            for worker in extra { scene.ask(worker, .leave) }
            let limit = Patience.after(nanoseconds: Int64(play.patience))
            for worker in extra {
                let hasLeft = try limit.wait { scene.process(worker)?.isRunning != true }
                if !hasLeft { return Episode(hang: scene.whereabouts(worker)) }
                scene.fleet.reap(worker)
            }
            return Episode()
        })
}
