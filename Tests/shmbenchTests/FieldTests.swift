import Foundation
import ShmCompare
import ShmRecord
import Testing

/// The description of the results, and what follows from it.
@Suite(.timeLimit(.minutes(1))) struct FieldTests {
    private static let results = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("results").path

    private func text(_ name: String) throws -> String {
        try String(contentsOfFile: "\(Self.results)/\(name)", encoding: .utf8)
    }

    @Test func `the document of the results describes each field as the program does`() throws {
        let table = ResultColumn.all.describing()
        let document = try text("README.md")
        #expect(document.contains(table), "replace its table by\n\(table)")
    }

    @Test(arguments: [
        ("Crash tests", CrashColumn.all.describing()), ("Stress tests", StressColumn.all.describing()),
    ])
    func `the document of the results describes the fields of other tests`(title: String, table: String) throws {
        let section = try #require(try text("README.md").split(separator: "\n## ").first { $0.hasPrefix(title) })
        #expect(section.contains(table), "replace its table by\n\(table)")
    }

    @Test func `the machine is described alike in all results`() {
        let machine = ["tool_version", "hostname", "kernel", "cpu_model", "cpus"]
        #expect(Array(ResultColumn.all.map(\.name)[3..<8]) == machine)
        #expect(Array(CrashColumn.all.map(\.name)[2..<7]) == machine)
        #expect(Array(StressColumn.all.map(\.name)[2..<7]) == machine)
    }

    @Test func `the document of the results describes each field of a report`() throws {
        let table = SummaryColumn.all.describing()
        #expect(try text("README.md").contains(table), "replace its table by\n\(table)")
    }

    @Test func `the list of columns is that of the fields`() throws {
        #expect(try text("columns.txt").split(separator: "\n").map(String.init) == ResultColumn.all.map(\.name))
    }

    @Test func `names are unique, and every field is described`() {
        for fields in [
            ResultColumn.all.map { ($0.name, $0.doc) }, CrashColumn.all.map { ($0.name, $0.doc) },
            StressColumn.all.map { ($0.name, $0.doc) }, SummaryColumn.all.map { ($0.name, $0.doc) },
        ] {
            #expect(Set(fields.map(\.0)).count == fields.count)
            #expect(fields.allSatisfy { !$0.1.isEmpty })
        }
    }

    @Test func `keys follow from roles`() {
        let fields = ResultColumn.all
        #expect(fields.names(.machine) == ["hostname", "cpu_model", "cpus"])
        #expect(
            fields.names(.cell) == [
                "scenario", "lock", "workers", "critical_section_ns", "think_ns", "counters", "arrivals", "rate_per_s",
                "pinning", "read_percent",
            ])
        #expect(fields.names(.round) == ["run_id", "round"])
        // What a program could write before a field was there must stay readable: new ones are not required.
        #expect(fields.prefix(50).names(.required) == fields.names(.required))
    }
}
