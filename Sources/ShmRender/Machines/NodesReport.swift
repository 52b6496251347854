package import ShmCompare
internal import ShmRecord

extension Report {
    /// One verdict on comparisons of the same two sides on several machines.
    package init(_ verdict: NodesVerdict) {
        let text = NodesText(verdict: verdict)
        self.init(
            "comparison", text: text.text, markdown: { text.markdown },
            records: Records(schema: NodeFindingColumn.schema, NodeFindingColumn.all, NodeFindingRow.rows(verdict)),
            facts: Self.quality(isComplete: verdict.isComplete, MachineWarnings.all([], tasks: verdict.tasks)) + [
                .init("verdict", .texts(text.sentences + text.notes))
            ] + (verdict.tasks.isEmpty ? [] : [.init("tasks", .rows(MachineTaskColumn.all, verdict.tasks))]),
            suites: text.suites, notices: text.notices,
            exhibit: { Exhibit(verdict.lines.isEmpty ? [] : [.init("Findings", [.table(text.table)])]) })
    }
}
