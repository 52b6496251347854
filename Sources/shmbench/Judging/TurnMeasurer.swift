internal import ShmCompare
internal import ShmCoordinator
internal import ShmRecord

/// A process that measures blocks of turns for both sides of a comparison; see ``TurnRequest``.
final class TurnMeasurer {
    private let process: MeasuringProcess

    /// Starts it.
    init(_ sides: (base: Side, candidate: Side), seed: UInt64) throws {
        process = try MeasuringProcess(
            OwnProgram.path,
            ["turns", "--seed", "\(seed)", "--", sides.base.text, sides.candidate.text],
            of: "\(sides.base.text) and \(sides.candidate.text)", name: "turns", greeting: TurnRequest.greeting)
    }

    /// What a request for a block leads to.
    enum Answer {
        case block(Comparison.Block)
        /// Why the cell must be measured in rounds.
        case obstacle(String)
    }

    /// Measures a block.
    ///
    /// - Parameter wait: called ten times a second.
    func measure(_ request: TurnRequest, wait: () -> Void) throws -> Answer {
        let (load, timing) = (request.base.load, request.base.timing)
        // As for rounds; and a standstill is waited for by the other process.
        let most = 4 * TurnTiming(timing).total + 20 * timing.stuckAfter + 60_000_000_000
        let deadline = Patience.after(nanoseconds: Int64(most))
        let answer = try process.answer(
            to: request.line,
            about: "\(request.base.lock) and \(request.otherLock) with \(counted(load.workers, "worker"))",
            by: deadline, wait: wait)
        if answer.hasPrefix(TurnRequest.obstacle) {
            return .obstacle(String(answer.dropFirst(TurnRequest.obstacle.count)))
        }
        guard let turns = TurnAnswer(answer) else {
            throw Failure("turns: its answer is not a block: \(answer.prefix(80).debugDescription)")
        }
        let rows = try (0..<2).map { _ in try process.record(process.line(by: deadline), under: load) }
        return .block(Comparison.Block(base: [rows[0]], other: [rows[1]], logRatios: turns.logRatios))
    }
}
