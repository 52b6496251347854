/// A column of files and documents: its name, type and meaning, its role in keys, and how its value is computed.
package struct Field<Subject>: Sendable {
    package typealias Kind = FieldKind
    package typealias Roles = FieldRoles

    /// Whether more or less is better.
    package enum Direction: Sendable { case more, less }

    /// The name of the column, which ends in the unit.
    package let name: String
    /// Short names for options.
    package let short: [String]
    /// The heading of the column in tables.
    package let title: String
    package let kind: Kind
    package let unit: FieldUnit
    package let roles: Roles
    /// Whether more or less is better; `nil` if neither is.
    package let better: Direction?
    /// Unit and meaning, in Markdown.
    package let doc: String
    package let value: @Sendable (Subject) -> Value

    /// - Parameters:
    ///   - title: the default is the first short name, or else the name.
    ///   - unit: the default is the unit that ends the name.
    package init(
        _ name: String, short: [String] = [], title: String? = nil, kind: Kind = .number, unit: FieldUnit? = nil,
        roles: Roles = [], better: Direction? = nil, _ doc: String,
        _ value: @escaping @Sendable (Subject) -> Value
    ) {
        self.name = name
        self.short = short
        self.title = title ?? short.first ?? name
        self.kind = kind
        self.unit = unit ?? FieldUnit(column: name)
        self.roles = roles
        self.better = better
        self.doc = doc
        self.value = value
    }
}

extension Field {
    /// The first column of every document for programs: the number of its schema.
    package static func schema(_ number: Int) -> Field {
        Field("schema", kind: .count, roles: [.required, .present], "\(number)") { _ in .integer(number) }
    }

    /// The value for people; `-` for an empty one.
    package func shown(_ subject: Subject) -> String {
        switch value(subject) {
        case .empty: "-"
        case .integer(let number) where unit == .plain: "\(number)"
        case .integer(let number): unit.shown(Double(number))
        case .decimal(let number, _): unit.shown(number)
        case let other: other.text
        }
    }
}

extension Array {
    /// The field with a name, which must be one of the fields.
    package subscript<Subject>(_ name: String) -> Field<Subject> where Element == Field<Subject> {
        guard let field = first(where: { $0.name == name }) else { preconditionFailure("there is no column \(name)") }
        return field
    }
}

extension Sequence {
    /// The names of the fields that have one of the roles.
    package func names<Subject>(_ roles: Field<Subject>.Roles) -> [String] where Element == Field<Subject> {
        filter { !$0.roles.isDisjoint(with: roles) }.map(\.name)
    }
}
