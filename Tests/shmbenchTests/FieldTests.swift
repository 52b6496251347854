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

    @Test func `the document of the results describes each field of a report`() throws {
        let table = SummaryColumn.all.describing()
        #expect(try text("README.md").contains(table), "replace its table by\n\(table)")
    }

    @Test func `the list of columns is that of the fields`() throws {
        #expect(try text("columns.txt").split(separator: "\n").map(String.init) == ResultColumn.all.map(\.name))
    }

    @Test func `names are unique, and every field is described`() {
        let names = ResultColumn.all.map(\.name)
        #expect(Set(names).count == names.count)
        #expect(ResultColumn.all.allSatisfy { !$0.doc.isEmpty })
        let summary = SummaryColumn.all.map(\.name)
        #expect(Set(summary).count == summary.count)
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
