/// Jain's fairness index: (Σx)² / (n·Σx²). It is 1 for equal shares, and 1/n if one gets all. `nil` if all shares are
/// zero.
///
/// Source: Jain, Chiu and Hawe, *A Quantitative Measure of Fairness and Discrimination for Resource Allocation in
/// Shared Computer Systems*, DEC-TR-301, 1984.
public func jainIndex(_ shares: some Collection<Double>) -> Double? {
    let sum = shares.reduce(0, +)
    let squares = shares.reduce(0) { $0 + $1 * $1 }
    return squares > 0 ? sum * sum / (Double(shares.count) * squares) : nil
}

/// Jain's index of the lock opportunity of participants: the time for which each held the lock, plus the time for which
/// it was free, in which all of them could have acquired it. `nil` if there was no such time.
///
/// Source: Patel, Arpaci-Dusseau, Arpaci-Dusseau and Swift, *Avoiding Scheduler Subversion using Scheduler-Cooperative
/// Locks*, EuroSys 2020.
///
/// - Parameter duration: the length of the period in which the times were measured, in their unit.
public func lockOpportunityIndex(held: some Collection<Double>, duration: Double) -> Double? {
    let free = max(0, duration - held.reduce(0, +))
    return jainIndex(held.map { $0 + free })
}

/// The ratio of the smallest to the largest share: 1 for equal shares, 0 if one of them is zero. `nil` if all shares
/// are zero.
public func minMaxRatio(_ shares: some Collection<Double>) -> Double? {
    guard let low = shares.min(), let high = shares.max(), high > 0 else { return nil }
    return low / high
}
