internal import ShmCoordinator
internal import ShmCore
internal import ShmHarness

/// What the results tell of a round: the contract of schema 1, in its order. New fields come at the end.
///
/// This is the one place that describes them: files, their reader, keys, the history and `results/README.md` follow from it.
package typealias ResultColumn = Field<Row>

extension Field where Subject == Row {
    package static let schema = 1

    /// Those without a description share that of the field before.
    package static let all: [Field<Row>] = sharingDescriptions(listed + unlistedParameters)

    /// The field of a name, or of a short one.
    package static func named(_ name: String) -> Field<Row>? {
        all.first { $0.name == name || $0.short.contains(name) }
    }

    /// Parameters that are not among the columns below: each is a column at the end, until one comes after it.
    private static let unlistedParameters: [Field<Row>] = {
        let names = Set(listed.map(\.name))
        return Parameter.all.filter { !names.contains($0.column) }.map { field($0) }
    }()

    private static let listed: [Field<Row>] = identity + environment + asked + figures

    private static let identity: [Field<Row>] = [
        field("schema", roles: .required, "1") { _ in .integer(schema) },
        field("run_id", kind: .text, roles: [.round, .required], "one id for the whole invocation") {
            .text($0.run.id)
        },
        field("started_at", kind: .text, "when this round began, ISO 8601, UTC") {
            .text(Timestamp.iso8601($0.result.startedAt))
        },
    ]

    private static let asked: [Field<Row>] = [
        field(.scenario),
        field("lock", kind: .text, roles: [.cell, .required], "the catalogue's name (`shmbench list`)") {
            .text($0.cell.lock.name)
        },
        field(.workers),
        field(
            "round", kind: .count, roles: [.round, .required], "from 1; a round is one fleet of freshly started workers"
        ) { .integer($0.round) },
        field(.criticalSection), field(.think), field(.counters), field(.arrivals), field(.rate), field(.pinning),
        field(.readPercent),
    ]

