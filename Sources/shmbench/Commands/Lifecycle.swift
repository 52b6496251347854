internal import ArgumentParser
internal import Glibc
internal import Histogram
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
        let life = work.life
        let report = Report(
            "lifecycle", SegmentLife.document, work.rows,
            text: { _ in
                "A segment of \(life.size) bytes with a \(life.lock) lock\n\(SegmentLife.document.table(work.rows))"
            })
        try Terminal.show(report, format)
        if Interruption.hasCome { throw Failure("interrupted; the results until then are shown") }
    }

    private static func raiseDescriptorLimit() {
        var limit = rlimit()
        guard unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return }
        limit.rlim_cur = limit.rlim_max
        _ = unsafe setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    }
}

/// The operations of a segment's life, timed one by one.
struct SegmentLife {
    let size: Int
    let lock: LockKind
    let samples: Int

    /// The times of one operation with a number of attachments.
    struct Timing {
        let operation: String
        let attachments: Int
        let times: Histogram<UInt64>
    }

    /// The maximum time in ns for which an operation is repeated.
    private static let patience: Int64 = 1_000_000_000

    func measure(_ counts: [Int]) throws(SharedMemoryError) -> [Timing] {
        var create = Stopwatch()
        var destroy = Stopwatch()
        let end = Patience.after(nanoseconds: Self.patience)
        while create.count < samples && (create.count < 2 || !end.hasPassed) && !Interruption.hasCome {
            let segment = SharedMemory(key: RoundKeys.life(run: ThisRun.id, "\(create.count)"))
            try create.time { () throws(SharedMemoryError) in try segment.create(size: size, lock: lock) }
            try destroy.time { () throws(SharedMemoryError) in try segment.destroy() }
        }
        var timings = [
            Timing(operation: "create", attachments: 0, times: create.times),
            Timing(operation: "destroy", attachments: 0, times: destroy.times),
        ]
        for count in counts where !Interruption.hasCome { timings += try measure(attachments: count) }
        return timings
    }

    /// Times attach, count and detach of one more handle, and destroy, with that many attachments.
    private func measure(attachments: Int) throws(SharedMemoryError) -> [Timing] {
        let segment = SharedMemory(key: RoundKeys.life(run: ThisRun.id, "with-\(attachments)"))
        try segment.create(size: size, lock: lock)
        defer { try? segment.destroy(mode: .forceNoWait) }
        var handles: [SharedMemory] = []
        // All handles are detached also after an error.
        defer { for handle in handles { try? handle.detach() } }
        for _ in 0..<attachments where !Interruption.hasCome {
            let handle = SharedMemory(key: segment.key)
            try handle.attach()
            handles.append(handle)
        }
        var (attach, count, detach) = (Stopwatch(), Stopwatch(), Stopwatch())
        let end = Patience.after(nanoseconds: Self.patience)
        while attach.count < samples && (attach.count < 2 || !end.hasPassed) && !Interruption.hasCome {
            let handle = SharedMemory(key: segment.key)
            try attach.time { () throws(SharedMemoryError) in try handle.attach() }
            try count.time { () throws(SharedMemoryError) in _ = try handle.numAttachments }
            try detach.time { () throws(SharedMemoryError) in try handle.detach() }
        }
        // A destroyer does not wait for attachments, but may have to wake waiters.
        var destroy = Stopwatch()
        let last = Patience.after(nanoseconds: Self.patience)
        while destroy.count < samples && (destroy.count < 2 || !last.hasPassed) && !Interruption.hasCome {
            let other = SharedMemory(key: RoundKeys.life(run: ThisRun.id, "end-\(attachments)"))
            try other.create(size: size, lock: lock)
            defer { if other.exists { try? other.destroy(mode: .forceNoWait) } }
            var users: [SharedMemory] = []
            defer { for user in users { try? user.detach() } }
            for _ in 0..<attachments where !Interruption.hasCome {
                let user = SharedMemory(key: other.key)
                try user.attach()
                users.append(user)
            }
            if Interruption.hasCome { break }
            try destroy.time { () throws(SharedMemoryError) in try other.destroy() }
        }
        return [
            Timing(operation: "destroy", attachments: attachments, times: destroy.times),
            Timing(operation: "attach", attachments: attachments, times: attach.times),
            Timing(operation: "numAttachments", attachments: attachments, times: count.times),
            Timing(operation: "detach", attachments: attachments, times: detach.times),
        ]
    }

    static let document = Document<Timing>(items: [
        .init("operation", "operation") { $0.operation },
        .init("attached", "attachments", isNumber: true, shown: { "\($0.attachments)" }) { .integer($0.attachments) },
        .init("samples", "samples", isNumber: true, shown: { "\($0.times.totalCount)" }) { Value($0.times.totalCount) },
        percentile("p50", 50), percentile("p90", 90), percentile("p99", 99), percentile("p99.9", 99.9),
        percentile("max", 100),
    ])

    private static func percentile(_ title: String, _ percent: Double) -> Document<Timing>.Item {
        let name = title == "max" ? "max_ns" : "p\(title.dropFirst().filter { $0 != "." })_ns"
        @Sendable func value(_ timing: Timing) -> UInt64? {
            PercentileRule.supports(percent, samples: timing.times.totalCount)
                ? min(timing.times.valueAtPercentile(percent), timing.times.max) : nil
        }
        return .init(title, name, isNumber: true, shown: { value($0).map { Figure.time(Double($0)) } ?? "-" }) {
            Value(value($0))
        }
    }
}

/// Times of one operation.
private struct Stopwatch {
    private(set) var times = Histogram<UInt64>(
        lowestDiscernibleValue: 1, highestTrackableValue: 3_600_000_000_000, numberOfSignificantValueDigits: .three)
    private(set) var count = 0

    mutating func time(_ operation: () throws(SharedMemoryError) -> Void) throws(SharedMemoryError) {
        let start = Clock.now()
        try operation()
        let time = Clock.now() - start
        // Only a long one can have a pause in it.
        if time > 50_000_000, let standstill = Standstill(PauseWatch.shared.pauses(since: start)) {
            return PauseWarning.show("a sample is discarded: \(standstill.text)")
        }
        times.record(time)
        count += 1
    }
}
