import Foundation
import ShmCoordinator
import ShmHarness
import ShmRecord
import Testing

@testable import ShmCluster

/// What is made of the folder of a task.
@Suite(.timeLimit(.minutes(10))) struct TaskOutcomeTests {
    private static let planned = 1_790_000_000
    private let work: Folder

    init() throws { work = try Folder() }

    /// A fleet of one task whose folder has these files.
    private func collection(_ files: [String: String], of kind: FleetKind = .run) throws -> FleetCollection {
        let folder = try FleetFolder(work.path("f\(work.names.count)"))
        try folder.create()
        let plan = FleetPlan(
            kind, [kind.rawValue], engine: .none, tasks: [FleetTask(name: "n1", node: nil)], expectedRows: nil,
            timeLimit: 60, at: Self.planned)
        try FileTree.makeFolder(folder.path("results/n1"))
        for (name, text) in files { try FileTree.write(text, to: folder.path("results/n1/\(name)")) }
        return try FleetCollection(folder, plan, nil, schema: 1)
    }

    private func status(exit: some CustomStringConvertible, rows: Int, started: Int, ended: Int) -> String {
        """
        state=ended
        exit=\(exit)
        rows=\(rows)
        host=n1
        kernel=6.1
        tool=\(ToolVersion.current)
        boot_id=b
        started=\(started)
        ended=\(ended)

        """
    }

    @Test(arguments: [
        (0, 10, nil), (-30, 10, nil), (-7200, 10, -7200), (86_400 * 36_500, 86_400 * 36_500 + 10, 86_400 * 36_500),
        (Int.min, 10, nil), (0, Int.max, nil),
    ])
    func `a clock that is off is known by at least how much`(started: Int, ended: Int, offset: Int?) throws {
        let found = try collection([
            "status": status(exit: 0, rows: 1, started: Self.planned &+ started, ended: Self.planned &+ ended),
            "rows.csv": "schema\n1\n",
        ])
        let outcome = try #require(found.outcomes.first)
        #expect(outcome.ending == .complete)
        if let offset {
            let known = try #require(outcome.clockOffset)
            // Ahead of now, and not of the time of the plan.
            #expect(offset < 0 ? known == offset : known > 86_400 && known <= offset)
            #expect(found.warnings.contains { $0.contains(offset < 0 ? "clock is behind" : "clock is ahead of") })
        } else {
            #expect(outcome.clockOffset == nil && found.warnings == [])
        }
    }

    @Test func `a comparison that judges nothing has done its work, and one that failed has not`() throws {
        let status = status(exit: 1, rows: 1, started: Self.planned, ended: Self.planned + 9)
        let files = ["status": status, "log": "shmbench: no space left\n"]
        func findings(_ verdicts: String...) -> [String: String] {
            let rows = verdicts.map { "1,\($0)\n" }.joined()
            return files.merging(["findings.csv": "schema,cell_verdict\n\(rows)"]) { $1 }
        }
        let unjudged = try collection(findings("same", "unjudged"), of: .compare)
        #expect(unjudged.outcomes.map(\.ending) == [.complete] && unjudged.outcomes.map(\.verdict) == [1])
        let failed = try [
            // The last may have failed when its findings were written.
            collection(files, of: .compare), collection(findings("same"), of: .compare),
            collection(files.merging(["rows.csv": "schema\n1\n"]) { $1 }),
        ]
        // An exit code is a byte: another is a damaged status.
        for code in ["4294967296", "-1", "256", "0x0"] {
            let damaged = try collection(
                [
                    "status": self.status(exit: code, rows: 1, started: Self.planned, ended: Self.planned + 9),
                    "crash.csv": "schema\n1\n",
                ], of: .crash)
            #expect(damaged.outcomes.allSatisfy { $0.verdict == nil && !$0.isComplete }, "\(code)")
        }
        for fleet in failed { #expect(fleet.outcomes.map(\.ending) == [.failed(exit: 1, words: "no space left")]) }
    }
}
