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
        abstract: "Measure the segment itself: create, attach, count, detach, destroy, with many attachments.",
        discussion: """
            The attachments are handles of this process, each with a descriptor and mappings of its own: to the kernel they \
            are as those of as many processes. Times are CLOCK_MONOTONIC's.
            """)

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("How many attachments there are meanwhile.", valueName: "n,m"))
    var attachments = CommaList(["1", "10", "100", "1000"])

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Samples of each operation at most; slow ones get fewer.", valueName: "n"))
    var samples = 1000

    @Option(parsing: .unconditional, help: ArgumentHelp("The segment's size, bytes.", valueName: "bytes"))
    var size = 4096

    @Option(help: ArgumentHelp("The segment's lock. (default: ShmCore's)", valueName: "lock"))
    var lock: String?

    @Option(help: "What to print on stdout.")
    var format = OutputFormat.table

    func check() throws {
        if try counts().isEmpty { throw Failure("--attachments names no number, as in 1,10,100", code: .usage) }
        guard (2...1_000_000).contains(samples) else {
            throw Failure("--samples \(samples) makes no sense: 2 to 1000000", code: .usage)
        }
        guard size > 0 else { throw Failure("--size \(size) makes no sense: 1 or more bytes", code: .usage) }
        _ = try kind()
    }

    private func counts() throws -> [Int] {
        try attachments.items.map { item in
            guard let count = Int(item), (1...100_000).contains(count) else {
                throw Failure("--attachments \(item) makes no sense: 1 to 100000, as in 1,10,100", code: .usage)
            }
            return count
        }.uniqued()
    }

    private func kind() throws -> LockKind {
        guard let lock else { return .default }
        let kinds = try LockSelection.kinds([lock], for: "--lock")
        if kinds.count != 1 { throw Failure("--lock names one lock, as in --lock futex", code: .usage) }
        return kinds[0]
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

    /// Makes the run's lease, by which others see that its segments are in use.
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
        if Interruption.hasCome { throw Failure("interrupted; what was measured until then is shown") }
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

    /// One operation with so many attachments.
    struct Timing {
        let operation: String
        let attachments: Int
        let times: Histogram<UInt64>
    }

    /// No operation is repeated for longer.
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

    /// A segment that so many handles are attached to; one more comes and goes, and asks for their number.
    private func measure(attachments: Int) throws(SharedMemoryError) -> [Timing] {
        let segment = SharedMemory(key: RoundKeys.life(run: ThisRun.id, "with-\(attachments)"))
        try segment.create(size: size, lock: lock)
        defer { try? segment.destroy(mode: .forceNoWait) }
        var handles: [SharedMemory] = []
        // Whatever happens, what is attached is let go of.
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
        // A destroyer does not wait for attachments, but may have to wake who waits.
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
            return PauseWarning.show("a sample is left out: \(standstill.text)")
        }
        times.record(time)
        count += 1
    }
}
