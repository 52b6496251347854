/// The roles of a field in keys.
package struct FieldRoles: OptionSet, Sendable {
    package let rawValue: Int

    package init(rawValue: Int) { self.rawValue = rawValue }

    /// Identifies the machine: figures of two machines are not compared.
    package static var machine: FieldRoles { FieldRoles(rawValue: 1) }
    /// Identifies the cell: a lock under a load.
    package static var cell: FieldRoles { FieldRoles(rawValue: 2) }
    /// Identifies a round of a cell.
    package static var round: FieldRoles { FieldRoles(rawValue: 4) }
    /// Identifies the machine and its kernel.
    package static var platform: FieldRoles { FieldRoles(rawValue: 16) }
    /// Every file must have it.
    package static var required: FieldRoles { FieldRoles(rawValue: 8) }
    /// A requested length, on which tails and fairness depend: a series of a history has one value.
    package static var request: FieldRoles { FieldRoles(rawValue: 64) }
    /// Every row has a value.
    package static var present: FieldRoles { FieldRoles(rawValue: 32) }
}
