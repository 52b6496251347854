import ShmCoordinator
import Testing

@testable import ShmCompare
@testable import ShmRecord
@testable import shmbench

/// A row of the results as `compare` and `check` read it, with figures of a test's choice.
func record(_ lock: String = "futex", workers: Int = 1, round: Int = 1, _ figures: [String: String] = [:]) -> Record {
    var fields = [
        "schema": "1", "run_id": "r", "scenario": "default", "lock": lock, "workers": "\(workers)", "round": "\(round)",
        "critical_section_ns": "0", "think_ns": "0", "counters": "4", "arrivals": "closed", "rate_per_s": "",
        "pinning": "spread", "read_percent": "", "duration_s": "0.020000", "acquisitions": "1000000",
        "throughput_per_s": "50000000.0", "acquire_p50_ns": "200", "acquire_p99_ns": "1000", "hold_p50_ns": "100",
        "handoff_p50_ns": workers > 1 ? "500" : "", "fairness_jain": "0.9900", "user_s": "0.020000",
        "system_s": "0.000000", "heap_bytes_per_op": "0.000", "lost_updates": "0", "overlaps": "0", "integrity": "ok",
        "acquire_mean_ns": "210.00", "hold_mean_ns": "110.00", "clock_step_ns": "1", "hostname": "here",
        "cpu_model": "cpu", "cpus": "2", "kernel": "6",
    ]
    fields.merge(figures) { _, new in new }
    return Record(fields: fields)
}

/// A load of one or more workers.
func load(workers: Int = 1) -> Load { record(workers: workers).load }

/// Rounds with the times that a test sets, and noise that follows from a seed.
struct SyntheticRounds {
    var generator: SplitMix64
    /// Of one round against another, as a share.
    var noise = 0.01
    /// How often a round takes half as long again.
    var accidents = 0.05
    /// How much longer the candidate takes, as a share.
    var slowdown = 0.0
    /// How much longer the control takes.
    var controlSlowdown = 0.0
    /// For how many of its rounds it does.
    var slowControls = Int.max
    /// Drift: what each round adds, on all sides.
    var drift = 0.0
    /// Other figures of the candidate.
    var figures: [String: String] = [:]
    private(set) var count = 0
    private var controls = 0

    init(seed: UInt64) { generator = SplitMix64(state: seed) }

    mutating func next(_ role: Comparison.Role, _ pair: Comparison.Pair, _ round: Int) -> Record {
        count += 1
        if role == .control { controls += 1 }
        let slow = role == .candidate ? slowdown : role == .control && controls <= slowControls ? controlSlowdown : 0
        let hit = Double.random(in: 0..<1, using: &generator) < accidents ? 1.5 : 1
        let time =
            20 * (1 + slow) * (1 + Double.random(in: -noise...noise, using: &generator)) * hit
            * (1 + drift * Double(count))
        var all = [
            "throughput_per_s": "\(1e9 / time)", "user_s": "\(time / 1e3)", "acquire_p50_ns": "\(time * 10)",
            "acquire_p99_ns": "\(time * 50)", "hold_p50_ns": "\(time * 5)",
        ]
        if role == .candidate { all.merge(figures) { _, new in new } }
        return record(pair.lock(role), workers: pair.load.workers, round: round, all)
    }
}

extension Comparison {
    /// Compares blocks of rounds.
    mutating func run(
        elapsed: () -> Double, measure: (Role, Pair, Int) throws -> Record,
        look: (Comparison, Int) -> Void = { _, _ in }
    ) throws {
        try run(
            elapsed: elapsed, measure: { (request: BlockRequest) in try Block(request, measure: measure) }, look: look)
    }
}
