package import Histogram
package import ShmCoordinator
internal import ShmCore
package import ShmHarness
internal import ShmStatistics

/// What all rows of an invocation share.
package struct RunConditions {
    /// One id for the whole invocation.
    package let id: String
    /// What the order of rounds and random arrivals follow from.
    package let seed: UInt64
    /// What times acquisitions.
    package let clock: ClockCalibration
    /// What the order window's log costs an acquisition, ns.
    package let logCost: Double

    package init(id: String, seed: UInt64, clock: ClockCalibration) {
        self.id = id
        self.seed = seed
        self.clock = clock
        logCost = AcquisitionLog.cost(clock.clock)
    }
}

/// One round of one cell: a row of the results.
package struct Row {
    package let run: RunConditions
    package let cell: Cell
    package let round: Int
    package let result: RoundResult
    /// What the kills of owners after it came to; `nil` where there were none.
    package let recovery: StressResult?
    /// Why earlier tries of the round were discarded, one each.
    package let discarded: [Standstill]

    /// Time for which this program, or all, stood still in the round and in its discarded tries, s.
    package var pausedSeconds: Double {
        let pauses = result.ownPauses + result.bornePauses
        return Double(discarded.map(\.nanoseconds).reduce(0, +) + pauses.map(\.nanoseconds).reduce(0, +)) / 1e9
    }

    /// Acquisitions a second in the throughput window.
    package var throughput: Double? {
        result.figures.flatMap { $0.duration > 0 ? Double($0.acquisitions) / $0.duration : nil }
    }

    /// What the throughput window cost; `nil` where workers were ended before they had given account of it.
    package var costs: RoundResult.Figures? { result.isCutShort ? nil : result.figures }

    /// A count of the throughput window for each of its acquisitions.
    package func perAcquisition(_ count: (RoundResult.Figures) -> UInt64?) -> Double? {
        costs.flatMap { figures in
            count(figures).flatMap { figures.acquisitions > 0 ? Double($0) / Double(figures.acquisitions) : nil }
        }
    }

    /// Of the workers' counts.
    package var jain: Double? { result.figures.flatMap { jainIndex($0.sections.map { Double($0) }) } }

    /// Of the workers' counts.
    package var minMax: Double? { result.figures.flatMap { minMaxRatio($0.sections.map { Double($0) }) } }

    /// The median over windows of 10 ms in which anybody got the lock.
    package var windowJain: Double? {
        result.figures.flatMap { figures in
            median(Self.filled(figures.windows, workers: cell.workers).compactMap { jainIndex($0.map { Double($0) }) })
        }
    }

    /// Windows put together until each has ten acquisitions a worker: in shorter ones nobody could be fair. A rest that does
    /// not come to that is left out, unless it is all there is.
    private static func filled(_ windows: [[UInt64]], workers: Int) -> [[UInt64]] {
        var (filled, current): ([[UInt64]], [UInt64]) = ([], [])
        for window in windows {
            current = current.isEmpty ? window : zip(current, window).map(+)
            if current.reduce(0, +) >= UInt64(10 * workers) {
                filled.append(current)
                current = []
            }
        }
        return filled.isEmpty && !current.isEmpty ? [current] : filled
    }

    /// What the log of the order window says; computed once.
    package let order: Order?

    /// What the histograms say; computed once, since merging takes a moment.
    package let latency: Latency?

    package init(
        run: RunConditions, cell: Cell, round: Int, result: RoundResult, recovery: StressResult? = nil,
        discarded: [Standstill] = []
    ) {
        self.discarded = discarded
        self.run = run
        self.cell = cell
        self.round = round
        self.result = result
        self.recovery = recovery
        let complete = result.isCutShort ? nil : result.figures
        latency = complete.flatMap { Latency($0, isOverloaded: Self.isOverloaded($0, cell) ?? false) }
        order = complete.flatMap { Order($0.owners, workers: cell.workers) }
    }

    /// In an open loop: whether the lock could not carry the rate, so that latencies only tell how long that went on.
    package var isOverloaded: Bool? { costs.flatMap { Self.isOverloaded($0, cell) } }

    private static func isOverloaded(_ figures: RoundResult.Figures, _ cell: Cell) -> Bool? {
        guard cell.spacing != .closed else { return nil }
        let (due, done) = (Double(figures.arrivalsDue), Double(figures.arrivalsDone))
        // Workers that are busy with one each at the end are no backlog, unless for a good part of the window.
        return due - done > 0.05 * due + Double(cell.workers)
            || Double(figures.backlogAge) > 0.2e9 * figures.latencyDuration
    }

    /// Whether the oracle's finding is what the lock promises.
    package var isAsPromised: Bool {
        result.integrity.isAsPromised(by: cell.lock) && recovery?.isAsPromised != false
    }
}

