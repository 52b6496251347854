internal import ShmCoordinator
internal import ShmCore
internal import ShmHarness

/// The value of one column in one row.
enum Value: Equatable {
    case text(String)
    case integer(Int)
    /// A number with a fixed number of decimals.
    case decimal(Double, Int)
    /// Not measured.
    case empty

    init(_ value: UInt64?) { self = value.map { .integer(Int(clamping: $0)) } ?? .empty }

    init(_ value: Double?, decimals: Int) {
        self = value.flatMap { $0.isFinite ? .decimal($0, decimals) : nil } ?? .empty
    }
}

/// One column of the results: schema 1, in its order. New columns come at the end.
struct ResultColumn: Sendable {
    let name: String
    let value: @Sendable (Row) -> Value

    static let schema = 1

    static let all: [ResultColumn] = [
        column("schema") { _ in .integer(schema) },
        column("run_id") { .text($0.runID) },
        column("started_at") { .text(Timestamp.iso8601($0.result.startedAt)) },
        column("tool_version") { _ in .text(ToolVersion.current) },
        column("hostname") { _ in .text(Machine.current.hostname) },
        column("kernel") { _ in .text(Machine.current.kernel) },
        column("cpu_model") { _ in .text(Machine.current.cpuModel) },
        column("cpus") { _ in .integer(Machine.current.cpus) },
        column("scenario") { _ in .text("default") },
        column("lock") { .text($0.cell.lock.name) },
        column("workers") { .integer($0.cell.workers) },
        column("round") { .integer($0.round) },
        column("critical_section_ns") { .integer($0.cell.criticalSection) },
        column("think_ns") { .integer($0.cell.think) },
        column("counters") { .integer($0.cell.counters) },
        column("arrivals") { _ in .text("closed") },
        column("rate_per_s") { _ in .empty },
        column("pinning") { .text($0.cell.pinning.rawValue) },
        column("read_percent") { $0.cell.readPercent > 0 ? .integer($0.cell.readPercent) : .empty },
        column("duration_s") { Value($0.result.figures?.duration, decimals: 6) },
        column("acquisitions") { Value($0.result.figures?.acquisitions) },
        column("throughput_per_s") { Value($0.throughput, decimals: 1) },
        column("latency_samples") { Value($0.latency?.samples) },
        column("acquire_p50_ns") { Value($0.latency?.p50) },
        column("acquire_p90_ns") { Value($0.latency?.p90) },
        column("acquire_p99_ns") { Value($0.latency?.p99) },
        column("acquire_p999_ns") { Value($0.latency?.p999) },
        column("acquire_max_ns") { Value($0.latency?.longest) },
        column("hold_p50_ns") { _ in .empty },
        column("handoff_p50_ns") { _ in .empty },
        column("handoff_p99_ns") { _ in .empty },
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
                    $0.acquisitions > 0 ? Double($0.heapBytes) / Double($0.acquisitions) : nil
                },
                decimals: 3)
        },
        column("owner_deaths") { Value($0.result.ownerDeaths) },
        column("lost_updates") { $0.result.integrity == .stuck ? .empty : Value($0.result.lostUpdates) },
        column("overlaps") { Value($0.result.overlaps) },
        column("integrity") { .text($0.result.integrity.rawValue) },
    ]

    private static func column(_ name: String, _ value: @escaping @Sendable (Row) -> Value) -> ResultColumn {
        ResultColumn(name: name, value: value)
    }
}
