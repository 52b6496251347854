import Testing

/// The contract of the results, version 1: its columns in their order.
let contractedColumns =
    [
        "schema", "run_id", "started_at", "tool_version", "hostname", "kernel", "cpu_model", "cpus", "scenario", "lock",
        "workers", "round", "critical_section_ns", "think_ns", "counters", "arrivals", "rate_per_s", "pinning",
        "read_percent", "duration_s", "acquisitions", "throughput_per_s", "latency_samples", "acquire_p50_ns",
        "acquire_p90_ns", "acquire_p99_ns", "acquire_p999_ns", "acquire_max_ns", "hold_p50_ns", "handoff_p50_ns",
        "handoff_p99_ns", "fairness_jain", "fairness_min_max", "fairness_window_jain", "user_s", "system_s",
        "voluntary_switches", "involuntary_switches", "minor_faults", "heap_bytes_per_op", "owner_deaths",
        "lost_updates",
        "overlaps", "integrity", "acquire_p9999_ns", "uncorrected_p50_ns", "uncorrected_p99_ns", "overloaded",
        "hold_p99_ns",
        "handoff_samples", "reacquire_p50_ns", "reacquire_p50_acquisitions", "longest_run", "fairness_order_jain",
        "run_queue_wait_s", "cycles_per_op", "instructions_per_op", "cache_misses_per_op", "overlap", "steal_percent",
        "steady",
        "clock", "clock_read_ns", "critical_section_measured_ns", "think_measured_ns", "acquire_mean_ns",
        "hold_mean_ns",
        "clock_step_ns", "seed", "log_ns", "kills", "kill_failures", "recovery_p50_ns", "reaping_p50_ns",
        "discarded_tries", "paused_s", "requested_duration_s", "requested_warmup_s", "requested_rounds",
        "critical_section_shares", "lock_opportunity_jain", "order_window_jain", "class_workers",
        "class_throughput_per_s",
        "class_hold_shares",
        "touch_bytes", "busy_loops", "burst",
    ] + fingerprintColumns

/// What tells a machine apart from others of its name.
let fingerprintColumns = [
    "libc", "hypervisor", "numa_nodes", "cores", "caches", "atomic_ns", "line_transfer_ns", "wake_same_cpu_ns",
    "wake_other_cpu_ns", "membarrier_ns",
]

/// Columns that are empty in a closed loop without readers and without kills.
let closedLoopEmptyColumns = [
    "rate_per_s", "read_percent", "uncorrected_p50_ns", "uncorrected_p99_ns", "overloaded", "kills", "kill_failures",
    "recovery_p50_ns", "reaping_p50_ns", "critical_section_shares", "class_workers", "class_throughput_per_s",
    "class_hold_shares", "touch_bytes", "busy_loops", "burst",
]

/// Columns that are empty where the machine does not tell.
let machineColumns =
    [
        "run_queue_wait_s", "cycles_per_op", "instructions_per_op", "cache_misses_per_op", "steal_percent",
    ] + fingerprintColumns

/// Columns that are empty if no other worker wants the lock.
let contendedColumns = ["handoff_p50_ns", "handoff_p99_ns", "handoff_samples"]

/// Columns that a round without figures has empty.
let figureColumns = [
    "duration_s", "acquisitions", "throughput_per_s", "latency_samples", "acquire_p50_ns", "acquire_p90_ns",
    "acquire_p99_ns", "acquire_p999_ns", "acquire_max_ns", "fairness_jain", "fairness_min_max", "fairness_window_jain",
    "user_s", "system_s", "lock_opportunity_jain",
    "voluntary_switches", "involuntary_switches", "minor_faults", "heap_bytes_per_op", "acquire_p9999_ns",
    "hold_p50_ns",
    "hold_p99_ns", "handoff_p50_ns", "handoff_p99_ns", "reacquire_p50_ns", "longest_run", "fairness_order_jain",
    "overlap",
]

/// A CSV document, read by RFC 4180.
struct Table {
    let columns: [String]
    let rows: [[String: String]]

    init(_ text: String) throws {
        var records: [[String]] = []
        var record: [String] = []
        var field = ""
        var isQuoted = false
        var isAfterQuote = false
        for character in text {
            switch character {
            case "\"" where isQuoted: (isQuoted, isAfterQuote) = (false, true)
            case "\"":
                if isAfterQuote { field.append(character) }
                (isQuoted, isAfterQuote) = (true, false)
            case _ where isQuoted: field.append(character)
            case ",", "\n":
                record.append(field)
                (field, isAfterQuote) = ("", false)
                if character == "\n" {
                    records.append(record)
                    record = []
                }
            default: field.append(character)
            }
        }
        try #require(field.isEmpty && record.isEmpty && !isQuoted, "the last line is incomplete")
        columns = try #require(records.first)
        for record in records { try #require(record.count == columns.count) }
        let names = columns
        rows = records.dropFirst().map { Dictionary(uniqueKeysWithValues: zip(names, $0)) }
    }

    /// Lock, workers and round of each row.
    var cells: [[String?]] { rows.map { [$0["lock"], $0["workers"], $0["round"]] } }
}
