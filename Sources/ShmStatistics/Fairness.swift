/// Jain's fairness index of shares: (Σx)² / (n·Σx²). 1 is perfectly fair, 1/n is one taking all. `nil` where nobody
/// got anything.
///
/// Source: Jain, Chiu and Hawe, *A Quantitative Measure of Fairness and Discrimination for Resource Allocation in
/// Shared Computer Systems*, DEC-TR-301, 1984.
public func jainIndex(_ shares: some Collection<Double>) -> Double? {
    let sum = shares.reduce(0, +)
    let squares = shares.reduce(0) { $0 + $1 * $1 }
    return squares > 0 ? sum * sum / (Double(shares.count) * squares) : nil
}

/// The smallest share over the largest: 1 is perfectly fair, 0 is somebody getting nothing. `nil` where nobody got
/// anything.
public func minMaxRatio(_ shares: some Collection<Double>) -> Double? {
    guard let low = shares.min(), let high = shares.max(), high > 0 else { return nil }
    return low / high
}
