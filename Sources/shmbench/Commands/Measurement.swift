internal import ShmCoordinator
internal import ShmCore
internal import ShmHarness

/// Measures rounds, one at a time.
struct Measurement {
    let program: WorkerProgram
    let conditions: RunConditions
    /// Owners to kill after each round, of locks that promise to survive it.
    var kills = 0

    /// One round of a cell.
    ///
    /// - Parameters:
    ///   - round: its number within the cell.
    ///   - number: unique within this process.
    func row(
        _ cell: Cell, round: Int, timing: Timing, number: Int, isTraced: Bool = false,
        look: (borrowing Round.Look) -> Void = { _ in }
    ) throws(RoundFailure) -> Row {
        var fleet = try Round(
            cell, timing, number: number, program: program, delays: Delay.calibrate(), clock: conditions.clock.clock,
            seed: conditions.seed, isTraced: isTraced)
        let result = try fleet.run(look: look)
        return Row(
            run: conditions, cell: cell, round: round, result: result,
            recovery: try recovery(cell, number: number))
    }

    /// Kills owners one after another, in a fleet of their own. `nil` where none is to be killed, or nobody is there to
    /// go on.
    private func recovery(_ cell: Cell, number: Int) throws(RoundFailure) -> StressResult? {
        guard kills > 0, cell.workers > 1, Fault.killHolder.isPromised(by: cell.lock.properties) else { return nil }
        // Numbers that no round has.
        var used = 1 << 24 + number * 16
        var test = StressTest(
            cell.lock, workers: cell.workers, seed: conditions.seed &+ UInt64(number), program: program,
            numbers: {
                used += 1
                return used
            })
        try test.run(.killHolder, for: 0, atMost: kills, isCounted: true)
        return test.results.first
    }
}
