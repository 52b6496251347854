import Foundation
import ShmCompare
import ShmRecord
import Testing

@testable import ShmRender
@testable import shmbench

/// The tables of fields, and the documents and keys that are derived from them.
@Suite(.timeLimit(.minutes(10))) struct FieldTests {
    private static let results = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("results").path

    private func text(_ name: String) throws -> String {
        try String(contentsOfFile: "\(Self.results)/\(name)", encoding: .utf8)
    }

    /// The sections of results/README.md.
    private static let sections = [
        "run": "Results", "report": "Reports", "crash": "Crash tests", "stress": "Stress tests",
        "compare": "Comparisons", "fleet-compare": "Comparisons", "history": "History", "history-series": "History",
    ]

    @Test(arguments: ProgramDocuments.all.map(\.name))
    func `results/README.md describes each column and member as the program does`(name: String) throws {
        let document = try #require(ProgramDocuments.named(name))
        let title = Self.sections[name] ?? "Other documents"
        let sections = try text("README.md").components(separatedBy: "\n## ").map { "\n" + $0.trimmingPrefix("# ") }
        let section = try #require(sections.first { $0.hasPrefix("\n\(title)\n") }, "there is no section \(title)")
        for table in [document.columnTable, document.memberTable] where !table.isEmpty {
            #expect(section.contains(table), "replace a table of \(title) by\n\(table)")
        }
    }

    @Test func `all results have the same fields of the machine`() {
        let machine = ["tool_version", "hostname", "kernel", "cpu_model", "cpus"]
        #expect(Array(ResultColumn.all.map(\.name)[3..<8]) == machine)
        #expect(Array(CrashColumn.all.map(\.name)[2..<7]) == machine)
        #expect(Array(StressColumn.all.map(\.name)[2..<7]) == machine)
    }

    @Test func `columns.txt lists the fields of a round`() throws {
        #expect(try text("columns.txt").split(separator: "\n").map(String.init) == ResultColumn.all.map(\.name))
    }

    @Test func `names are unique, and every field has a description`() {
        for document in ProgramDocuments.all {
            let names = document.columns.map(\.name) + document.members.map(\.name)
            #expect(Set(document.columns.map(\.name)).count == document.columns.count, "\(document.name)")
            #expect(!names.contains(""))
            #expect(document.columns.allSatisfy { !$0.doc.isEmpty } && document.members.allSatisfy { !$0.doc.isEmpty })
        }
    }

    @Test func `each column says what it is, and no two say the same`() {
        for document in ProgramDocuments.all {
            let docs = document.columns.map(\.doc)
            let twice = docs.filter { doc in docs.count { $0 == doc } > 1 }
            #expect(twice == [], "\(document.name)")
            for member in document.members {
                let shared = Self.described(member.schema).filter { doc, columns in columns.count > 1 }
                #expect(shared.isEmpty, "\(document.name), \(member.name): \(shared)")
            }
        }
    }

    /// The columns of an object, or of the objects of an array, by their description.
    private static func described(_ schema: JSONValue) -> [String: [String]] {
        guard let node = try? JSONNode(JSON.text(schema)) else { return ["": ["", ""]] }
        let properties = (node["properties"] ?? node["items"]?["properties"])?.members ?? [:]
        return Dictionary(grouping: properties.keys) { properties[$0]?["description"]?.text ?? "" }
    }

    /// CSV has `yes` and `no`, JSON true and false.
    @Test func `no description of a boolean names the words of one format`() {
        for column in ProgramDocuments.all.flatMap(\.columns) where column.kind == .boolean {
            #expect(!column.doc.contains("`yes`") && !column.doc.contains("`no`"), "\(column.name)")
        }
    }

    @Test func `CSV keeps a word of schema 1, and JSON has the one of all other documents`() throws {
        let kinds = try #require(FindingColumn.all.first { $0.name == "metric" }).kind
        #expect(kinds == .words(Metric.all.map(\.name)))
        let recorded = Metric.all.map(\.recorded)
        #expect(recorded.map(\.text).contains("hand-off") && !recorded.map(\.text).contains("handoff"))
        let json = recorded.map { JSON.text(.value($0)) }
        #expect(json.contains("\"handoff\"") && !json.contains("\"hand-off\""))
    }

    @Test func `the name of a column ends in its unit`() {
        for column in ProgramDocuments.all.flatMap(\.columns) {
            let ending: String? =
                switch column.unit {
                case .nanoseconds: "_ns"
                case .seconds: "_s"
                case .perSecond: "_per_s"
                case .percent: "_percent"
                case .plain, .bytes, .share: nil
                }
            if let ending { #expect(column.name.hasSuffix(ending), "\(column.name)") }
        }
        #expect(FieldUnit(column: "x_per_s") == .perSecond && FieldUnit(column: "x_s") == .seconds)
        #expect(FieldUnit(column: "reads") == FieldUnit.plain)
    }

    @Test func `a value is shown with its unit`() {
        let time = FieldUnit.nanoseconds
        #expect(time.shown(41.26) == "41 ns" && time.shown(41.26, decimals: 1) == "41.3 ns")
        #expect(time.shown(4100, decimals: 1) == "4.10 µs" && FieldUnit.seconds.shown(0.3) == "300 ms")
        #expect(FieldUnit.perSecond.shown(1.234e6) == "1.23 M/s")
        #expect(FieldUnit.percent.shown(12.34, decimals: 1) == "12.3%")
        #expect(FieldUnit.share.shown(0.987) == "0.99" && FieldUnit.bytes.shown(1) == "1.000 B")
        let field = Field<Double?>("x_ns", "") { Value($0, decimals: 1) }
        #expect(field.shown(4047) == "4.05 µs" && field.shown(nil) == "-")
        #expect(Field<Bool>("x", kind: .boolean, "") { .boolean($0) }.shown(true) == "yes")
    }

    @Test func `roles determine the keys`() {
        let fields = ResultColumn.all
        #expect(fields.names(.machine) == ["hostname", "cpu_model", "cpus"])
        #expect(
            fields.names(.cell) == [
                "scenario", "lock", "workers", "critical_section_ns", "think_ns", "counters", "arrivals", "rate_per_s",
                "pinning", "read_percent", "critical_section_shares", "touch_bytes", "busy_loops", "burst",
            ])
        #expect(fields.names(.round) == ["run_id", "round"])
        // Files from before a field was added must stay readable, so new fields are not required.
        #expect(fields.prefix(50).names(.required) == fields.names(.required))
    }
}
