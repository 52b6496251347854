internal import ShmCoordinator

/// Facts about a round that are not in the results.
package struct Unrecorded: Equatable, Sendable {
    /// The frequency of the CPU's time-stamp counter, Hz; `nil` if another clock is used.
    package let counterHertz: Double?
    /// Why the time-stamp counter is not used; `nil` if it is.
    package let clockObstacle: String?
    /// The number of intervals with a negative length, which were left out.
    package let clockAnomalies: UInt64
    /// The CPU frequency governor; `nil` if the system has none.
    package let scalingGovernor: String?
    /// The promise that the lock broke when owners were killed after the round; `nil` if it broke none.
    package let killBreach: String?
}

extension Record {
    /// The record of a round that this process measured.
    package init(_ row: Row) {
        let clock = row.run.clock
        let unrecorded = Unrecorded(
            counterHertz: clock.counterHertz, clockObstacle: clock.obstacle,
            clockAnomalies: row.costs?.clockAnomalies ?? 0, scalingGovernor: Machine.current.scalingGovernor,
            killBreach: row.recovery?.breach)
        self.init(RoundTable(.all, ResultColumn.all.map { $0.value(row).text }, unrecorded), row: 0)
    }
}
