internal import ShmCoordinator
internal import ShmStatistics

/// The rates that a capacity search tries, highest first until one passes, and then ever closer to the limit.
///
/// No worker can begin acquisitions faster than in a closed loop, and pacing costs something too, so the search starts at
/// half of that rate. It ends at ``least(window:)``: at lower rates, p99 would rest on too few arrivals.
package struct CapacitySearch {
    /// The highest rate that passed; 0 if none has.
    package private(set) var low = 0.0
    /// The lowest rate that failed, or that of the closed loop.
    package private(set) var high: Double
    private let least: Double
    /// The next rate; `nil` if the search is over.
    package private(set) var rate: Double?

    /// The search ends when the ratio of the lowest failing to the highest passing rate is below this.
    private static let closeness = 1.1

    /// - Parameters:
    ///   - closed: acquisitions per second of the closed loop.
    ///   - least: the lowest rate.
    package init(closed: Double, least: Double) {
        (high, self.least) = (closed, least)
        let first = max(closed / 2, least)
        rate = first < closed ? first : nil
    }

    /// Goes on after the rounds with ``rate``.
    package mutating func note(passes: Bool) {
        guard let tried = rate else { return }
        if passes { low = tried } else { high = tried }
        // An eighth each time until one passes, then the geometric mean.
        let next = low == 0 ? max(high / 8, least) : (low * high).squareRoot()
        rate = next < high && high > Self.closeness * max(low, 1) ? next : nil
    }

    /// Ends the search: the rounds with ``rate`` show nothing.
    package mutating func end() { rate = nil }

    /// The number of arrivals that p99 needs.
    package static let arrivals = PercentileRule.samples(for: 99)

    /// The lowest rate per second with which hardly any round has too few arrivals for p99: three standard deviations of a
    /// Poisson process above what it needs.
    ///
    /// - Parameter window: the length of the latency window, ns.
    package static func least(window: Int) -> Double {
        let needed = Double(arrivals)
        return (needed + 3 * needed.squareRoot()) * 1e9 / Double(max(1, window))
    }
}
