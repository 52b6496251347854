internal import ShmHarness

extension Plan {
    /// Creates the plan of a cell.
    ///
    /// - Parameters:
    ///   - delays: the speed of the delay loop on this machine.
    ///   - seed: the seed of random arrivals.
    init(_ cell: Cell, _ delays: Delay.Speed, _ clock: TickClock, seed: UInt64, isTraced: Bool) {
        self.init(
            workers: cell.workers, counters: cell.counters, touchedLines: cell.load.touchedLines,
            readPercent: cell.readPercent,
            criticalSectionIterations: delays.iterations(for: cell.criticalSection),
            thinkIterations: delays.iterations(for: cell.think), clock: clock,
            arrivals: cell.spacing == .closed
                ? .closed
                : Arrivals(
                    spacing: cell.spacing, meanGapTicks: clock.ticks(1e9 * Double(cell.workers) / cell.rate),
                    seed: seed, sharesCPUs: cell.workers + cell.busyLoops > Machine.current.cpus, workers: cell.workers,
                    burst: cell.burst),
            isTraced: isTraced)
    }
}
