import ShmHarness

extension LatencyHistogram {
    /// The smallest value and the count of every cell that is not empty, smallest value first.
    func forEachCell(_ body: (_ lowestValue: UInt64, _ count: UInt64) -> Void) {
        var counts = [UInt64](repeating: 0, count: geometry.cellCount)
        add(to: &counts)
        for (index, count) in counts.enumerated() where count > 0 { body(geometry.lowestValue(of: index), count) }
    }
}
