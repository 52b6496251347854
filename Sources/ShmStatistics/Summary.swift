/// The middle of a sample: the mean of the two middle values where their number is even. `nil` for an empty sample.
public func median(_ sample: some Sequence<Double>) -> Double? {
    let sorted = sample.sorted()
    if sorted.isEmpty { return nil }
    return (sorted[(sorted.count - 1) / 2] + sorted[sorted.count / 2]) / 2
}
