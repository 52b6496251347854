/// The median of a sample: the mean of the two middle values if their number is even. `nil` for an empty sample.
public func median(_ sample: some Sequence<Double>) -> Double? {
    // An array of numbers is sorted by code for numbers.
    var sorted = Array(sample)
    sorted.sort()
    if sorted.isEmpty { return nil }
    return (sorted[(sorted.count - 1) / 2] + sorted[sorted.count / 2]) / 2
}

/// The maximum distance from the median of the given share of the sample that is nearest to it: 0.5 gives the median
/// absolute deviation of a sample of odd size. `nil` for an empty sample.
public func spread(_ sample: some Sequence<Double>, covering share: Double) -> Double? {
    guard let middle = median(sample) else { return nil }
    var distances = sample.map { abs($0 - middle) }
    distances.sort()
    let needed = Int((min(max(share, 0), 1) * Double(distances.count)).rounded(.up))
    return distances[max(0, needed - 1)]
}
