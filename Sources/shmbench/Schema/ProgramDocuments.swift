internal import ShmCompare
internal import ShmRecord
internal import ShmRender

/// The documents for programs (`--format csv` and `json`) of all commands.
enum ProgramDocuments {
    static let all: [DocumentDescription] = [
        DocumentDescription(
            "run", "one round of one cell", schema: ResultColumn.schema, ResultColumn.all,
            members: MemberDescription.run),
        DocumentDescription(
            "report", "one cell; of `check --update`, too", schema: SummaryColumn.schema, SummaryColumn.all,
            members: MemberDescription.report),
        DocumentDescription(
            "compare", "one metric of one cell; of `check`, too", schema: FindingColumn.schema, FindingColumn.all,
            members: MemberDescription.comparison),
        DocumentDescription(
            "fleet-compare", "one metric of one cell on one machine; of `fleet compare`",
            schema: NodeFindingColumn.schema,
            NodeFindingColumn.all, members: MemberDescription.nodes),
        DocumentDescription(
            "crash", "one lock", schema: CrashColumn.schema, CrashColumn.all, members: MemberDescription.crash),
        DocumentDescription(
            "stress", "one lock and fault", schema: StressColumn.schema, StressColumn.all,
            members: MemberDescription.stress),
        DocumentDescription(
            "lifecycle", "one operation with a number of attachments", schema: SegmentLifeColumn.schema,
            SegmentLifeColumn.all,
            members: [.object("requested", "requested options", SegmentLifeRequestColumn.all)]
                + MemberDescription.lifecycle),
        DocumentDescription(
            "history", "one run; of `history` without a metric", schema: HistoryRunColumn.schema, HistoryRunColumn.all),
        DocumentDescription(
            "history-series", "one run of a cell; of `history --metrics`", schema: HistoryPointColumn.schema,
            HistoryPointColumn.all,
            members: MemberDescription.history),
        DocumentDescription("list", "one lock", schema: LockColumn.schema, LockColumn.all),
        DocumentDescription("list-names", "one lock; of `list --names`", schema: LockColumn.schema, LockColumn.names),
        DocumentDescription(
            "doctor", "one property of the machine", schema: DoctorColumn.schema, DoctorColumn.all,
            members: MemberDescription.doctor),
        DocumentDescription(
            "segments", "one segment, object of a lock, or lease of a run", schema: SegmentColumn.schema,
            SegmentColumn.all, members: MemberDescription.segments),
        DocumentDescription("schema", "one document", schema: DocumentColumn.schema, DocumentColumn.all),
        DocumentDescription(
            "schema-columns", "one column; of `schema DOCUMENT`", schema: DescriptionColumn.schema,
            DescriptionColumn.all),
    ]

    /// The document with a name; `check` prints that of `compare`.
    static func named(_ name: String) -> DocumentDescription? {
        all.first { $0.name == (name == "check" ? "compare" : name) }
    }
}
