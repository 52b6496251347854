/// The middle of a sample: the mean of the two middle values where their number is even. `nil` for an empty sample.
public func median(_ sample: some Sequence<Double>) -> Double? {
    let sorted = sample.sorted()
    if sorted.isEmpty { return nil }
    return (sorted[(sorted.count - 1) / 2] + sorted[sorted.count / 2]) / 2
}

/// The half-width of a sample around its median, relative to it: (maximum − minimum) / 2 / median. `nil` for an empty
/// sample and where the median is 0.
public func relativeSpread(_ sample: some Collection<Double>) -> Double? {
    guard let low = sample.min(), let high = sample.max(), let middle = median(sample), middle != 0 else { return nil }
    return (high - low) / 2 / middle
}