/// Percentiles of what was timed, ns.
package struct Latency {
    /// From calling lock, or from when that was due, to holding it; `nil` where an open loop was overloaded.
    package let acquire: Percentiles?
    /// In an open loop, from calling lock to holding it.
    package let uncorrected: Percentiles?
    package let hold: Percentiles?
    package let handoff: Percentiles?
    package let reacquire: Percentiles?

    package init?(_ figures: RoundResult.Figures, isOverloaded: Bool) {
        func percentiles(_ timed: Arena.Timed, longest: UInt64? = nil) -> Percentiles? {
            figures.histograms[timed].flatMap { Percentiles($0, timed.geometry, longest: longest) }
        }
        let acquire = percentiles(.acquire, longest: figures.longestAcquisition)
        self.acquire = isOverloaded ? nil : acquire
        uncorrected = percentiles(.uncorrected)
        hold = percentiles(.hold)
        handoff = percentiles(.handoff)
        reacquire = percentiles(.reacquire)
        if acquire == nil && hold == nil { return nil }
    }
}

/// Percentiles of one histogram, ns.
package struct Percentiles {
    package let samples: UInt64
    package let p50: UInt64
    package let p90: UInt64
    package let p99: UInt64
    package let p999: UInt64
    package let p9999: UInt64
    /// Unlike the others, finer than the clock's step.
    package let mean: Double
    package let longest: UInt64
    /// The whole distribution.
    package let histogram: Histogram<UInt64>

    /// - Parameters:
    ///   - counts: by cell of the geometry.
    ///   - longest: the longest time where it is known better than by its cell.
    package init?(_ counts: [UInt64], _ geometry: LatencyHistogram.Geometry, longest: UInt64? = nil) {
        var histogram = Histogram<UInt64>(
            lowestDiscernibleValue: 1, highestTrackableValue: LatencyHistogram.Geometry.highestValue,
            numberOfSignificantValueDigits: geometry == .threeDigits ? .three : .two)
        for (index, count) in counts.enumerated() where count > 0 {
            histogram.record(geometry.lowestValue(of: index), count: count)
        }
        guard histogram.totalCount > 0 else { return nil }
        let greatest = longest ?? histogram.max
        // A cell's largest value can lie above the longest time that was measured.
        func percentile(_ percent: Double) -> UInt64 { min(histogram.valueAtPercentile(percent), greatest) }
        samples = histogram.totalCount
        p50 = percentile(50)
        p90 = percentile(90)
        p99 = percentile(99)
        p999 = percentile(99.9)
        p9999 = percentile(99.99)
        mean = histogram.mean
        self.longest = greatest
        self.histogram = histogram
    }
}

/// What the order of owners says.
package struct Order {
    /// The most acquisitions in a row by one worker.
    package let longestRun: Int
    /// Median time to reacquire, in acquisitions.
    package let medianReturn: Double?
    /// Median of Jain's index over windows of 32 acquisitions a worker.
    package let jain: Double?

    package init?(_ owners: [UInt16], workers: Int) {
        guard !owners.isEmpty else { return nil }
        longestRun = AdmissionOrder.longestRun(owners)
        medianReturn = AdmissionOrder.medianReturn(owners)
        jain = AdmissionOrder.windowedJain(owners, participants: workers, window: 32 * workers)
    }
}
