import ShmCluster
import Testing

@testable import shmbench

/// The live view of a fleet.
@Suite(.timeLimit(.minutes(10))) struct FleetProgressTests {
    private static func report(
        _ name: String, _ state: TaskState, node: String? = nil, rows: Int? = nil, share: Double? = nil
    ) -> TaskReport {
        TaskReport(task: FleetTask(name: name, node: node ?? name), state: state, rows: rows, share: share)
    }

    private static let reports = [
        report("n1", .ended), report("n2", .waiting("Resources")), report("node3", .running, rows: 7, share: 0.05),
        report("n4-2", .running, node: "n4", rows: 1), report("n5", .waiting("")), report("n6", .lost("gone")),
    ]

    @Test func `tasks that are not over have a line each, those that run first`() {
        let lines = FleetProgress.lines(Self.reports, height: 24, width: 80) { $0.share == nil ? nil : "0:20 left" }
        #expect(
            lines == [
                "  node3      running    5%, 0:20 left", "  n4 (n4-2)  running  1 row",
                "  n2         waiting  Resources",
                "  n5         waiting",
            ])
    }

    @Test func `a long name leaves room for the state`() {
        let long = String(repeating: "x", count: 70)
        let lines = FleetProgress.lines(
            [Self.report(long, .running, share: 0.5), Self.reports[1]], height: 24, width: 60
        ) { _ in nil }
        let blanks = String(repeating: " ", count: 28)
        #expect(lines == ["  \(long.prefix(29))…  running   50%", "  n2\(blanks)  waiting  Resources"])
    }

    @Test func `no more than a terminal has room for, and the others are counted`() {
        #expect(FleetProgress.lines(Self.reports, height: 5, width: 80) { _ in nil }.last == "  and 2 more tasks")
        #expect(FleetProgress.lines(Self.reports, height: 5, width: 80) { _ in nil }.count == 3)
        #expect(FleetProgress.lines(Self.reports, height: 1, width: 80) { _ in nil } == ["  and 4 more tasks"])
        #expect(FleetProgress.lines([Self.reports[0]], height: 24, width: 80) { _ in nil } == [])
    }
}