    private static let figures: [Field<Row>] = [
        field("duration_s", "length of the throughput window, as measured") {
            Value($0.result.figures?.duration, decimals: 6)
        },
        field("acquisitions", "of all workers in the throughput window") { Value($0.result.figures?.acquisitions) },
        field(
            "throughput_per_s", short: ["throughput"], roles: .required, better: .more, "`acquisitions` / `duration_s`"
        ) {
            Value($0.throughput, decimals: 1)
        },
        field("latency_samples", "acquisitions of all workers in the latency window, from when all of them ran in it") {
            Value($0.latency?.acquire?.samples)
        },
        field(
            "acquire_p50_ns", short: ["p50"], better: .less,
            "from calling lock to holding it, in an open loop from when that was due; one clock reading included; 3 significant digits (the maximum is exact); empty where an open loop was overloaded"
        ) { Value($0.latency?.acquire?.p50) },
        field("acquire_p90_ns", short: ["p90"], better: .less) { Value($0.latency?.acquire?.p90) },
        field("acquire_p99_ns", short: ["p99"], better: .less) { Value($0.latency?.acquire?.p99) },
        field("acquire_p999_ns", short: ["p99.9"], better: .less) { Value($0.latency?.acquire?.p999) },
        field("acquire_max_ns", short: ["max"], better: .less) { Value($0.latency?.acquire?.longest) },
        field(
            "hold_p50_ns", short: ["hold"], better: .less,
            "from holding the lock to beginning to release it, in the order window, the log's own cost included; 2 significant digits"
        ) { Value($0.latency?.hold?.p50) },
        field(
            "handoff_p50_ns", short: ["handoff", "hand-off"], better: .less,
            "from one worker's beginning to release to another's holding it, where that one had asked before; likewise"
        ) { Value($0.latency?.handoff?.p50) },
        field("handoff_p99_ns", better: .less) { Value($0.latency?.handoff?.p99) },
        field(
            "fairness_jain", short: ["jain", "fairness"], better: .more,
            "Jain's index over the workers' counts in the throughput window: 1 is fair, 1/workers is one taking all"
        ) { Value($0.jain, decimals: 4) },
        field("fairness_min_max", better: .more, "smallest count / largest") { Value($0.minMax, decimals: 4) },
        field(
            "fairness_window_jain", better: .more,
            "median of Jain's index over windows of 10 ms, put together where they have fewer than ten acquisitions a worker"
        ) { Value($0.windowJain, decimals: 4) },
        field(
            "user_s",
            "CPU time of all workers in the throughput window; in an open loop most of it is waiting for the next arrival"
        ) { Value($0.costs?.userSeconds, decimals: 6) },
        field("system_s") { Value($0.costs?.systemSeconds, decimals: 6) },
        field("voluntary_switches", "likewise") { Value($0.costs?.voluntarySwitches) },
        field("involuntary_switches") { Value($0.costs?.involuntarySwitches) },
        field("minor_faults") { Value($0.costs?.minorFaults) },
        field(
            "heap_bytes_per_op", short: ["heap"], better: .less,
            "heap bytes allocated per acquisition, by jemalloc's own count"
        ) {
            row in
            Value(
                row.costs.flatMap {
                    $0.acquisitions > 0 && $0.heapCounterWorks ? Double($0.heapBytes) / Double($0.acquisitions) : nil
                },
                decimals: 3)
        },
        field("owner_deaths", "acquisitions to which the lock reported the previous owner's death, in the whole round")
        {
            Value($0.result.ownerDeaths)
        },
        field("lost_updates", better: .less, "what the integrity oracle found in the whole round; 0 is good") {
            $0.result.integrity == .stuck ? .empty : Value($0.result.lostUpdates)
        },
        field("overlaps", better: .less) { Value($0.result.overlaps) },
        field(
            "integrity", kind: .text, roles: .required,
            "`ok`, `failed`, or `stuck` (no progress within the watchdog's time; the figures of such a round are empty)"
        ) { .text($0.result.integrity.rawValue) },
        field("acquire_p9999_ns", short: ["p99.99"], better: .less, "as the other percentiles") {
            Value($0.latency?.acquire?.p9999)
        },
        field(
            "uncorrected_p50_ns", better: .less,
            "in an open loop: from calling lock to holding it, which leaves out the time for which the call was late"
        ) { Value($0.latency?.uncorrected?.p50) },
        field("uncorrected_p99_ns", better: .less) { Value($0.latency?.uncorrected?.p99) },
        field(
            "overloaded", kind: .text,
            "`yes` where an open loop left more than a twentieth of what was due undone; empty in a closed loop"
        ) { row in row.isOverloaded.map { .text($0 ? "yes" : "no") } ?? .empty },
        field("hold_p99_ns", better: .less, "as above") { Value($0.latency?.hold?.p99) },
        field("handoff_samples") { Value($0.latency?.handoff?.samples) },
        field(
            "reacquire_p50_ns", short: ["reacquire"],
            "median time for a worker to hold the lock again after it began to release it; the second counts acquisitions, 1 is at once"
        ) { Value($0.latency?.reacquire?.p50) },
        field("reacquire_p50_acquisitions") { Value($0.order?.medianReturn, decimals: 1) },
        field("longest_run", "most acquisitions in a row by one worker") {
            Value($0.order.map { UInt64($0.longestRun) })
        },
        field("fairness_order_jain", better: .more, "median of Jain's index over windows of 32 acquisitions a worker") {
            Value($0.order?.jain, decimals: 4)
        },
        field(
            "run_queue_wait_s", short: ["run-queue"], better: .less,
            "time for which workers could run and had no CPU, all together"
        ) {
            Value($0.costs?.runQueueWaitSeconds, decimals: 6)
        },
        field(
            "cycles_per_op", short: ["cycles"], better: .less,
            "the CPU's own counts in user mode; empty where the machine gives out none"
        ) { Value($0.perAcquisition(\.cycles), decimals: 1) },
        field("instructions_per_op", short: ["instructions"], better: .less) {
            Value($0.perAcquisition(\.instructions), decimals: 1)
        },
        field("cache_misses_per_op", short: ["cache-misses"], better: .less) {
            Value($0.perAcquisition(\.cacheMisses), decimals: 4)
        },
        field("overlap", "share of the throughput window in which all workers are known to have taken part") {
            Value($0.costs?.overlap, decimals: 4)
        },
        field("steal_percent", "share of the machine's CPU time that its hypervisor gave to others during the window") {
            Value($0.result.stolenShare.map { $0 * 100 }, decimals: 2)
        },
        field("steady", kind: .text, "whether throughput was steady when the warm-up ended") {
            .text($0.result.wasSteady ? "yes" : "no")
        },
        field(
            "clock", kind: .text,
            "`counter` (the CPU's) or `clock_gettime`"
        ) { .text($0.run.clock.name) },
        field("clock_read_ns", "what a reading of it costs") { Value($0.run.clock.cost, decimals: 2) },
        field(
            "critical_section_measured_ns",
            "what the delays took, timed by a worker after its windows; empty where none was asked for"
        ) { Value($0.costs?.sectionDelay, decimals: 1) },
        field("think_measured_ns") { Value($0.costs?.thinkDelay, decimals: 1) },
        field("acquire_mean_ns", short: ["mean"], better: .less, "means, which are finer than the clock's step") {
            Value($0.latency?.acquire?.mean, decimals: 2)
        },
        field("hold_mean_ns", better: .less) { Value($0.latency?.hold?.mean, decimals: 2) },
        field(
            "clock_step_ns",
            "by how much times of that clock differ at least"
        ) { Value($0.run.clock.step, decimals: 0) },
        field("seed", kind: .text, "of the order of rounds and of random arrivals") { .text("\($0.run.seed)") },
        field(
            "log_ns",
            "what the order window's log of owners costs each acquisition in it, where its memory is in the cache"
        ) { Value($0.run.logCost, decimals: 2) },
        field(
            "kills",
            "owners killed after the round (`--kills`), in a fleet of their own; empty where none was asked for, for a single worker, and for a lock that does not promise to survive"
        ) { Value($0.recovery.map { UInt64($0.kills) }) },
        field("kill_failures", "kills after which somebody waited for ever, or the data were wrong; 0 is good") {
            Value($0.recovery.map { UInt64($0.hangs + $0.corruptions) })
        },
        field(
            "recovery_p50_ns", short: ["recovery"],
            "median time from such a kill to the next acquisition, and until the kernel had done with the process"
        ) { Value($0.recovery?.recovery.percentile(50)) },
        field("reaping_p50_ns") { Value($0.recovery?.reaping.percentile(50)) },
        field(
            "discarded_tries",
            "tries of this round that were discarded, since its processes stood still meanwhile; stderr says how long and when"
        ) { .integer($0.discarded.count) },
        field(
            "paused_s",
            "time for which the coordinator stood still, in those tries and in this round; more than 0 without `discarded_tries` where it stood still alone and its workers went on"
        ) { Value($0.pausedSeconds, decimals: 3) },
    ]

    /// A parameter of the load.
    private static func field(_ parameter: Parameter) -> Field {
        field(
            parameter.column, kind: parameter.isText ? .text : parameter.isRequired ? .count : .number,
            roles: parameter.isRequired ? [.cell, .required] : .cell,
            parameter.doc + (parameter.isRequired ? "" : "; empty where none is asked for")
        ) { parameter.value($0.cell.load) }
    }

    private static func field(
        _ name: String, short: [String] = [], kind: Kind = .number, roles: Roles = [], better: Direction? = nil,
        _ doc: String = "",
        _ value: @escaping @Sendable (Row) -> Value
    ) -> Field { Field(name, short: short, kind: kind, roles: roles, better: better, doc, value) }
}
