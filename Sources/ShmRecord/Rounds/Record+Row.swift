internal import ShmCoordinator

/// Facts about a round that the results have no column for.
package struct Unrecorded: Equatable, Sendable {
    /// Rate of the CPU's counter, Hz; `nil` where another clock is used.
    package let counterHertz: Double?
    /// Why the CPU's counter is not used.
    package let clockObstacle: String?
    /// Pairs of clock readings whose later one was smaller.
    package let clockAnomalies: UInt64
    /// How the CPU's frequency is chosen; `nil` where the system does not choose it.
    package let scalingGovernor: String?
    /// Which promise the lock broke when owners were killed after the round, in words.
    package let killBreach: String?
}

extension Record {
    /// A round that this process measured, as its results file has it.
    package init(_ row: Row) {
        let clock = row.run.clock
        self.init(
            fields: Dictionary(uniqueKeysWithValues: ResultColumn.all.map { ($0.name, $0.value(row).text) }),
            unrecorded: Unrecorded(
                counterHertz: clock.counterHertz, clockObstacle: clock.obstacle,
                clockAnomalies: row.costs?.clockAnomalies ?? 0, scalingGovernor: Machine.current.scalingGovernor,
                killBreach: row.recovery?.breach))
    }
}
