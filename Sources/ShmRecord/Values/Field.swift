/// One thing that is told of a subject, in files and documents: what it is, how it reads, and its part in keys.
package struct Field<Subject>: Sendable {
    /// How a value reads.
    package enum Kind: Sendable {
        case text
        /// A whole number that names what was measured: there in every row.
        case count
        case number
    }

    /// Its part in keys.
    package struct Roles: OptionSet, Sendable {
        package let rawValue: Int

        package init(rawValue: Int) { self.rawValue = rawValue }

        /// Tells machines apart: figures of two machines are not compared.
        package static var machine: Roles { Roles(rawValue: 1) }
        /// Tells cells apart: a lock under a load.
        package static var cell: Roles { Roles(rawValue: 2) }
        /// Tells the rounds of a cell apart.
        package static var round: Roles { Roles(rawValue: 4) }
        /// Tells apart what figures depend on beside the load: machines, and their kernels.
        package static var platform: Roles { Roles(rawValue: 16) }
        /// Without it, a file does not tell what was measured.
        package static var required: Roles { Roles(rawValue: 8) }
    }

    /// Which way is better.
    package enum Direction: Sendable { case more, less }

    /// The column's name, with its unit at the end.
    package let name: String
    /// What users may write for it.
    package let short: [String]
    package let kind: Kind
    package let roles: Roles
    /// `nil` where it is neither.
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
    /// Fields that have no description get that of the one before.
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
    /// The names of fields that have a role.
    package func names<Subject>(_ roles: Field<Subject>.Roles) -> [String] where Element == Field<Subject> {
        filter { !$0.roles.isDisjoint(with: roles) }.map(\.name)
    }

    /// The table of a document that describes fields: consecutive ones of one meaning share a row.
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
