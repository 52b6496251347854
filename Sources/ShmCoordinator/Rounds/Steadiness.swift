internal import ShmStatistics

/// Decides whether a warm-up is complete: throughput no longer changes.
struct Steadiness {
    private var counts: [UInt64] = []

    /// Records the sections completed so far; observations are evenly spaced.
    mutating func look(_ sections: UInt64) { counts.append(sections) }

    /// Whether the last three intervals had the same throughput, to a tenth, or to three standard deviations of a
    /// random count if that is more: a lock that is acquired a few times per interval is not unsteady for that.
    var isSteady: Bool {
        let rates = zip(counts.dropFirst(), counts).suffix(3).map { Double($0 - $1) }
        guard rates.count == 3, let middle = median(rates), middle > 0 else { return false }
        let tolerance = max(0.1 * middle, 3 * middle.squareRoot())
        return rates.allSatisfy { abs($0 - middle) <= tolerance }
    }
}
