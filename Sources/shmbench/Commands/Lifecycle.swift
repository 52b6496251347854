internal import ArgumentParser
internal import Glibc
internal import ShmCoordinator
internal import ShmCore
internal import ShmHarness
internal import ShmRecord
internal import ShmRender
internal import SystemPackage

/// `shmbench lifecycle`.
struct Lifecycle: MeasuringCommand {
    static let configuration = CommandConfiguration(
        abstract: "Measure the operations of a segment (create, attach, count, detach, destroy) with many attachments.",
        discussion: """
            The attachments are handles of this process. Each has a descriptor and mappings of its own, so to the kernel \
            they are as those of different processes. The clock is CLOCK_MONOTONIC.
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
        help: ArgumentHelp(
            "Lock of the segment: a name from `shmbench list`. (default: \(LockKind.default.name))", valueName: "lock"))
    var lock: String?

    @Option("--format", .format, valueName: "format", OutputFormat.help)
    var format = OutputFormat.table

    func check() throws {
        _ = try counts()
        _ = try kind()
    }

    private static let attachmentCount = Notation.count(1...100_000)

    private func counts() throws -> [Int] {
        try attachments.items.map(Self.attachmentCount.reader(for: "--attachments")).uniqued()
    }

    private func kind() throws -> LockKind {
        guard let lock else { return .default }
        let kinds = (try? LockSelection.kinds([lock])) ?? []
        if kinds.count == 1 { return kinds[0] }
        // A group, such as `all`, is not misspelt.
        let similar = kinds.isEmpty ? LockSelection.nearest(to: lock, among: LockKind.all.map(\.name)) : nil
        let hint = similar.map { "; did you mean `\($0)`?" } ?? ""
        throw Failure.invalid(lock, for: "--lock", expected: "the name of one lock from `shmbench list`" + hint)
    }

    struct Work {
        let life: SegmentLife
        let counts: [Int]
        var rows: [SegmentLife.Timing] = []
    }

    func plan(hasPlugin: Bool) throws -> Work {
        Work(life: SegmentLife(size: size, lock: try kind(), samples: samples), counts: try counts())
    }

    func open(_ plan: Work, _ program: WorkerProgram) -> Work {
        Self.raiseDescriptorLimit()
        return plan
    }

    func measure(_ work: inout Work) throws {
        try Self.beginRun()
        work.rows = try measured(work)
    }

    private func measured(_ work: Work) throws -> [SegmentLife.Timing] {
        do throws(SharedMemoryError) { return try work.life.measure(work.counts) } catch {
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
        try Terminal.show(Self.report(work.rows, of: work.life), format)
        if Interruption.hasCome { throw Failure("interrupted; the results until then are shown") }
    }

    static func report(_ rows: [SegmentLife.Timing], of life: SegmentLife) -> Report {
        let document = Document<SegmentLife.Timing>(items: SegmentLifeColumn.all.dropFirst().map { .init($0) })
        return Report(
            "lifecycle",
            text: { _ in "A segment of \(life.size) bytes with a \(life.lock) lock\n\(document.table(rows))" },
            markdown: { document.markdown(rows) + "\n" },
            records: Report.Records(schema: SegmentLifeColumn.schema, SegmentLifeColumn.all, rows),
            facts: [.init("requested", .object(SegmentLifeRequestColumn.all, life))])
    }

    private static func raiseDescriptorLimit() {
        var limit = rlimit()
        guard unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return }
        limit.rlim_cur = limit.rlim_max
        _ = unsafe setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    }
}
