internal import ShmCoordinator
@_spi(Bench) internal import ShmCore
internal import ShmHarness
internal import ShmRecord
internal import ShmRender

/// Measures blocks of turns, one at a time.
struct TurnMeasurement {
    /// The workers of base and candidate.
    let programs: [WorkerProgram]
    let conditions: RunConditions
    private var number = 0

    init(programs: [WorkerProgram], conditions: RunConditions) {
        (self.programs, self.conditions) = (programs, conditions)
    }

    /// Why a cell must be measured in rounds; `nil` if it can be measured in turns.
    func obstacle(to request: TurnRequest) throws -> String? {
        let load = request.base.load
        if load.isOpen { return "the schedule of an open loop does not stop between turns" }
        let (processes, cpus) = (load.workers + load.busyLoops, Machine.current.cpus)
        if processes > cpus {
            return "a turn is shorter than the time slices of \(processes) processes on \(counted(cpus, "CPU"))"
        }
        for cell in try cells(request) {
            if let object = cell.lock.properties.kernelObject {
                return "\(cell.lock) keeps its state outside of the segment (\(object))"
            }
            if cell.lock.properties.family == .plugin && LockPlugin.keepsObjects {
                return "the plugin's lock \(cell.lock) may keep objects outside of the segment"
            }
        }
        return nil
    }

    private func cells(_ request: TurnRequest) throws -> [Cell] {
        var other = request.base
        other.lock = request.otherLock
        return [try request.base.cell(), try other.cell()]
    }

    /// Measures a block: the answer's lines. A block in which processes stood still is measured again.
    mutating func block(_ request: TurnRequest) throws -> String {
        let cells = try cells(request)
        let programs = request.isControl ? [programs[0], programs[0]] : programs
        let sides = (
            base: TurnBlock.Side(cells[0], programs[0]), other: TurnBlock.Side(cells[1], programs[1])
        )
        let timing = TurnTiming(request.base.timing)
        var discarded: [Standstill] = []
        while true {
            number += 2
            let block = try TurnBlock(
                sides, timing, number: number, delays: PauseWatch.undisturbed { Delay.calibrate() },
                clock: conditions.clock.clock, seed: request.seed &+ UInt64(discarded.count))
            let result = try block.run()
            let isBroken = result.sides.contains { $0.integrity == .failed }
            guard let standstill = result.standstill, !isBroken else {
                return try answer(request, cells, programs, result, timing, discarded)
            }
            if discarded.count == Standstill.repetitions { throw RoundFailure.failed(Standstill.tooOften(standstill)) }
            discarded.append(standstill)
            PauseWarning.show(
                "block \(request.base.round) of \(cells[1].lock) with \(LoadTitles.workers(cells[1].workers)) is discarded and measured again: \(standstill.text)"
            )
        }
    }

    private func answer(
        _ request: TurnRequest, _ cells: [Cell], _ programs: [WorkerProgram], _ result: TurnBlock.Result,
        _ timing: TurnTiming, _ discarded: [Standstill]
    ) throws -> String {
        var generator = SplitMix64(state: ~request.seed)
        let order = Bool.random(using: &generator) ? [0, 1] : [1, 0]
        var recoveries: [StressResult?] = [nil, nil]
        for index in order {
            let measurement = Measurement(program: programs[index], conditions: conditions, kills: request.base.kills)
            recoveries[index] = try measurement.recovery(cells[index], number: number + index)
        }
        let rows = [0, 1].map { index in
            Row(
                run: conditions, cell: cells[index], round: request.base.round, result: result.sides[index],
                asked: Asked(timing.asked, rounds: nil), recovery: recoveries[index], discarded: discarded)
        }
        return TurnAnswer(result.pairs).line + "\n" + rows.map(CSV.line).joined()
    }
}
