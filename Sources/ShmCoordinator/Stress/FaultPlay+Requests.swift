internal import ShmHarness
internal import SystemPackage

extension FaultPlay {
    /// Makes a request of a random worker.
    ///
    /// - Parameter refused: returns the obstacle for the errno with which the worker answered; throws if the machine is
    ///   the cause.
    mutating func ask(
        _ request: StressSlot.Request, _ scene: StressScene,
        refused: (Errno, _ process: Int32?) throws(RoundFailure) -> String
    ) throws(RoundFailure) -> Episode {
        guard let worker = scene.contending.randomElement(using: &generator) else { return Episode(wasIdle: true) }
        scene.ask(worker, request)
        let hasAnswered = try scene.wait(within: patience) { scene.hasAnswered(worker) }
        if !hasAnswered { return Episode(hang: noProgress(scene)) }
        let answer = scene.answer(worker)
        if answer != 0 { result.obstacle = try refused(Errno(rawValue: answer), scene.process(worker)?.pid) }
        return Episode(hang: try stuck(scene))
    }
}
