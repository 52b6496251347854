internal import ShmRecord
internal import ShmStatistics

/// The medians of a cell's percentiles, all over one set of rounds: those that have each percentile shown. Over different
/// rounds, the median of p99 could exceed that of p99.9.
///
/// A percentile is shown if at least half of the rounds have it. The others have too few samples, or were overloaded open
/// loops; a minority would not represent them.
struct PercentileRounds {
    /// The percentiles of tables.
    static let columns = ["acquire_p50_ns", "acquire_p99_ns", "acquire_p999_ns"]

    private let shown: [String]
    private let rounds: [Record]

    init(_ records: [Record]) {
        let counts = Self.columns.map { records.numbers($0).count }
        let shown = zip(Self.columns, counts).filter { $1 * 2 >= records.count }.map(\.0)
        self.shown = shown
        let isComplete = zip(Self.columns, counts).allSatisfy { !shown.contains($0) || $1 == records.count }
        rounds =
            isComplete ? records : records.filter { record in shown.allSatisfy { record.number($0) != nil } }
    }

    /// Whether a round is one of those.
    func contains(round: Int) -> Bool { rounds.contains { $0.text("round") == "\(round)" } }

    /// The median of a percentile; `nil` if it is not shown.
    func median(_ column: String) -> Double? {
        shown.contains(column) ? ShmStatistics.median(rounds.numbers(column)) : nil
    }

    /// The median of another percentile over the same rounds; `nil` if one of them lacks it.
    func medianBeside(_ column: String) -> Double? {
        let values = rounds.numbers(column)
        return values.count == rounds.count ? ShmStatistics.median(values) : nil
    }
}
