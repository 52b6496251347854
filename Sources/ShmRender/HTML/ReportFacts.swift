internal import ShmRecord

/// What the page says before its sections: verdict, warnings, and the conditions of the measurement.
struct ReportFacts {
    let verdict: [String]
    let warnings: [String]
    let notes: [String]
    /// Where, when and how it was measured.
    let conditions: Conditions

    init(_ report: Report, _ exhibit: Exhibit) {
        let facts = report.facts()
        func value(_ name: String) -> JSONValue? { facts.first { $0.name == name }?.value }
        verdict = Self.texts(value("verdict"))
        notes = Self.texts(value("notes"))
        warnings = Self.column("text", of: value("warnings"))
        let requested: [JSONValue.Member] = if case .object(let members)? = value("requested") { members } else { [] }
        conditions = Conditions(
            [report.records] + exhibit.attachments.map(\.records), command: report.command,
            requested: requested.map(Self.condition))
    }

    /// A name and a value for people: a time has its unit.
    private static func condition(_ member: JSONValue.Member) -> (name: String, value: String) {
        let name = member.name.replacing("_", with: " ")
        guard name.hasSuffix(" ns"), case .value(.integer(let time)) = member.value else {
            return (name, text(member.value))
        }
        return (String(name.dropLast(3)), Figure.time(Double(time)))
    }

    private static func texts(_ value: JSONValue?) -> [String] {
        if case .array(let values)? = value { values.map(text) } else { [] }
    }

    private static func column(_ name: String, of value: JSONValue?) -> [String] {
        guard case .rows(let names, let rows)? = value, let index = names.firstIndex(of: name) else { return [] }
        return rows.map { $0[index].text }
    }

    private static func text(_ value: JSONValue) -> String {
        switch value {
        case .value(.list(let values)): values.map(\.text).joined(separator: ", ")
        case .value(let value): value.text
        case .array(let values): values.map(text).joined(separator: ", ")
        case .object(let members): members.map { "\($0.name) \(text($0.value))" }.joined(separator: ", ")
        case .rows: JSON.text(value)
        }
    }
}
