internal import ShmCoordinator
internal import ShmCore
internal import ShmHarness

/// One column of the results: schema 1, in its order. New columns come at the end.
package struct ResultColumn: Sendable {
    package let name: String
    package let value: @Sendable (Row) -> Value

    package init(
        name: String, value: @escaping @Sendable (Row) -> Value
    ) {
        self.name = name
        self.value = value
    }

    package static let schema = 1

    package static let all: [ResultColumn] = [
        column("schema") { _ in .integer(schema) },
        column("run_id") { .text($0.run.id) },
        column("started_at") { .text(Timestamp.iso8601($0.result.startedAt)) },
        column("tool_version") { _ in .text(ToolVersion.current) },
        column("hostname") { _ in .text(Machine.current.hostname) },
        column("kernel") { _ in .text(Machine.current.kernel) },
        column("cpu_model") { _ in .text(Machine.current.cpuModel) },
        column("cpus") { _ in .integer(Machine.current.cpus) },
        column("scenario") { .text($0.cell.scenario) },
        column("lock") { .text($0.cell.lock.name) },
        column("workers") { .integer($0.cell.workers) },
        column("round") { .integer($0.round) },
        column("critical_section_ns") { .integer($0.cell.criticalSection) },
        column("think_ns") { .integer($0.cell.think) },
        column("counters") { .integer($0.cell.counters) },
        column("arrivals") { .text($0.cell.spacing.name) },
        column("rate_per_s") { $0.cell.spacing == .closed ? .empty : Value($0.cell.rate, decimals: 1) },
        column("pinning") { .text($0.cell.pinning.rawValue) },
        column("read_percent") { $0.cell.readPercent > 0 ? .integer($0.cell.readPercent) : .empty },
        column("duration_s") { Value($0.result.figures?.duration, decimals: 6) },
        column("acquisitions") { Value($0.result.figures?.acquisitions) },
        column("throughput_per_s") { Value($0.throughput, decimals: 1) },
        column("latency_samples") { Value($0.latency?.acquire?.samples) },
        column("acquire_p50_ns") { Value($0.latency?.acquire?.p50) },
        column("acquire_p90_ns") { Value($0.latency?.acquire?.p90) },
        column("acquire_p99_ns") { Value($0.latency?.acquire?.p99) },
        column("acquire_p999_ns") { Value($0.latency?.acquire?.p999) },
        column("acquire_max_ns") { Value($0.latency?.acquire?.longest) },
        column("hold_p50_ns") { Value($0.latency?.hold?.p50) },
        column("handoff_p50_ns") { Value($0.latency?.handoff?.p50) },
        column("handoff_p99_ns") { Value($0.latency?.handoff?.p99) },
        column("fairness_jain") { Value($0.jain, decimals: 4) },
        column("fairness_min_max") { Value($0.minMax, decimals: 4) },
        column("fairness_window_jain") { Value($0.windowJain, decimals: 4) },
        column("user_s") { Value($0.costs?.userSeconds, decimals: 6) },
        column("system_s") { Value($0.costs?.systemSeconds, decimals: 6) },
        column("voluntary_switches") { Value($0.costs?.voluntarySwitches) },
        column("involuntary_switches") { Value($0.costs?.involuntarySwitches) },
        column("minor_faults") { Value($0.costs?.minorFaults) },
        column("heap_bytes_per_op") { row in
            Value(
                row.costs.flatMap {
                    $0.acquisitions > 0 && $0.heapCounterWorks ? Double($0.heapBytes) / Double($0.acquisitions) : nil
                },
                decimals: 3)
        },
        column("owner_deaths") { Value($0.result.ownerDeaths) },
        column("lost_updates") { $0.result.integrity == .stuck ? .empty : Value($0.result.lostUpdates) },
        column("overlaps") { Value($0.result.overlaps) },
        column("integrity") { .text($0.result.integrity.rawValue) },
        column("acquire_p9999_ns") { Value($0.latency?.acquire?.p9999) },
        column("uncorrected_p50_ns") { Value($0.latency?.uncorrected?.p50) },
        column("uncorrected_p99_ns") { Value($0.latency?.uncorrected?.p99) },
        column("overloaded") { row in row.isOverloaded.map { .text($0 ? "yes" : "no") } ?? .empty },
        column("hold_p99_ns") { Value($0.latency?.hold?.p99) },
        column("handoff_samples") { Value($0.latency?.handoff?.samples) },
        column("reacquire_p50_ns") { Value($0.latency?.reacquire?.p50) },
        column("reacquire_p50_acquisitions") { Value($0.order?.medianReturn, decimals: 1) },
        column("longest_run") { Value($0.order.map { UInt64($0.longestRun) }) },
        column("fairness_order_jain") { Value($0.order?.jain, decimals: 4) },
        column("run_queue_wait_s") { Value($0.costs?.runQueueWaitSeconds, decimals: 6) },
        column("cycles_per_op") { Value($0.perAcquisition(\.cycles), decimals: 1) },
        column("instructions_per_op") { Value($0.perAcquisition(\.instructions), decimals: 1) },
        column("cache_misses_per_op") { Value($0.perAcquisition(\.cacheMisses), decimals: 4) },
        column("overlap") { Value($0.costs?.overlap, decimals: 4) },
        column("steal_percent") { Value($0.result.stolenShare.map { $0 * 100 }, decimals: 2) },
        column("steady") { .text($0.result.wasSteady ? "yes" : "no") },
        column("clock") { .text($0.run.clock.name) },
        column("clock_read_ns") { Value($0.run.clock.cost, decimals: 2) },
        column("critical_section_measured_ns") { Value($0.costs?.sectionDelay, decimals: 1) },
        column("think_measured_ns") { Value($0.costs?.thinkDelay, decimals: 1) },
        column("acquire_mean_ns") { Value($0.latency?.acquire?.mean, decimals: 2) },
        column("hold_mean_ns") { Value($0.latency?.hold?.mean, decimals: 2) },
        column("clock_step_ns") { Value($0.run.clock.step, decimals: 0) },
        column("seed") { .text("\($0.run.seed)") },
        column("log_ns") { Value($0.run.logCost, decimals: 2) },
        column("kills") { Value($0.recovery.map { UInt64($0.kills) }) },
        column("kill_failures") { Value($0.recovery.map { UInt64($0.hangs + $0.corruptions) }) },
        column("recovery_p50_ns") { Value($0.recovery?.recovery.percentile(50)) },
        column("reaping_p50_ns") { Value($0.recovery?.reaping.percentile(50)) },
        column("discarded_tries") { .integer($0.discarded.count) },
        column("paused_s") { Value($0.pausedSeconds, decimals: 3) },
    ]

    private static func column(_ name: String, _ value: @escaping @Sendable (Row) -> Value) -> ResultColumn {
        ResultColumn(name: name, value: value)
    }
}
