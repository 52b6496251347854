package import ShmCoordinator

/// The highest rate of an open loop that a lock was found to carry.
package struct Capacity {
    /// The cell; its rate is the one that was found, or 0 where none was.
    package let cell: Cell
    /// Acquisitions a second in a closed loop, for comparison.
    package let closed: Double
    /// The median p99 at that rate, ns.
    package let p99: Double?
    /// The lowest rate that was found too high; `nil` where none was.
    package let tooHigh: Double?

    package init(cell: Cell, closed: Double, p99: Double?, tooHigh: Double?) {
        self.cell = cell
        self.closed = closed
        self.p99 = p99
        self.tooHigh = tooHigh
    }
}
