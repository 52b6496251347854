internal import ShmCoordinator
internal import ShmCore
internal import ShmHarness
internal import ShmStatistics

/// A column of the results of a round: schema 1, in its order. Append new fields.
///
/// Files, their reader, the keys, the history and `results/README.md` are derived from this table.
package typealias ResultColumn = Field<Row>

extension Field where Subject == Row {
    package static let schema = 1

    package static let all: [Field<Row>] = listed + unlistedParameters

    /// The field with this name or short name.
    package static func named(_ name: String) -> Field<Row>? {
        all.first { $0.name == name || $0.short.contains(name) }
    }

    /// Whether two names are of one field.
    package static func areOne(_ name: String, _ other: String) -> Bool {
        named(name).map { $0.name == named(other)?.name } ?? false
    }

    /// Whether the field identifies a cell or its machine.
    package var isIdentity: Bool { !roles.isDisjoint(with: [.machine, .cell]) }

    /// Whether it is a parameter that was added after the figures: documents with fewer columns list it last.
    package var isAddedParameter: Bool { Parameter.added.contains { $0.column == name } }

    /// Parameters that are not listed below. They are the last columns until a column is added after them.
    private static let unlistedParameters: [Field<Row>] = {
        let names = Set(listed.map(\.name))
        return Parameter.all.filter { !names.contains($0.column) }.map { field($0) }
    }()

    private static let listed: [Field<Row>] = identity + environment + asked + figures + fingerprint

    private static let identity: [Field<Row>] = [
        schema(schema),
        field("run_id", kind: .text, roles: [.round, .required, .present], "identifier of the invocation") {
            .text($0.run.id)
        },
        field("started_at", kind: .text, roles: .present, "start of this round, ISO 8601, UTC") {
            .text(Timestamp.iso8601($0.result.startedAt))
        },
    ]

    private static let asked: [Field<Row>] = [
        field(.scenario),
        field("lock", kind: .text, roles: [.cell, .required, .present], "name of the lock (`shmbench list`)") {
            .text($0.cell.lock.name)
        },
        field(.workers),
        field(
            "round", kind: .count, roles: [.round, .required, .present],
            "number of the round, from 1; each round starts a new fleet of workers"
        ) { .integer($0.round) },
        field(.criticalSection), field(.think), field(.counters), field(.arrivals), field(.rate), field(.pinning),
        field(.readPercent),
    ]

