internal import Histogram
internal import ShmCoordinator
internal import ShmCore
internal import ShmHarness
internal import ShmStatistics

/// One round of one cell: a row of the results.
struct Row {
    let runID: String
    let cell: Cell
    let round: Int
    let result: RoundResult

    /// Acquisitions a second in the throughput window.
    var throughput: Double? {
        result.figures.flatMap { $0.duration > 0 ? Double($0.acquisitions) / $0.duration : nil }
    }

    /// What the throughput window cost; `nil` where workers were ended before they had given account of it.
    var costs: RoundResult.Figures? { result.isCutShort ? nil : result.figures }

    /// Of the workers' counts.
    var jain: Double? { result.figures.flatMap { jainIndex($0.sections.map { Double($0) }) } }

    /// Of the workers' counts.
    var minMax: Double? { result.figures.flatMap { minMaxRatio($0.sections.map { Double($0) }) } }

    /// The median over windows of 10 ms in which anybody got the lock.
    var windowJain: Double? {
        result.figures.flatMap { median($0.windows.compactMap { jainIndex($0.map { Double($0) }) }) }
    }

    /// The latency window; computed once, since merging takes a moment.
    let latency: Latency?

    init(runID: String, cell: Cell, round: Int, result: RoundResult) {
        self.runID = runID
        self.cell = cell
        self.round = round
        self.result = result
        latency = result.isCutShort ? nil : result.figures.flatMap(Latency.init)
    }

    /// Whether the oracle's finding is what the lock promises.
    var isAsPromised: Bool {
        switch result.integrity {
        case .ok: true
        case .failed: !cell.lock.properties.excludes
        case .stuck: false
        }
    }
}

/// Percentiles of the time from calling lock to holding it, ns.
struct Latency {
    let samples: UInt64
    let p50: UInt64
    let p90: UInt64
    let p99: UInt64
    let p999: UInt64
    let longest: UInt64

    init?(_ figures: RoundResult.Figures) {
        guard !figures.latencies.isEmpty else { return nil }
        var histogram = Histogram<UInt64>(
            lowestDiscernibleValue: 1, highestTrackableValue: LatencyHistogram.highestValue,
            numberOfSignificantValueDigits: .three)
        for cell in figures.latencies { histogram.record(cell.nanoseconds, count: cell.count) }
        samples = histogram.totalCount
        // A cell's largest value can lie above the longest time that was measured.
        func percentile(_ percent: Double) -> UInt64 {
            min(histogram.valueAtPercentile(percent), figures.longestAcquisition)
        }
        p50 = percentile(50)
        p90 = percentile(90)
        p99 = percentile(99)
        p999 = percentile(99.9)
        longest = figures.longestAcquisition
    }
}
