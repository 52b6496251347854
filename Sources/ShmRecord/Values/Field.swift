/// A column of files and documents: its name, type and meaning, its role in keys, and how its value is computed.
package struct Field<Subject>: Sendable {
    /// The type of the values.
    package enum Kind: Sendable {
        case text
        /// A whole number that identifies what was measured; every row has it.
        case count
        case number
    }

    /// The roles of a field in keys.
    package struct Roles: OptionSet, Sendable {
        package let rawValue: Int

        package init(rawValue: Int) { self.rawValue = rawValue }

        /// Identifies the machine: figures of two machines are not compared.
        package static var machine: Roles { Roles(rawValue: 1) }
        /// Identifies the cell: a lock under a load.
        package static var cell: Roles { Roles(rawValue: 2) }
        /// Identifies a round of a cell.
        package static var round: Roles { Roles(rawValue: 4) }
        /// Identifies the machine and its kernel.
        package static var platform: Roles { Roles(rawValue: 16) }
        /// A requested length, on which tails and fairness depend: a series of a history has one value.
        package static var request: Roles { Roles(rawValue: 32) }
        /// Every file must have it.
        package static var required: Roles { Roles(rawValue: 8) }
    }

    /// Whether more or less is better.
    package enum Direction: Sendable { case more, less }

    /// The name of the column, which ends in the unit.
    package let name: String
    /// Short names for options.
    package let short: [String]
    package let kind: Kind
    package let roles: Roles
    /// Whether more or less is better; `nil` if neither is.
    package let better: Direction?
    /// Unit and meaning, in Markdown.
    package let doc: String
    package let value: @Sendable (Subject) -> Value

    package init(
        _ name: String, short: [String] = [], kind: Kind = .number, roles: Roles = [], better: Direction? = nil,
        _ doc: String,
        _ value: @escaping @Sendable (Subject) -> Value
    ) {
        self.name = name
        self.short = short
        self.kind = kind
        self.roles = roles
        self.better = better
        self.doc = doc
        self.value = value
    }
}

extension Field {
    /// Gives fields without a description that of their predecessor.
    package static func sharingDescriptions(_ fields: [Field]) -> [Field] {
        var doc = ""
        return fields.map { field in
            if !field.doc.isEmpty { doc = field.doc }
            return Field(
                field.name, short: field.short, kind: field.kind, roles: field.roles, better: field.better, doc,
                field.value)
        }
    }
}

extension Sequence {
    /// The names of the fields that have one of the roles.
    package func names<Subject>(_ roles: Field<Subject>.Roles) -> [String] where Element == Field<Subject> {
        filter { !$0.roles.isDisjoint(with: roles) }.map(\.name)
    }

    /// The Markdown table that describes the fields. Consecutive fields with the same description share a row.
    package func describing<Subject>() -> String where Element == Field<Subject> {
        var rows: [(names: [String], doc: String)] = []
        for field in self {
            if rows.last?.doc == field.doc {
                rows[rows.count - 1].names.append(field.name)
            } else {
                rows.append(([field.name], field.doc))
            }
        }
        let lines = rows.map { row in
            "| \(row.names.map { "`\($0)`" }.joined(separator: ", ")) | \(row.doc) |\n"
        }
        return "| column | unit, meaning |\n|---|---|\n" + lines.joined()
    }
}
