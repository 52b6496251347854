internal import ArgumentParser
internal import Glibc
internal import Histogram
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
        var rows: [SegmentLife.Timing] = []
    }

    func plan(hasPlugin: Bool) throws -> Plan { (try kinds(), try counts()) }

    func open(_ plan: Plan, _ program: WorkerProgram) throws -> Work {
        Self.raiseDescriptorLimit()
        let documents = try document.open(.lifecycle)
        try documents.begin()
        return Work(plan: plan, documents: documents)
    }

    func measure(_ work: inout Work) throws {
        work.rows = try work.documents.reporting({
            .failure($0, of: "lifecycle", nothingWas: "measured", names: SegmentLife.document.items.map(\.name))
        }) {
            try Self.beginRun()
            return try measured(work.plan)
        }
    }

    private func measured(_ plan: Plan) throws -> [SegmentLife.Timing] {
        var progress = LifecycleProgress(locks: plan.kinds.count, steps: SegmentLife.steps(plan.counts))
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
        try work.documents.show(Self.report(work.rows, size: size))
        if Interruption.hasCome { throw Failure("interrupted; the results until then are shown") }
    }

    /// A table per lock.
    static func report(_ rows: [SegmentLife.Timing], size: Int) -> Report {
        Report(
            "lifecycle", SegmentLife.document, rows,
            text: { page in
                rows.map(\.lock).uniqued().map { lock in
                    page.wrapped("A segment of \(size) bytes with a \(lock) lock") + "\n"
                        + SegmentLife.table.table(rows.filter { $0.lock == lock }, for: page)
                }.joined(separator: "\n")
            })
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
        let lock: LockKind
        let operation: String
        let attachments: Int
        let times: Histogram<UInt64>
    }

    /// The maximum time in ns for which an operation is repeated.
    private static let patience: Int64 = 1_000_000_000

    /// Receives how many steps are done and what is measured. It evaluates both only for a line that is shown.
    typealias Progress = (_ done: () -> Double, _ what: () -> String) -> Void

    /// The number of ``measure(_:progress:)``'s steps with as many numbers of attachments.
    static func steps(_ counts: [Int]) -> Int { 1 + 2 * counts.count }

    /// Measures all operations.
    ///
    /// - Parameter progress: called often, with the number of steps done, and what is measured.
    func measure(_ counts: [Int], progress: Progress) throws(SharedMemoryError) -> [Timing] {
        var create = Stopwatch()
        var destroy = Stopwatch()
        let end = Patience.after(nanoseconds: Self.patience)
        while create.count < samples && (create.count < 2 || !end.hasPassed) && !Interruption.hasCome {
            progress({ share(create, end) }, { "create and destroy" })
            let segment = SharedMemory(key: RoundKeys.life(run: ThisRun.id, "\(create.count)"))
            try create.time { () throws(SharedMemoryError) in try segment.create(size: size, lock: lock) }
            try destroy.time { () throws(SharedMemoryError) in try segment.destroy() }
        }
        var timings = [
            Timing(lock: lock, operation: "create", attachments: 0, times: create.times),
            Timing(lock: lock, operation: "destroy", attachments: 0, times: destroy.times),
        ]
        for (index, count) in counts.enumerated() where !Interruption.hasCome {
            timings += try measure(attachments: count, after: Double(1 + 2 * index), progress: progress)
        }
        return timings
    }

    /// Times attach, count and detach of one more handle, and destroy, with that many attachments.
    ///
    /// - Parameter done: the number of steps before this.
    private func measure(attachments: Int, after done: Double, progress: Progress) throws(SharedMemoryError)
        -> [Timing]
    {
        let segment = SharedMemory(key: RoundKeys.life(run: ThisRun.id, "with-\(attachments)"))
        try segment.create(size: size, lock: lock)
        defer { try? segment.destroy(mode: .forceNoWait) }
        var handles: [SharedMemory] = []
        // All handles are detached also after an error.
        defer { for handle in handles { try? handle.detach() } }
        for _ in 0..<attachments where !Interruption.hasCome {
            progress({ done }, { "\(attachments) attachments" })
            let handle = SharedMemory(key: segment.key)
            try handle.attach()
            handles.append(handle)
        }
        var (attach, count, detach) = (Stopwatch(), Stopwatch(), Stopwatch())
        let end = Patience.after(nanoseconds: Self.patience)
        while attach.count < samples && (attach.count < 2 || !end.hasPassed) && !Interruption.hasCome {
            progress({ done + share(attach, end) }, { "attach and detach with \(attachments) attachments" })
            let handle = SharedMemory(key: segment.key)
            try attach.time { () throws(SharedMemoryError) in try handle.attach() }
            try count.time { () throws(SharedMemoryError) in _ = try handle.numAttachments }
            try detach.time { () throws(SharedMemoryError) in try handle.detach() }
        }
        // A destroyer does not wait for attachments, but may have to wake waiters.
        var destroy = Stopwatch()
        let last = Patience.after(nanoseconds: Self.patience)
        while destroy.count < samples && (destroy.count < 2 || !last.hasPassed) && !Interruption.hasCome {
            progress({ done + 1 + share(destroy, last) }, { "destroy with \(attachments) attachments" })
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
            Timing(lock: lock, operation: "destroy", attachments: attachments, times: destroy.times),
            Timing(lock: lock, operation: "attach", attachments: attachments, times: attach.times),
            Timing(lock: lock, operation: "numAttachments", attachments: attachments, times: count.times),
            Timing(lock: lock, operation: "detach", attachments: attachments, times: detach.times),
        ]
    }

    /// The share of a loop that is done: it ends after all samples, or with its time.
    private func share(_ watch: Stopwatch, _ end: Patience) -> Double {
        let rest = Double(max(0, end.remaining)) / Double(Self.patience)
        return min(1, max(1 - rest, Double(watch.count) / Double(samples)))
    }

    /// The columns for people, under a heading that names the lock.
    static let table = Document<Timing>(items: document.items.dropLast(), expendable: ["p90", "p99.9", "samples"])

    static let document = Document<Timing>(items: [
        .init("operation", "operation") { $0.operation },
        .init("attached", "attachments", isNumber: true, shown: { "\($0.attachments)" }) { .integer($0.attachments) },
        .init("samples", "samples", isNumber: true, shown: { "\($0.times.totalCount)" }) { Value($0.times.totalCount) },
        percentile("p50", 50), percentile("p90", 90), percentile("p99", 99), percentile("p99.9", 99.9),
        percentile("max", 100), .init("lock", "lock") { $0.lock.name },
    ])

    private static func percentile(_ title: String, _ percent: Double) -> Document<Timing>.Item {
        let name = title == "max" ? "max_ns" : "p\(title.dropFirst().filter { $0 != "." })_ns"
        @Sendable func value(_ timing: Timing) -> UInt64 {
            min(timing.times.valueAtPercentile(percent), timing.times.max)
        }
        return .init(title, name, isNumber: true, shown: { Figure.time(Double(value($0))) }) { Value(value($0)) }
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
