import Foundation
import ShmCompare
import ShmRecord
import Testing

/// The tables of fields, and the documents and keys that are derived from them.
@Suite(.timeLimit(.minutes(1))) struct FieldTests {
    private static let results = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("results").path

    private func text(_ name: String) throws -> String {
        try String(contentsOfFile: "\(Self.results)/\(name)", encoding: .utf8)
    }

    @Test func `results/README.md describes each field of a round as the program does`() throws {
        let table = ResultColumn.all.describing()
        let document = try text("README.md")
        #expect(document.contains(table), "replace its table by\n\(table)")
    }

    @Test(arguments: [
        ("Crash tests", CrashColumn.all.describing()), ("Stress tests", StressColumn.all.describing()),
    ])
    func `results/README.md describes each field of crash and stress tests`(title: String, table: String) throws {
        let section = try #require(try text("README.md").split(separator: "\n## ").first { $0.hasPrefix(title) })
        #expect(section.contains(table), "replace its table by\n\(table)")
    }

    @Test func `all results have the same fields of the machine`() {
        let machine = ["tool_version", "hostname", "kernel", "cpu_model", "cpus"]
        #expect(Array(ResultColumn.all.map(\.name)[3..<8]) == machine)
        #expect(Array(CrashColumn.all.map(\.name)[2..<7]) == machine)
        #expect(Array(StressColumn.all.map(\.name)[2..<7]) == machine)
    }

    @Test func `results/README.md describes each field of a report`() throws {
        let table = SummaryColumn.all.describing()
        #expect(try text("README.md").contains(table), "replace its table by\n\(table)")
    }

    @Test func `columns.txt lists the fields of a round`() throws {
        #expect(try text("columns.txt").split(separator: "\n").map(String.init) == ResultColumn.all.map(\.name))
    }

    @Test func `names are unique, and every field has a description`() {
        for fields in [
            ResultColumn.all.map { ($0.name, $0.doc) }, CrashColumn.all.map { ($0.name, $0.doc) },
            StressColumn.all.map { ($0.name, $0.doc) }, SummaryColumn.all.map { ($0.name, $0.doc) },
        ] {
            #expect(Set(fields.map(\.0)).count == fields.count)
            #expect(fields.allSatisfy { !$0.1.isEmpty })
        }
    }

    @Test func `roles determine the keys`() {
        let fields = ResultColumn.all
        #expect(fields.names(.machine) == ["hostname", "cpu_model", "cpus"])
        #expect(
            fields.names(.cell) == [
                "scenario", "lock", "workers", "critical_section_ns", "think_ns", "counters", "arrivals", "rate_per_s",
                "pinning", "read_percent",
            ])
        #expect(fields.names(.round) == ["run_id", "round"])
        // Files from before a field was added must stay readable, so new fields are not required.
        #expect(fields.prefix(50).names(.required) == fields.names(.required))
    }
}
