internal import ShmCompare
internal import ShmRecord

extension MemberDescription {
    /// The members of the documents of a run.
    package static let run: [MemberDescription] = [
        .object("requested", "requested options", RunRequestColumn.all), complete,
        .rows(
            "capacities", "with `--find-capacity`: the highest rate that each lock sustains", isRequired: false,
            CapacityColumn.all),
        .rows("summary", "medians, intervals and findings per cell, with the columns of `report`", SummaryColumn.all),
        rankings, warnings, verdict,
    ]

    /// The members of the documents of reports on results files.
    package static let report = [
        complete, rankings, warnings, verdict,
        rows(
            "machines",
            "of several machines: the ratio of each lock to the reference on each, and its distance from the best",
            isRequired: false, MachineRatioColumn.all),
        rows(
            "regrets",
            "of several machines: how far each lock is from the best on the worst machine, by load and over all loads",
            isRequired: false, RegretColumn.all),
        rows(
            "axis", "with `--by`: what each step changes for each lock, over all machines and on each",
            isRequired: false,
            AxisColumn.all),
        rows(
            "kinds", "of several machines: the kind of each, by names and fingerprint", isRequired: false,
            KindColumn.all),
        tasks,
    ]

    package static let crash: [MemberDescription] = [
        .object("requested", "requested options", CrashRequestColumn.all), complete, warnings, verdict, promises, tasks,
    ]

    package static let stress: [MemberDescription] = [
        .object("requested", "requested options", StressRequestColumn.all), complete, warnings, verdict, promises,
        tasks,
    ]

    /// The members of the documents of `lifecycle`, beside what was requested.
    package static let lifecycle = [complete, warnings, verdict]

    package static let comparison = [
        object(
            "requested", "requested options; missing if the comparison failed", isRequired: false,
            ComparisonRequestColumn.all), complete, warnings, verdict,
        sentences("notes", "the method: confidence, error rate and remarks"),
    ]

    package static let history = [verdict]

    package static let doctor = [
        verdict,
        object(
            "fingerprint",
            "what tells the machine apart from others of its name, with the last columns of `run`; missing if it was not measured",
            isRequired: false, FingerprintColumn.all),
    ]

    package static let segments = [verdict]

    /// The members of the documents of comparisons on several machines.
    package static let nodes = [complete, warnings, verdict, tasks]

    private static let promises = rows(
        "promises", "of several machines: where each promise was kept, broken or not tested", isRequired: false,
        PromiseColumn.all)

    private static let tasks = rows(
        "tasks", "of a fleet: how the task of each machine ended", isRequired: false, MachineTaskColumn.all)

    private static let complete = MemberDescription(
        "complete", "whether all that was requested was measured",
        schema: .object([.init("type", .text("boolean"))]))

    private static let rankings = rows(
        "rankings",
        "the place of each lock in what the verdict ranks, with ties; missing with `--find-capacity`, and in reports on more than four machines",
        isRequired: false, RankingColumn.all)

    private static let warnings = rows(
        "warnings", "warnings about the quality of the results, each with a code and a text", WarningColumn.all)

    private static let verdict = sentences("verdict", "the verdict, a sentence each")
}
