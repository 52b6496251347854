internal import ShmCoordinator
internal import ShmCore
internal import ShmHarness
internal import ShmRecord
internal import ShmRender
internal import ShmStatistics

/// The highest rate of an open loop that a lock was found to carry.
struct Capacity {
    /// The cell; its rate is the one that was found, or 0 where none was.
    let cell: Cell
    /// Acquisitions a second in a closed loop, for comparison.
    let closed: Double
    /// The median p99 at that rate, ns.
    let p99: Double?
    /// The lowest rate that was found too high; `nil` where none was.
    let tooHigh: Double?
}

extension RunOptions {
    /// Below which p99 is to stay, ns.
    var capacityBound: TimeSpan { bound ?? TimeSpan(nanoseconds: 100_000) }
}

extension Session {
    /// A search ends when the rates that pass and fail are this close.
    private static let closeness = 1.1
    /// It looks no further below this share of what the closed loop does.
    private static let least = 1e-4

    /// For each cell: what it does in a closed loop, then open loops at rates between, halving the distance each time.
    /// A rate passes when in most of its rounds it is not overloaded and p99 is below the bound.
    func findCapacities(_ cells: [Cell]) -> Outcome {
        var outcome = Outcome()
        // A search takes about a dozen rates.
        let expected = cells.count * options.rounds * 13
        let timing = options.timing(rounds: expected)
        var progress = Progress(rounds: expected)
        defer { progress.clear() }
        var without: [LockKind] = []
        do throws(Failure) {
            for (index, cell) in cells.enumerated() {
                let found = outcome.capacities.count
                try findCapacity(cell, timing, &outcome, &progress)
                if outcome.capacities.count == found { without.append(cell.lock) }
                progress.skip(to: (index + 1) * options.rounds * 13)
            }
        } catch {
            outcome.failure = error
            if case .interrupted = error.cause {
                outcome.failure = Failure(
                    "interrupted after \(outcome.capacities.count) of \(cells.count) searches; what was found until then is reported"
                )
            }
        }
        // A lock that is broken is told of with its rows.
        if outcome.failure == nil && !without.isEmpty && outcome.rows.allSatisfy(\.isAsPromised) {
            outcome.failure = Failure(
                "no rate was found for \(Promises.names(without.uniqued())): it did nothing in a closed loop; use a longer --duration"
            )
        }
        return outcome
    }

    private func findCapacity(_ cell: Cell, _ timing: Timing, _ outcome: inout Outcome, _ progress: inout Progress)
        throws(Failure)
    {
        let closedRows = try rows(cell, timing, &outcome, &progress)
        guard let closed = median(closedRows.compactMap(\.throughput)), closed > 0 else { return }
        var open = cell
        open.spacing = options.load.arrivals.flatMap(Arrivals.Spacing.open) ?? .poisson
        // No worker can begin acquisitions faster than in a closed loop, and pacing costs something too.
        var (low, high) = (0.0, closed)
        var found: Double?
        var rate = closed / 2
        while high / max(low, 1) > Self.closeness && rate >= closed * Self.least {
            open.rate = rate
            let tried = try rows(open, timing, &outcome, &progress)
            let passes = tried.count { row in
                row.isOverloaded == false
                    && (row.latency?.acquire?.p99 ?? .max) < UInt64(options.capacityBound.nanoseconds)
            }
            if passes * 2 > tried.count {
                low = rate
                found = median(tried.compactMap { $0.latency?.acquire.map { Double($0.p99) } })
            } else {
                high = rate
            }
            // Downwards in great steps until one passes, then the geometric mean.
            rate = low == 0 ? high / 8 : (low * high).squareRoot()
        }
        open.rate = low
        outcome.capacities.append(
            Capacity(cell: open, closed: closed, p99: found, tooHigh: high < closed ? high : nil))
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
            do { try file.append(row) } catch { throw error as? Failure ?? Failure("\(error)") }
            progress.end()
        }
        return rows
    }
}

/// What was found, a line each.
enum CapacityTable {
    static func text(_ capacities: [Capacity], bound: TimeSpan, markdown: Bool) -> String {
        func item(_ title: String, isNumber: Bool = true, _ text: @escaping @Sendable (Capacity) -> String)
            -> Document<Capacity>.Item
        { .init(title, title, isNumber: isNumber, shown: text) { .text(text($0)) } }
        let document = Document<Capacity>(items: [
            item("lock", isNumber: false) { $0.cell.lock.name },
            item("workers") { "\($0.cell.workers)" },
            item("carries") { $0.cell.rate > 0 ? Figure.rate($0.cell.rate) : "nothing" },
            item("p99 there") { $0.p99.map(Figure.time) ?? "-" },
            item("fails at") { $0.tooHigh.map(Figure.rate) ?? "-" },
            item("closed loop") { Figure.rate($0.closed) },
            item("share") { Figure.decimal($0.cell.rate / $0.closed, 2) },
        ])
        let title = "Highest rate with p99 below \(bound), arrivals \(capacities.first?.cell.spacing.name ?? "poisson")"
        return markdown
            ? "**\(title)**\n\n\(document.markdown(capacities))\n" : "\(title)\n\(document.table(capacities))"
    }
}
