package import ShmRecord

/// The finding on a metric of a cell on one machine of several.
package struct NodeFindingRow {
    package let machine: String
    package let finding: RecordedFindings.Finding

    package static func rows(_ verdict: NodesVerdict) -> [NodeFindingRow] {
        verdict.findings.flatMap { machine, recorded in
            recorded.findings.map { NodeFindingRow(machine: machine, finding: $0) }
        }
    }
}

/// A column of the findings of several machines: schema 1, in its order. Append new fields.
package typealias NodeFindingColumn = Field<NodeFindingRow>

extension Field where Subject == NodeFindingRow {
    package static let schema = 1

    /// The machine, and the columns of the findings of each.
    package static let all: [Field<NodeFindingRow>] =
        [
            schema(schema),
            Field("machine", kind: .text, roles: .present, "name of the machine's task") { .text($0.machine) },
        ]
        + FindingColumn.all.dropFirst().map { column in
            Field(
                column.name, title: column.title, kind: column.kind, unit: column.unit, roles: column.roles, column.doc
            ) { row in
                column.name == "metric" ? row.finding.metric.recorded : row.finding.row[column.name]
            }
        }
}
