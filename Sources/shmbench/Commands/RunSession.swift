internal import Glibc
internal import ShmCoordinator
internal import ShmCore
internal import ShmHarness
internal import ShmRecord

extension RunConditions {
    /// Determines what all rounds of a run have in common.
    init(startedAt: Int, seed: UInt64, program: WorkerProgram) {
        self.init(
            id: "\(Timestamp.compact(startedAt))-\(String(UInt32.random(in: 0 ... .max), radix: 16))", seed: seed,
            clock: PauseWatch.undisturbed { ClockCalibration() },
            fingerprint: PauseWatch.undisturbed { MachineFingerprint(libc: program.libc) })
    }
}

/// All rounds of one invocation.
struct RunSession {
    let options: RunOptions
    let program: WorkerProgram
    let outputs: RunOutputs
    /// The progress, whose first line is shown.
    let progress: Progress
    let conditions: RunConditions

    /// The results, up to a failure.
    struct Outcome {
        var rows: [Row] = []
        /// The measured cells, in the order in which they are shown.
        var cells: [Cell] = []
        var capacities: [Capacity] = []
        var failure: Failure?
    }

    /// Runs the schedule.
    func measure(_ cells: [Cell]) -> Outcome {
        var outcome = Outcome(cells: cells)
        let schedule = Schedule(cells: cells.count, rounds: options.rounds, seed: conditions.seed)
        let timing = options.timing(rounds: schedule.turns.count)
        var progress = progress
        defer { progress.clear() }
        for turn in schedule.turns {
            let cell = cells[turn.cell]
            progress.begin(cell, round: turn.round, of: options.rounds)
            do throws(Failure) {
                outcome.rows.append(
                    try runRound(cell, turn.round, timing, number: outcome.rows.count, &progress))
            } catch {
                progress.clear()
                outcome.failure = error
                if case .interrupted = error.cause {
                    outcome.failure = Failure(
                        "interrupted after \(outcome.rows.count) of \(counted(schedule.turns.count, "round")); the results until then are reported"
                    )
                }
                return outcome
            }
            do { try outputs.append(outcome.rows[outcome.rows.count - 1]) } catch {
                outcome.failure = error as? Failure
                return outcome
            }
            progress.end()
        }
        return outcome
    }

    /// Runs one round, and returns its row.
    func runRound(_ cell: Cell, _ round: Int, _ timing: Timing, number: Int, _ progress: inout Progress)
        throws(Failure) -> Row
    {
        do throws(RoundFailure) {
            let measurement = Measurement(
                program: program, conditions: conditions, kills: options.kills, rounds: options.rounds)
            let row = try measurement.row(
                cell, round: round, timing: timing, number: number, isTraced: options.trace != nil && round == 1
            ) { progress.look($0) }
            if !row.result.whereabouts.isEmpty {
                progress.clear()
                explain(row)
            }
            return row
        } catch {
            switch error {
            case .interrupted: throw Failure("interrupted", cause: .interrupted)
            case .failed(let reason): throw Failure("\(Self.name(cell)): \(reason)")
            }
        }
    }

    /// The lock, and what is unusual about its load.
    private static func name(_ cell: Cell) -> String {
        (["\(cell.lock) with \(counted(cell.workers, "worker"))"] + Parameter.all.compactMap { $0.unusual(cell.load) })
            .joined(separator: ", ")
    }

    /// Reports where each worker of a stuck round was.
    private func explain(_ row: Row) {
        Terminal.complain(
            "\(Self.name(row.cell)), round \(row.round): no progress for \(options.stuckAfter), ended"
        )
        let shown = 16
        for line in row.result.whereabouts.prefix(shown) { Terminal.write("  \(line)\n") }
        if row.result.whereabouts.count > shown {
            Terminal.write("  … and \(row.result.whereabouts.count - shown) more\n")
        }
    }
}
