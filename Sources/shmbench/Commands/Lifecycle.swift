internal import ArgumentParser
internal import Glibc
internal import ShmCoordinator
internal import ShmCore
internal import ShmHarness
internal import ShmRecord
internal import ShmRender
internal import ShmStatistics
internal import SystemPackage

/// `shmbench lifecycle`.
struct Lifecycle: MeasuringCommand {
    static let configuration = CommandConfiguration(
        abstract: "Measure the operations of a segment (create, attach, count, detach, destroy) with many attachments.",
        discussion: """
            The attachments are handles of this process. Each has a descriptor and mappings of its own, so to the kernel \
            they are as those of different processes. The clock is CLOCK_MONOTONIC.

            \(Examples.text("lifecycle"))
            """)

    @Option(
        "--attachments", .list(of: Lifecycle.attachmentCount.expected, areNumbers: true), valueName: "n,m",
        "Numbers of attachments during the measurement, separated by commas.")
    var attachments = CommaList(["1", "10", "100", "1000"])

    @Option(
        "--samples", .count(2...1_000_000), valueName: "n",
        "Maximum number of samples of each operation. Slow operations get fewer.")
    var samples = 1000

    @Option("--size", .atLeast(1), valueName: "bytes", "Size of the segment's data in bytes.")
    var size = 4096

    @Option(
        "--locks", .locks, valueName: "a,b",
        "Locks of the segments: \(LockSelection.help), separated by commas. (default: \(LockKind.default.name))")
    var locks: CommaList?

    @OptionGroup var document: DocumentOptions

    func check() throws {
        _ = try counts()
        _ = try kinds()
    }

    private static let attachmentCount = Notation.count(1...100_000)

    private func counts() throws -> [Int] {
        try attachments.items.map(Self.attachmentCount.reader(for: "--attachments")).uniqued()
    }

    private func kinds() throws -> [LockKind] { try LockSelection.kinds(locks?.items ?? [LockKind.default.name]) }

    typealias Plan = (kinds: [LockKind], counts: [Int])

    struct Work {
        let plan: Plan
        let documents: DocumentOutput
        let progress: LifecycleProgress
        var rows: [SegmentLife.Timing] = []
    }

    func plan(hasPlugin: Bool) throws -> Plan { (try kinds(), try counts()) }

    func open(_ plan: Plan, _ program: WorkerProgram) throws -> Work {
        Self.raiseDescriptorLimit()
        let documents = try document.open(.lifecycle)
        try documents.begin()
        return Work(
            plan: plan, documents: documents,
            progress: LifecycleProgress(
                plan.kinds, steps: SegmentLife.steps(plan.counts), first: SegmentLife.firstStep))
    }

    func measure(_ work: inout Work) throws {
        let life = life
        work.rows = try work.documents.reporting({
            .failure(
                $0, of: "lifecycle", nothingWas: "measured", records: Self.records([]), facts: [Self.requested(life)])
        }) {
            try Self.beginRun()
            return try measured(work.plan, work.progress)
        }
    }

    private func measured(_ plan: Plan, _ progress: LifecycleProgress) throws -> [SegmentLife.Timing] {
        var progress = progress
        defer { progress.clear() }
        var rows: [SegmentLife.Timing] = []
        do throws(SharedMemoryError) {
            for kind in plan.kinds {
                let life = SegmentLife(size: size, lock: kind, samples: samples)
                rows += try life.measure(plan.counts) { progress.show(kind, $0, $1) }
                progress.end()
            }
            return rows
        } catch {
            // Each attachment has two.
            let hint = error.errno.map { [EMFILE, ENFILE].contains($0.rawValue) } ?? false
            throw Failure(
                error.description
                    + (hint ? " (1,000 attachments need some 2,000 descriptors: see `shmbench doctor`)" : ""))
        }
    }

    /// Creates the run's lease, by which other processes see that its segments are in use.
    private static func beginRun() throws {
        do { try ThisRun.begin() } catch RoundFailure.failed(let reason) { throw Failure(reason) }
    }

    func conclude(_ work: Work) throws {
        let isComplete = !Interruption.hasCome
        try work.documents.show(Self.report(work.rows, of: life, isComplete: isComplete))
        if !isComplete { throw Failure("interrupted; the results until then are shown") }
    }

    private var life: SegmentLifeRequest { SegmentLifeRequest(size: size, samples: samples) }

    /// A table per lock.
    ///
    /// - Parameter files: what was read, whose rows are shown as they are.
    static func report(
        _ rows: [SegmentLife.Timing], of life: SegmentLifeRequest, files: [RecordedRows] = [], isComplete: Bool = true
    ) -> Report {
        let fields = SegmentLifeColumn.all
        let table = TableLayout<SegmentLife.Timing>(
            items: fields.filter { !["schema", "lock", "size_bytes"].contains($0.name) }.map { .init($0) },
            expendable: ["p90", "p99.9", "samples"])
        return Report(
            "lifecycle",
            text: { page in
                rows.map(\.lock).uniqued().map { lock in
                    page.wrapped("\(segment(life)) with a \(lock) lock") + "\n"
                        + table.table(rows.filter { $0.lock == lock }, for: page)
                }.joined(separator: "\n")
            },
            markdown: { TableLayout(items: fields.dropFirst().map { .init($0) }).markdown(rows) + "\n" },
            records: files.isEmpty
                ? records(rows) : Report.records(files, SegmentLifeColumn.all, schema: SegmentLifeColumn.schema),
            facts: [requested(life)] + Report.quality(isComplete: isComplete)
                + [.init("verdict", .texts([verdict(rows, isComplete)]))],
            exhibit: {
                let caption = "Times of operations on a\(segment(life).dropFirst())"
                let all = TableLayout(items: fields.dropFirst().map { .init($0) })
                return SegmentLifeExhibit(timings: rows, table: all.exhibit(caption, rows)).exhibit
            })
    }

    /// The report if there is nothing to report.
    static func nothing(_ failure: Failure) -> Report { .nothing(failure, records([])) }

    private static func segment(_ life: SegmentLifeRequest) -> String {
        life.size.map { "A segment of \(counted($0, "byte"))" } ?? "A segment"
    }

    private static func requested(_ life: SegmentLifeRequest) -> JSONValue.Member {
        .init("requested", .object(SegmentLifeRequestColumn.all, life))
    }

    private static func verdict(_ rows: [SegmentLife.Timing], _ isComplete: Bool) -> String {
        let locks = counted(rows.map(\.lock).uniqued().count, "lock")
        return isComplete
            ? "All operations of \(locks) were measured." : "Interrupted: not all operations of \(locks) were measured."
    }

    private static func records(_ rows: [SegmentLife.Timing]) -> Report.Records {
        Report.Records(schema: SegmentLifeColumn.schema, SegmentLifeColumn.all, rows)
    }

    private static func raiseDescriptorLimit() {
        var limit = rlimit()
        guard unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return }
        limit.rlim_cur = limit.rlim_max
        _ = unsafe setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    }
}
