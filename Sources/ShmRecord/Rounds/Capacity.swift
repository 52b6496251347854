package import ShmCoordinator

/// The highest rate of an open loop that a lock sustains.
package struct Capacity {
    /// The cell; its rate is the result, or 0 if the lock sustained none.
    package let cell: Cell
    /// Acquisitions per second in a closed loop, for comparison.
    package let closed: Double
    /// The median p99 at the rate found, ns.
    package let p99: Double?
    /// The lowest rate at which the lock failed; `nil` if it failed at none.
    package let tooHigh: Double?

    package init(cell: Cell, closed: Double, p99: Double?, tooHigh: Double?) {
        self.cell = cell
        self.closed = closed
        self.p99 = p99
        self.tooHigh = tooHigh
    }
}
