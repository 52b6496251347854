internal import ShmCoordinator
internal import ShmCore
internal import ShmHarness
internal import ShmRecord
internal import ShmRender
internal import ShmStatistics

extension RunOptions {
    /// The upper bound of p99.
    var capacityBound: TimeSpan { bound ?? TimeSpan(nanoseconds: 100_000) }
}

extension RunSession {
    /// For each cell, a closed loop, and then a search of the rates of open loops. A rate passes if most of its rounds are
    /// not overloaded and have a p99 below the bound.
    func findCapacities(_ cells: [Cell]) -> Outcome {
        var outcome = Outcome()
        let expected = options.scheduledRounds(cells)
        let timing = options.timing(rounds: expected)
        var progress = progress
        defer { progress.clear() }
        var without: [LockKind] = []
        do throws(Failure) {
            for (index, cell) in cells.enumerated() {
                let found = outcome.capacities.count
                try findCapacity(cell, timing, &outcome, &progress)
                if outcome.capacities.count == found { without.append(cell.lock) }
                progress.skip(to: expected / cells.count * (index + 1))
            }
        } catch {
            outcome.failure = error
            if case .interrupted = error.cause {
                outcome.failure = Failure(
                    "interrupted after \(outcome.capacities.count) of \(counted(cells.count, "search", "searches")); the results until then are reported"
                )
            }
        }
        // A lock with an integrity failure is reported with its rows.
        if outcome.failure == nil && !without.isEmpty && outcome.rows.allSatisfy(\.isAsPromised) {
            outcome.failure = Failure(
                "no rate was found for \(Promises.names(without.uniqued())): no acquisition in the closed loop; use a longer --duration"
            )
        }
        return outcome
    }

    private func findCapacity(_ cell: Cell, _ timing: Timing, _ outcome: inout Outcome, _ progress: inout Progress)
        throws(Failure)
    {
        var closedCell = cell
        closedCell.spacing = .closed
        let closedRows = try rows(closedCell, timing, &outcome, &progress)
        guard let closed = median(closedRows.compactMap(\.throughput)), closed > 0 else { return }
        var open = cell
        if !cell.load.isOpen { open.spacing = .poisson }
        let least = CapacitySearch.least(window: timing.latency)
        var search = CapacitySearch(closed: closed, least: least)
        var found: Double?
        var endedAt: Double?
        while let rate = search.rate {
            open.rate = rate
            let tried = try rows(open, timing, &outcome, &progress)
            guard let passes = passes(tried) else {
                endedAt = rate
                search.end()
                continue
            }
            if passes { found = median(tried.compactMap { $0.latency?.acquire?.p99.map { Double($0) } }) }
            search.note(passes: passes)
        }
        open.rate = search.low
        outcome.capacities.append(
            Capacity(
                cell: open, closed: closed, p99: found, tooHigh: search.high < closed ? search.high : nil,
                least: least, endedAt: endedAt))
    }

    /// Whether most rounds with a rate carried it with a p99 below the bound; `nil` if most had too few arrivals for p99, as
    /// on a machine that stood still.
    private func passes(_ rows: [Row]) -> Bool? {
        let carried = rows.filter { $0.isAsPromised && $0.isOverloaded == false }
        let tails = carried.compactMap { $0.latency?.acquire?.p99 }
        let judged = rows.count - (carried.count - tails.count)
        if judged * 2 <= rows.count { return nil }
        return tails.count { $0 < UInt64(options.capacityBound.nanoseconds) } * 2 > judged
    }

    /// All rounds of one cell.
    private func rows(_ cell: Cell, _ timing: Timing, _ outcome: inout Outcome, _ progress: inout Progress)
        throws(Failure) -> [Row]
    {
        outcome.cells.append(cell)
        var rows: [Row] = []
        for round in 1...options.rounds {
            progress.begin(cell, round: round, of: options.rounds)
            let row = try runRound(cell, round, timing, number: outcome.rows.count, &progress)
            rows.append(row)
            outcome.rows.append(row)
            do { try outputs.append(row) } catch { throw error as? Failure ?? Failure("\(error)") }
            progress.end()
        }
        return rows
    }
}
