extension CellSummary {
    /// A point of the distribution of times to acquire.
    package struct Quantile {
        package let percent: Double
        /// The median over the rounds, ns; `nil` if too few rounds have the percentile.
        package let time: Double?
    }

    /// The columns of percentiles.
    private static let percentiles = [
        (50, "acquire_p50_ns"), (90, "acquire_p90_ns"), (99, "acquire_p99_ns"), (99.9, "acquire_p999_ns"),
        (99.99, "acquire_p9999_ns"),
    ]

    /// All percentiles of results files, over the rounds of the summary's: the same figures in tables and pictures.
    package var quantiles: [Quantile] {
        let rounds = PercentileRounds(records)
        return Self.percentiles.map { percent, column in
            Quantile(
                percent: percent,
                time: PercentileRounds.columns.contains(column) ? rounds.median(column) : rounds.medianBeside(column))
        }
    }
}
