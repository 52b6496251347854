internal import ShmStatistics

/// Whether a warm-up has come to an end by itself: throughput no longer changes.
struct Steadiness {
    private var counts: [UInt64] = []

    /// Sections done so far, at a look; looks are evenly spaced.
    mutating func look(_ sections: UInt64) { counts.append(sections) }

    /// Whether the last three looks saw the same throughput, to a tenth, or to three standard deviations of a random
    /// count where that is more: a lock that is acquired a few times per look is not unsteady for that.
    var isSteady: Bool {
        let rates = zip(counts.dropFirst(), counts).suffix(3).map { Double($0 - $1) }
        guard rates.count == 3, let middle = median(rates), middle > 0 else { return false }
        let tolerance = max(0.1 * middle, 3 * middle.squareRoot())
        return rates.allSatisfy { abs($0 - middle) <= tolerance }
    }
}
