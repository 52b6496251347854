package import ShmCoordinator

/// The highest rate of an open loop that a lock sustains.
package struct Capacity {
    /// The cell; its rate is the result, or 0 if none was found.
    package let cell: Cell
    /// Acquisitions per second in a closed loop, for comparison.
    package let closed: Double
    /// The median p99 at the rate found, ns.
    package let p99: Double?
    /// The lowest rate at which the lock failed; `nil` if it failed at none.
    package let tooHigh: Double?
    /// The lowest rate of the search; see ``CapacitySearch/least(window:)``.
    package let least: Double
    /// The rate at which the search ended early, since its rounds had too few arrivals for p99; `nil` if it did not.
    package let endedAt: Double?

    package init(cell: Cell, closed: Double, p99: Double?, tooHigh: Double?, least: Double, endedAt: Double? = nil) {
        self.cell = cell
        self.closed = closed
        self.p99 = p99
        self.tooHigh = tooHigh
        self.least = least
        self.endedAt = endedAt
    }

    /// The highest rate at which p99 was below the bound; `nil` if none was found, which says nothing of rates below
    /// ``least``, nor of those that a search that ended early did not try.
    package var sustained: Double? { cell.rate > 0 ? cell.rate : nil }
}
