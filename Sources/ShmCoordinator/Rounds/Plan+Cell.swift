internal import ShmHarness

extension Plan {
    /// What the workers of a cell do.
    ///
    /// - Parameters:
    ///   - delays: how fast the machine is at busy delays.
    ///   - seed: what random arrivals follow from.
    init(_ cell: Cell, _ delays: Delay.Speed, _ clock: TickClock, seed: UInt64, isTraced: Bool) {
        self.init(
            workers: cell.workers, counters: cell.counters, readPercent: cell.readPercent,
            criticalSectionIterations: delays.iterations(for: cell.criticalSection),
            thinkIterations: delays.iterations(for: cell.think), clock: clock,
            arrivals: cell.spacing == .closed
                ? .closed
                : Arrivals(
                    spacing: cell.spacing, meanGapTicks: clock.ticks(1e9 * Double(cell.workers) / cell.rate),
                    seed: seed, sharesCPUs: cell.workers > Machine.current.cpus),
            isTraced: isTraced)
    }
}
