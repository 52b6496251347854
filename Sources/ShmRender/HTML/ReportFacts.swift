internal import ShmRecord

/// What the page says before its sections: verdict, warnings, and the conditions of the measurement.
struct ReportFacts {
    let verdict: [String]
    let warnings: [String]
    let notes: [String]
    /// Names and values.
    let conditions: [(name: String, value: String)]

    init(_ report: Report, _ exhibit: Exhibit) {
        let facts = report.facts()
        func value(_ name: String) -> JSONValue? { facts.first { $0.name == name }?.value }
        verdict = Self.texts(value("verdict"))
        notes = Self.texts(value("notes"))
        warnings = Self.rows(value("warnings")).compactMap { row in
            row.first { $0.name == "text" }.map { Self.text($0.value) }
        }
        let records = [report.records] + exhibit.attachments.map(\.records)
        let requested: [JSONValue.Member] = if case .object(let members)? = value("requested") { members } else { [] }
        let asked = requested.map(Self.condition)
        conditions =
            [report.command.map { (name: "command", value: "shmbench \($0)") }].compactMap(\.self)
            + Self.columns.compactMap { name, columns in
                let values = columns.map { column in records.flatMap { $0.distinct(column) }.uniqued() }
                return Self.shown(values).map { (name, $0) }
            } + asked.filter { name, value in !value.isEmpty && !Self.columns.contains { $0.name == name } }
    }

    /// A name and a value for people: a time has its unit.
    private static func condition(_ member: JSONValue.Member) -> (name: String, value: String) {
        let name = member.name.replacing("_", with: " ")
        guard name.hasSuffix(" ns"), case .value(.integer(let time)) = member.value else {
            return (name, text(member.value))
        }
        return (String(name.dropLast(3)), Figure.time(Double(time)))
    }

    /// The columns of the machine and the run, by name on the page.
    private static let columns: [(name: String, columns: [String])] = [
        ("machine", ["hostname"]), ("CPU", ["cpu_model"]), ("CPUs", ["cpus"]), ("kernel", ["kernel"]),
        ("version", ["tool_version"]), ("started", ["started_at"]), ("seed", ["seed"]),
    ]

    /// Distinct values: the first and the last of many.
    private static func shown(_ values: [[String]]) -> String? {
        let values = values.flatMap(\.self)
        if values.isEmpty { return nil }
        let sorted = values.sorted()
        return values.count <= 2 ? values.joined(separator: ", ") : "\(sorted[0]) … \(sorted[sorted.count - 1])"
    }

    private static func texts(_ value: JSONValue?) -> [String] {
        if case .array(let values)? = value { values.map(text) } else { [] }
    }

    private static func rows(_ value: JSONValue?) -> [[JSONValue.Member]] {
        guard case .array(let values)? = value else { return [] }
        return values.compactMap { if case .object(let members) = $0 { members } else { nil } }
    }

    private static func text(_ value: JSONValue) -> String {
        switch value {
        case .value(.list(let values)): values.map(\.text).joined(separator: ", ")
        case .value(let value): value.text
        case .array(let values): values.map(text).joined(separator: ", ")
        case .object(let members): members.map { "\($0.name) \(text($0.value))" }.joined(separator: ", ")
        }
    }
}

extension Report.Records {
    /// The distinct texts of a column, in the order in which they first occur; none without the column.
    fileprivate func distinct(_ name: String) -> [String] {
        guard let index = names.firstIndex(of: name) else { return [] }
        return rows.map { $0[index].text }.filter { !$0.isEmpty }.uniqued()
    }
}
