package import ShmHistory
package import ShmRecord

/// A row of the runs of a history.
package struct HistoryRunRow {
    package let run: HistoryRun
    /// The number of rounds in which the lock broke a promise.
    package let broken: Int

    package init(_ run: HistoryRun, broken: Int) {
        self.run = run
        self.broken = broken
    }
}

/// A column of the runs of a history: schema 1, in its order. Append new fields.
package typealias HistoryRunColumn = Field<HistoryRunRow>

extension Field {
    /// The facts about a run, which all documents of a history have: its identifier, command and machine.
    static func facts(_ run: @escaping @Sendable (Subject) -> HistoryRun) -> [Field] {
        let machine = ResultColumn.environment.map { column in
            Field(column.name, title: titles[column.name], kind: column.kind, column.doc) {
                Value(run($0)[column.name], column.kind)
            }
        }
        return [
            Field("run_id", title: "run", kind: .text, roles: .present, "identifier of the run") {
                .text(run($0).id)
            },
            Field("started_at", title: "when", kind: .text, roles: .present, "start of the run, ISO 8601, UTC") {
                .text(run($0).startedAt)
            },
            Field("command", kind: .text, "arguments of `shmbench`, quoted for a shell") { Value(run($0).command) },
        ] + machine + [
            Field("commit_id", title: "commit", kind: .text, "`--commit`, or the environment's `GITHUB_SHA`") {
                Value(run($0).commit)
            }
        ]
    }

    private static var titles: [String: String] { ["tool_version": "version", "hostname": "machine"] }
}

extension Field where Subject == HistoryRunRow {
    package static let schema = 1

    package static let all: [Field<HistoryRunRow>] =
        [schema(schema)] + facts(\.run) + [
            Field("cells", kind: .count, roles: .present, "number of cells") { .integer($0.run.cells) },
            Field("rounds", kind: .count, roles: .present, "number of rounds of all cells") {
                .integer($0.run.rounds)
            },
            Field("broken", kind: .count, roles: .present, "number of rounds in which the lock broke a promise") {
                .integer($0.broken)
            },
        ]
}
