package import Histogram
package import ShmCoordinator
internal import ShmCore
package import ShmHarness
internal import ShmStatistics

/// The conditions that all rows of an invocation share.
package struct RunConditions {
    /// The identifier of the invocation.
    package let id: String
    /// The seed of the order of rounds and of random arrivals.
    package let seed: UInt64
    /// The clock that times acquisitions.
    package let clock: ClockCalibration
    /// The cost of the order window's log per acquisition, ns.
    package let logCost: Double
    /// What tells the machine apart from others of its name; `nil` if it was not measured.
    package let fingerprint: MachineFingerprint?

    package init(id: String, seed: UInt64, clock: ClockCalibration, fingerprint: MachineFingerprint? = nil) {
        self.id = id
        self.seed = seed
        self.clock = clock
        self.fingerprint = fingerprint
        logCost = AcquisitionLog.cost(clock.clock)
    }
}

/// What was asked for of a round, which the measured lengths only approach.
package struct Asked: Equatable, Sendable {
    /// The length of the throughput window, ns.
    package let duration: Int
    /// The minimum length of the warm-up, ns.
    package let warmup: Int
    /// The number of rounds of the cell; `nil` if it was not determined before.
    package let rounds: Int?

    package init(_ timing: Timing, rounds: Int?) {
        duration = timing.throughput
        warmup = timing.warmup
        self.rounds = rounds
    }
}

