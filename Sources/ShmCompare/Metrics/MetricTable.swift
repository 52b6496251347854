internal import ShmRecord

extension Metric {
    /// The metrics of comparisons, in the order of tables and findings.
    package static let all: [Metric] = [
        throughput, p50, p99, hold, handoff, fairness, cpu, heap, instructions, recovery, integrity,
    ]

    /// The metrics of rounds.
    package static let ofRounds = all.filter { $0 != .instructions }

    /// The metrics by which locks are ranked; see `Rankings`.
    package static let ranked: [Metric] = [throughput, windowFairness, p99, tail]

    package static let throughput = Metric(
        "throughput", threshold: 0.03, cap: 0.1, "acquisitions per second", scale: .reference)

    package static let p50 = Metric(
        "p50", threshold: 0.05, cap: 0.15, "median time to acquire", scale: .clock(mean: "acquire_mean_ns"),
        windows: [.latency])

    package static let p99 = Metric(
        "p99", threshold: 0.1, cap: 0.3, "99th percentile of the time to acquire",
        scale: .clock(mean: "acquire_mean_ns"),
        windows: [.latency])

    /// For rankings: few rounds of a comparison have enough samples for it.
    package static let tail = Metric(
        "p99.9", threshold: 0.1, "99.9th percentile of the time to acquire", scale: .clock(mean: "acquire_mean_ns"),
        windows: [.latency])

    package static let hold = Metric(
        "hold", threshold: 0.05, cap: 0.15, "median time between acquisition and release",
        scale: .clock(mean: "hold_mean_ns"), windows: [.order])

    package static let handoff = Metric(
        "handoff", threshold: 0.1, cap: 0.3, "median time from a release to the acquisition by a waiter",
        scale: .clock(mean: "acquire_mean_ns"), need: .otherWorkers, windows: [.latency, .order])

    package static let fairness = Metric(
        "fairness", decimals: 3, threshold: 0.05, cap: 0.15, "Jain's index of the workers' acquisitions", scale: .none,
        need: .otherWorkers,
        words: ("LESS FAIR", "fairer"))

    /// For rankings: workers that alternate in long turns are fair over the whole window, too.
    package static let windowFairness = Metric(
        "fairness_window_jain", decimals: 3, threshold: 0.05, "Jain's index within windows of 10 ms", scale: .none,
        need: .otherWorkers)

    package static let cpu = Metric(
        "cpu", unit: .nanoseconds, decimals: 2, threshold: 0.03, cap: 0.1, "CPU time of all workers per acquisition",
        scale: .reference,
        value: { record in
            guard let user = record.number("user_s"), let system = record.number("system_s"),
                let acquisitions = record.number("acquisitions"), acquisitions > 0
            else { return nil }
            return (user + system) * 1e9 / acquisitions
        })

    package static let heap = Metric(
        "heap", threshold: 0, "heap bytes per acquisition; any rise from 0 is a regression", judgement: .rule,
        scale: .none, words: ("ALLOCATES", "allocates less"))

    /// Counted for each lock, beside the rounds; see `PathComparison`.
    package static let instructions = Metric(
        "instructions", unit: .plain, decimals: 0, threshold: 0,
        "machine instructions and system calls of lock, critical section and unlock, counted by single-stepping, alone and among waiters; judged if it is named, and any rise is then a regression",
        judgement: .rule, scale: .none, words: ("MORE", "fewer"), value: { _ in nil })

    /// Compared with the time that the kernel needs to end the killed process.
    package static let recovery = Metric(
        "recovery", threshold: 0.25, cap: 0.5,
        "median time from an owner's death to the next acquisition, for locks that survive it",
        scale: .own("reaping_p50_ns"), need: .kills)

    package static let integrity = Metric(
        "integrity", threshold: 0,
        "lost updates, overlaps, stuck rounds, hangs after kills; any is a failure",
        judgement: .rule, scale: .none, value: { $0.isAsPromised ? 1 : 0 })
}