    private static let figures: [Field<Row>] = [
        field("duration_s", "measured length of the throughput window") {
            Value($0.result.figures?.duration, decimals: 6)
        },
        field("acquisitions", kind: .count, "acquisitions of all workers in the throughput window") {
            Value($0.result.figures?.acquisitions)
        },
        field(
            "throughput_per_s", short: ["throughput"], roles: .required, better: .more, "`acquisitions` / `duration_s`"
        ) {
            Value($0.throughput, decimals: 1)
        },
        field(
            "latency_samples", kind: .count,
            "acquisitions of all workers in the latency window, from the moment at which all of them had entered it"
        ) {
            Value($0.latency?.acquire?.samples)
        },
        field(
            "acquire_p50_ns", short: ["p50"], kind: .count, better: .less,
            "median time from the call of lock to the acquisition, in an open loop from when it was due; includes one clock reading; 3 significant digits; empty if an open loop was overloaded, or if fewer than \(PercentileRule.beyond) samples lie beyond the percentile: p50 needs \(PercentileRule.samples(for: 50)) samples"
        ) { Value($0.latency?.acquire?.p50) },
        field(
            "acquire_p90_ns", short: ["p90"], kind: .count, better: .less,
            "as `acquire_p50_ns`, 90th percentile, which needs \(PercentileRule.samples(for: 90)) samples"
        ) { Value($0.latency?.acquire?.p90) },
        field(
            "acquire_p99_ns", short: ["p99"], kind: .count, better: .less,
            "as `acquire_p50_ns`, 99th percentile, which needs \(PercentileRule.samples(for: 99)) samples"
        ) { Value($0.latency?.acquire?.p99) },
        field(
            "acquire_p999_ns", short: ["p99.9"], kind: .count, better: .less,
            "as `acquire_p50_ns`, 99.9th percentile, which needs \(PercentileRule.samples(for: 99.9)) samples"
        ) { Value($0.latency?.acquire?.p999) },
        field(
            "acquire_max_ns", short: ["max"], kind: .count, better: .less,
            "the longest time to acquire, exact; empty if an open loop was overloaded"
        ) { Value($0.latency?.acquire?.longest) },
        field(
            "hold_p50_ns", short: ["hold"], kind: .count, better: .less,
            "median time from the acquisition to the start of the release, in the order window; includes the cost of the log; 2 significant digits"
        ) { Value($0.latency?.hold?.p50) },
        field(
            "handoff_p50_ns", short: ["handoff", "hand-off"], kind: .count, better: .less,
            "median time from the start of one worker's release to the acquisition by another that was already waiting, in the order window; includes the cost of the log; 2 significant digits"
        ) { Value($0.latency?.handoff?.p50) },
        field("handoff_p99_ns", kind: .count, better: .less, "as `handoff_p50_ns`, 99th percentile") {
            Value($0.latency?.handoff?.p99)
        },
        field(
            "fairness_jain", short: ["jain", "fairness"], unit: .share, better: .more,
            "Jain's index of the workers' acquisitions in the throughput window: 1 is perfectly even, 1/workers is one worker that takes all"
        ) { Value($0.jain, decimals: 4) },
        field("fairness_min_max", unit: .share, better: .more, "smallest number of acquisitions of a worker / largest")
        {
            Value($0.minMax, decimals: 4)
        },
        field(
            "fairness_window_jain", unit: .share, better: .more,
            "median of Jain's index over windows of 10 ms, which are merged until they have ten acquisitions per worker"
        ) { Value($0.windowJain, decimals: 4) },
        field(
            "user_s",
            "CPU time of all workers in user mode, in the throughput window; in an open loop most of it is spent waiting for the next arrival"
        ) { Value($0.costs?.userSeconds, decimals: 6) },
        field("system_s", "CPU time of all workers in the kernel, in the throughput window") {
            Value($0.costs?.systemSeconds, decimals: 6)
        },
        field(
            "voluntary_switches", kind: .count,
            "context switches of workers that blocked or yielded the CPU, in the throughput window"
        ) {
            Value($0.costs?.voluntarySwitches)
        },
        field(
            "involuntary_switches", kind: .count,
            "context switches by which workers were preempted, in the throughput window"
        ) { Value($0.costs?.involuntarySwitches) },
        field("minor_faults", kind: .count, "page faults of all workers without I/O, in the throughput window") {
            Value($0.costs?.minorFaults)
        },
        field(
            "heap_bytes_per_op", short: ["heap"], unit: .bytes, better: .less,
            "heap bytes allocated per acquisition, as jemalloc counts them"
        ) {
            row in
            Value(
                row.costs.flatMap {
                    $0.acquisitions > 0 && $0.heapCounterWorks ? Double($0.heapBytes) / Double($0.acquisitions) : nil
                },
                decimals: 3)
        },
        field(
            "owner_deaths", kind: .count,
            "acquisitions to which the lock reported the previous owner's death, in the whole round"
        ) {
            Value($0.result.ownerDeaths)
        },
        field(
            "lost_updates", kind: .count, better: .less,
            "increments of the protected counters that were lost in the whole round, as the integrity oracle counts them: 0 for a lock that excludes"
        ) {
            $0.result.integrity == .stuck ? .empty : Value($0.result.lostUpdates)
        },
        field(
            "overlaps", kind: .count, better: .less,
            "critical sections in which a process met another owner's traces, in the whole round: 0 for a lock that excludes"
        ) { Value($0.result.overlaps) },
        field(
            "integrity", kind: .words(of: RoundResult.Integrity.self), roles: [.required, .present],
            "`ok`, `failed`, or `stuck` (no progress within `--stuck-after`; the figures of such a round are empty)"
        ) { .text($0.result.integrity.rawValue) },
        field(
            "acquire_p9999_ns", short: ["p99.99"], kind: .count, better: .less,
            "as `acquire_p50_ns`, 99.99th percentile, which needs \(PercentileRule.samples(for: 99.99)) samples"
        ) {
            Value($0.latency?.acquire?.p9999)
        },
        field(
            "uncorrected_p50_ns", kind: .count, better: .less,
            "in an open loop: median time from the call of lock to the acquisition, without the delay of the call"
        ) { Value($0.latency?.uncorrected?.p50) },
        field("uncorrected_p99_ns", kind: .count, better: .less, "as `uncorrected_p50_ns`, 99th percentile") {
            Value($0.latency?.uncorrected?.p99)
        },
        field(
            "overloaded", kind: .boolean,
            "whether an open loop left more than 5 % of what was due undone; empty in a closed loop"
        ) { Value($0.isOverloaded) },
        field("hold_p99_ns", kind: .count, better: .less, "as `hold_p50_ns`, 99th percentile") {
            Value($0.latency?.hold?.p99)
        },
        field("handoff_samples", kind: .count, "number of handoffs behind the percentiles") {
            Value($0.latency?.handoff?.samples)
        },
        field(
            "reacquire_p50_ns", short: ["reacquire"], kind: .count,
            "median time from the start of a worker's release to its next acquisition"
        ) { Value($0.latency?.reacquire?.p50) },
        field(
            "reacquire_p50_acquisitions",
            "median number of acquisitions of all workers from a worker's release to its next acquisition, which is counted: 1 if no other worker was in between"
        ) { Value($0.order?.medianReturn, decimals: 1) },
        field("longest_run", kind: .count, "longest sequence of acquisitions by one worker") {
            Value($0.order.map { UInt64($0.longestRun) })
        },
        field(
            "fairness_order_jain", unit: .share, better: .more,
            "median of Jain's index over windows of 32 acquisitions per worker"
        ) {
            Value($0.order?.jain, decimals: 4)
        },
        field(
            "run_queue_wait_s", short: ["run-queue"], better: .less,
            "time that all workers together spent runnable without a CPU"
        ) {
            Value($0.costs?.runQueueWaitSeconds, decimals: 6)
        },
        field(
            "cycles_per_op", short: ["cycles"], better: .less,
            "CPU cycles per acquisition, in user mode; empty if the machine has no hardware counters"
        ) { Value($0.perAcquisition(\.cycles), decimals: 1) },
        field(
            "instructions_per_op", short: ["instructions"], better: .less,
            "instructions per acquisition, in user mode; empty if the machine has no hardware counters"
        ) {
            Value($0.perAcquisition(\.instructions), decimals: 1)
        },
        field(
            "cache_misses_per_op", short: ["cache-misses"], better: .less,
            "cache misses per acquisition, in user mode; empty if the machine has no hardware counters"
        ) {
            Value($0.perAcquisition(\.cacheMisses), decimals: 4)
        },
        field("overlap", unit: .share, "share of the throughput window in which all workers took part") {
            Value($0.costs?.overlap, decimals: 4)
        },
        field(
            "steal_percent", "percentage of the machine's CPU time that the hypervisor gave to others during the window"
        ) {
            Value($0.result.stolenShare.map { $0 * 100 }, decimals: 2)
        },
        field(
            "steady", kind: .boolean, roles: .present,
            "whether throughput was steady at the end of the warm-up"
        ) {
            .boolean($0.result.wasSteady)
        },
        field(
            "clock", kind: .words(["counter", "clock_gettime"]), roles: .present,
            "clock that timed the round: `counter` (the CPU's time-stamp counter) or `clock_gettime`"
        ) { .text($0.run.clock.name) },
        field("clock_read_ns", "cost of one clock reading") { Value($0.run.clock.cost, decimals: 2) },
        field(
            "critical_section_measured_ns",
            "measured length of the requested busy time inside the critical section, timed by a worker after its windows; with unequal sections the weighted mean, as timed by a worker of each class; empty if none was requested"
        ) { Value($0.costs?.sectionDelay, decimals: 1) },
        field(
            "think_measured_ns",
            "measured length of the requested busy time outside the critical section, timed by a worker after its windows; empty if none was requested"
        ) { Value($0.costs?.thinkDelay, decimals: 1) },
        field(
            "acquire_mean_ns", short: ["mean"], better: .less,
            "mean time from the call of lock to the acquisition, which resolves less than one step of the clock"
        ) {
            Value($0.latency?.acquire?.mean, decimals: 2)
        },
        field("hold_mean_ns", better: .less, "mean time from the acquisition to the start of the release") {
            Value($0.latency?.hold?.mean, decimals: 2)
        },
        field(
            "clock_step_ns",
            "resolution of the clock: the smallest difference of two readings"
        ) { Value($0.run.clock.step, decimals: 0) },
        field("seed", kind: .text, roles: .present, "seed of the order of rounds and of random arrivals") {
            .text("\($0.run.seed)")
        },
        field(
            "log_ns",
            "cost of the order window's log of owners per acquisition, with its memory in the cache"
        ) { Value($0.run.logCost, decimals: 2) },
        field(
            "kills", kind: .count,
            "owners killed after the round (`--kills`), in a separate fleet; empty without `--kills`, for a single worker, and for locks that do not promise to survive"
        ) { Value($0.recovery.map { UInt64($0.kills) }) },
        field(
            "kill_failures", kind: .count,
            "kills after which a process hung or the data were wrong: 0 if the lock survived all"
        ) {
            Value($0.recovery.map { UInt64($0.hangs + $0.corruptions) })
        },
        field(
            "recovery_p50_ns", short: ["recovery"], kind: .count,
            "median time from the kill of an owner (`kills`) to the next acquisition"
        ) { Value($0.recovery?.recovery.middle) },
        field(
            "reaping_p50_ns", kind: .count,
            "median time from the kill of an owner (`kills`) to the end of its process in the kernel"
        ) { Value($0.recovery?.reaping.middle) },
        field(
            "discarded_tries", kind: .count,
            "attempts at this round that were discarded because processes were paused from outside; stderr says when and for how long"
        ) { .integer($0.discarded.count) },
        field(
            "paused_s",
            "time for which the coordinator was paused in this round and in the discarded attempts; more than 0 without `discarded_tries` if only the coordinator was paused"
        ) { Value($0.pausedSeconds, decimals: 3) },
        field(
            "requested_duration_s", roles: .request,
            "requested length of the throughput window (`--duration` or its default), which `duration_s` exceeds on a busy machine"
        ) { Value($0.asked.map { Double($0.duration) / 1e9 }, decimals: 6) },
        field(
            "requested_warmup_s", roles: .request, "requested minimum length of the warm-up (`--warmup` or its default)"
        ) { Value($0.asked.map { Double($0.warmup) / 1e9 }, decimals: 6) },
        field(
            "requested_rounds", kind: .count,
            "requested number of rounds of each cell; empty if a comparison determined it from what it found"
        ) { Value($0.asked?.rounds.map { UInt64($0) }) },
        field(.sectionShares),
        field(
            "lock_opportunity_jain", short: ["opportunity"], unit: .share, better: .more,
            "Jain's index of the workers' lock opportunity in the order window: the time for which a worker held the lock, plus the time for which it was free; empty with read-only sections, and for locks that do not exclude"
        ) { Value($0.opportunity, decimals: 4) },
        field(
            "order_window_jain", unit: .share, better: .more,
            "Jain's index of the workers' acquisitions in the order window, to compare with `lock_opportunity_jain`"
        ) { Value($0.orderWindowJain, decimals: 4) },
        field(
            "class_workers", kind: .list,
            "number of workers in each class of `critical_section_shares`, in its order; empty if all sections are equal"
        ) { list($0.classWorkers, decimals: 0) },
        field(
            "class_throughput_per_s", kind: .list,
            "acquisitions per second of each class of `critical_section_shares` in the throughput window, all its workers together"
        ) { list($0.classThroughput, decimals: 1) },
        field(
            "class_hold_shares", kind: .list, unit: .share,
            "share of each class of `critical_section_shares` in the time for which the lock was held, in the order window"
        ) { list($0.classHolds, decimals: 4) },
        field(.touch), field(.busyLoops), field(.burst),
    ]

    /// What tells the machine apart from others of its name.
    private static let fingerprint: [Field<Row>] = FingerprintColumn.all.map { part in
        field(part.name, kind: part.kind, unit: part.unit, roles: part.roles, part.doc) { row in
            row.run.fingerprint.map(part.value) ?? .empty
        }
    }

    /// Figures by class.
    private static func list(_ figures: [Double]?, decimals: Int) -> Value {
        figures.map { .list($0.map { Value($0, decimals: decimals) }) } ?? .empty
    }

    /// The column of a parameter.
    private static func field(_ parameter: Parameter) -> Field {
        field(
            parameter.column, kind: parameter.kind,
            roles: parameter.isRequired ? [.cell, .required, .present] : .cell,
            parameter.doc + (parameter.isRequired ? "" : "; empty at the default")
        ) { parameter.value($0.cell.load) }
    }

    private static func field(
        _ name: String, short: [String] = [], kind: Kind = .number, unit: FieldUnit? = nil, roles: Roles = [],
        better: Direction? = nil, _ doc: String, _ value: @escaping @Sendable (Row) -> Value
    ) -> Field { Field(name, short: short, kind: kind, unit: unit, roles: roles, better: better, doc, value) }
}