/// A row of the results: one round of one cell.
package struct Row {
    package let run: RunConditions
    package let cell: Cell
    package let round: Int
    package let result: RoundResult
    /// What was asked for.
    package let asked: Asked?
    /// The result of the kills after the round; `nil` if there were none.
    package let recovery: StressResult?
    /// The pauses for which earlier attempts at the round were discarded, one each.
    package let discarded: [Standstill]

    /// The time for which the coordinator was paused in the round and its discarded attempts, s.
    package var pausedSeconds: Double {
        let pauses = (result.ownPauses + result.bornePauses).map(\.nanoseconds)
        return Double((pauses + discarded.map(\.nanoseconds)).reduce(0, +)) / 1e9
    }

    /// Acquisitions per second in the throughput window.
    package var throughput: Double? {
        result.figures.flatMap { $0.duration > 0 ? Double($0.acquisitions) / $0.duration : nil }
    }

    /// The costs of the throughput window; `nil` if workers were ended before they reported them.
    package var costs: RoundResult.Figures? { result.isCutShort ? nil : result.figures }

    /// A count of the throughput window per acquisition.
    package func perAcquisition(_ count: (RoundResult.Figures) -> UInt64?) -> Double? {
        costs.flatMap { figures in
            count(figures).flatMap { figures.acquisitions > 0 ? Double($0) / Double(figures.acquisitions) : nil }
        }
    }

    /// Jain's index of the workers' acquisitions; of a block of turns, the mean over the turns.
    package var jain: Double? {
        result.figures.flatMap { $0.turnFairness ?? jainIndex($0.sections.map { Double($0) }) }
    }

    /// The smallest number of acquisitions of a worker, as a share of the largest.
    package var minMax: Double? { result.figures.flatMap { minMaxRatio($0.sections.map { Double($0) }) } }

    /// How long the workers held the lock in the order window, which covers only writers; `nil` for a lock that does not
    /// exclude, whose holders overlap.
    private var holding: RoundResult.Holding? {
        cell.lock.properties.excludes && cell.readPercent == 0 ? costs?.holding : nil
    }

    /// Jain's index of the workers' lock opportunity.
    package var opportunity: Double? {
        holding.flatMap { lockOpportunityIndex(held: $0.held, duration: $0.duration) }
    }

    /// Jain's index of the workers' acquisitions in the window of ``opportunity``.
    package var orderWindowJain: Double? { holding.flatMap { jainIndex($0.acquisitions) } }

    /// The number of workers in each class of unequal critical sections; `nil` if all are equal.
    package var classWorkers: [Double]? {
        result.figures.flatMap { figures in byClass(figures.sectionClasses.map { _ in 1 }) }
    }

    /// Acquisitions per second of each class in the throughput window.
    package var classThroughput: [Double]? {
        result.figures.flatMap { figures in
            figures.duration > 0 ? byClass(figures.sections.map { Double($0) / figures.duration }) : nil
        }
    }

    /// The share of each class in the time for which the lock was held in the order window.
    package var classHolds: [Double]? {
        holding.flatMap { holding in
            let all = holding.held.reduce(0, +)
            return all > 0 ? byClass(holding.held.map { $0 / all }) : nil
        }
    }

    /// The sum of the workers' figures over each class.
    private func byClass(_ figures: [Double]) -> [Double]? {
        guard let shares = cell.sectionShares, let classes = result.figures?.sectionClasses,
            classes.count == figures.count
        else { return nil }
        var sums = shares.classes.map { _ in 0.0 }
        for (index, figure) in zip(classes, figures) { sums[index] += figure }
        return sums
    }

    /// The median of Jain's index over windows of 10 ms with acquisitions.
    package var windowJain: Double? {
        result.figures.flatMap { figures in
            median(Self.filled(figures.windows, workers: cell.workers).compactMap { jainIndex($0.map { Double($0) }) })
        }
    }

    /// Merges windows until each has ten acquisitions per worker: fewer cannot be evenly distributed. An incomplete last
    /// window is left out, unless it is the only one.
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

    /// Figures from the log of the order window; computed once.
    package let order: Order?

    /// Figures from the histograms; computed once, because merging is slow.
    package let latency: Latency?

    package init(
        run: RunConditions, cell: Cell, round: Int, result: RoundResult, asked: Asked? = nil,
        recovery: StressResult? = nil, discarded: [Standstill] = []
    ) {
        self.asked = asked
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

    /// Whether an open loop did not sustain its rate, so that latencies only reflect its duration; `nil` in a closed loop.
    package var isOverloaded: Bool? { costs.flatMap { Self.isOverloaded($0, cell) } }

    private static func isOverloaded(_ figures: RoundResult.Figures, _ cell: Cell) -> Bool? {
        guard cell.spacing != .closed else { return nil }
        let (due, done) = (Double(figures.arrivalsDue), Double(figures.arrivalsDone))
        // One unfinished acquisition per worker at the end is not a backlog, unless it takes a fifth of the window; nor
        // is a burst that has just come due.
        return due - done > 0.05 * due + Double(max(cell.workers, cell.burst))
            || Double(figures.backlogAge) > 0.2e9 * figures.latencyDuration
    }

    /// Whether the lock kept its promises.
    package var isAsPromised: Bool {
        result.integrity.isAsPromised(by: cell.lock) && recovery?.isAsPromised != false
    }
}

/// Percentiles of the measured times, ns.
package struct Latency {
    /// From the call of lock, in an open loop from when it was due, to the acquisition; `nil` if an open loop was
    /// overloaded.
    package let acquire: Percentiles?
    /// In an open loop, from the call of lock to the acquisition.
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

/// Percentiles of one histogram, ns. A percentile is `nil` if it has too few samples (``PercentileRule``).
package struct Percentiles {
    package let samples: UInt64
    package let p50: UInt64?
    package let p90: UInt64?
    package let p99: UInt64?
    package let p999: UInt64?
    package let p9999: UInt64?
    /// Unlike percentiles, it resolves less than one step of the clock.
    package let mean: Double
    package let longest: UInt64
    /// The whole distribution.
    package let histogram: Histogram<UInt64>

    /// - Parameters:
    ///   - counts: the number of samples in each bucket of the geometry.
    ///   - longest: the exact maximum, if it is known.
    package init?(_ counts: [UInt64], _ geometry: LatencyHistogram.Geometry, longest: UInt64? = nil) {
        var histogram = Histogram<UInt64>(
            lowestDiscernibleValue: 1, highestTrackableValue: LatencyHistogram.Geometry.highestValue,
            numberOfSignificantValueDigits: geometry == .threeDigits ? .three : .two)
        for (index, count) in counts.enumerated() where count > 0 {
            histogram.record(geometry.lowestValue(of: index), count: count)
        }
        guard histogram.totalCount > 0 else { return nil }
        let greatest = longest ?? histogram.max
        // A bucket's upper bound can exceed the measured maximum.
        let samples = histogram.totalCount
        func percentile(_ percent: Double) -> UInt64? {
            PercentileRule.supports(percent, samples: samples)
                ? min(histogram.valueAtPercentile(percent), greatest) : nil
        }
        self.samples = samples
        p50 = percentile(50)
        p90 = percentile(90)
        p99 = percentile(99)
        p999 = percentile(99.9)
        p9999 = percentile(99.99)
        mean = histogram.mean
        self.longest = greatest
        self.histogram = histogram
    }

    /// A percentile, ns; `nil` if there are too few samples.
    package func percentile(_ percent: Double) -> UInt64? {
        PercentileRule.supports(percent, samples: samples) ? min(histogram.valueAtPercentile(percent), longest) : nil
    }
}

/// Figures of the order of owners.
package struct Order {
    /// The longest sequence of acquisitions by one worker.
    package let longestRun: Int
    /// Median time to reacquire, in acquisitions.
    package let medianReturn: Double?
    /// The median of Jain's index over windows of 32 acquisitions per worker.
    package let jain: Double?

    package init?(_ owners: [UInt16], workers: Int) {
        guard !owners.isEmpty else { return nil }
        longestRun = AdmissionOrder.longestRun(owners)
        medianReturn = AdmissionOrder.medianReturn(owners)
        jain = AdmissionOrder.windowedJain(owners, participants: workers, window: 32 * workers)
    }
}
