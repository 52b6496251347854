internal import ShmCoordinator
internal import ShmCore
internal import ShmHarness
internal import ShmRecord
internal import ShmRender

/// Measures rounds, one at a time.
struct Measurement {
    let program: WorkerProgram
    let conditions: RunConditions
    /// Number of owners to kill after each round of a lock that promises to survive owner death.
    var kills = 0
    /// The number of rounds of each cell; `nil` if it is not determined before.
    var rounds: Int?

    /// One round of a cell.
    ///
    /// - Parameters:
    ///   - round: its number within the cell.
    ///   - number: unique within this process.
    func row(
        _ cell: Cell, round: Int, timing: Timing, number: Int, isTraced: Bool = false,
        look: (borrowing Round.Look) -> Void = { _ in }
    ) throws(RoundFailure) -> Row {
        var discarded: [Standstill] = []
        while true {
            var fleet = try Round(
                cell, timing, number: number, program: program, delays: PauseWatch.undisturbed { Delay.calibrate() },
                clock: conditions.clock.clock, seed: conditions.seed, isTraced: isTraced,
                isLastTry: discarded.count == Standstill.repetitions)
            let result = try fleet.run(look: look)
            let name = "\(cell.lock) with \(LoadTitles.workers(cell.workers)), round \(round)"
            for pause in result.ownPauses {
                PauseWarning.show(
                    "\(name): this program alone stood still for \(pause.when); its workers went on, and the round counts"
                )
            }
            for pause in result.bornePauses {
                PauseWarning.show("\(name): all stood still for \(pause.when), as in each try before; the round counts")
            }
            // An integrity failure is reported even if the round was disturbed.
            guard let standstill = result.standstill, result.integrity == .ok else {
                return Row(
                    run: conditions, cell: cell, round: round, result: result, asked: Asked(timing, rounds: rounds),
                    recovery: try recovery(cell, number: number), discarded: discarded)
            }
            if discarded.count == Standstill.repetitions { throw .failed(Standstill.tooOften(standstill)) }
            discarded.append(standstill)
            PauseWarning.show("\(name) is discarded and measured again: \(standstill.text)")
        }
    }

    /// Kills owners one after another, in a fleet of their own. `nil` if no owner is to be killed, or no other worker would
    /// go on.
    func recovery(_ cell: Cell, number: Int) throws(RoundFailure) -> StressResult? {
        guard kills > 0, cell.workers > 1, Fault.killHolder.isPromised(by: cell.lock.properties) else { return nil }
        // Numbers that no round uses.
        var used = 1 << 24 + number * 16
        var test = StressTest(
            cell.lock, workers: cell.workers, seed: conditions.seed &+ UInt64(number), program: program,
            numbers: {
                used += 1
                return used
            }, pinning: cell.pinning)
        defer { PauseWarning.show("\(cell.lock), kills of owners", test.standstills) }
        try test.run(.killHolder, for: 0, atMost: kills, isCounted: true)
        return test.results.first
    }
}
