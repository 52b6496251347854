@testable import ShmCompare
@testable import ShmRecord
@testable import ShmRender

/// Rounds of several machines with the rates that a test sets.
enum FleetRounds {
    /// Rounds of a lock on a machine, all with the same rate unless they vary by a share.
    static func rounds(
        _ host: String, _ lock: String, workers: Int = 2, rate: Double, count: Int = 9, varying: Double = 0,
        _ figures: [String: String] = [:]
    ) -> [Record] {
        (1...count).map { round in
            let own = rate * (1 + varying * Double(round * 7 % 5) / 4)
            let all = [
                "hostname": host, "cpu_model": "EPYC", "cpus": "4", "kernel": "6.1", "tool_version": "0.1.0",
                "run_id": "\(host)\(figures["kernel"] ?? "")", "seed": "7", "started_at": "2026-01-02T03:04:05Z",
                "throughput_per_s": "\(own)", "latency_samples": "100000", "acquire_p99_ns": "\(Int(1e11 / own))",
                "acquire_p999_ns": "\(Int(3e11 / own))",
            ]
            return record(lock, workers: workers, round: round, all.merging(figures) { $1 })
        }
    }

    static func machines(_ records: [Record], axis: MachineAxis? = nil) -> [ComparedMachine] {
        ComparedMachine.all(MachineRounds.groups(records, by: axis?.column), axis: axis)
    }

    static func file(_ records: [Record], _ path: String = "a.csv", columns: [String] = contractedColumns) -> RecordedRounds {
        RecordedRounds(path: path, columns: columns, rounds: records.enumerated().map { ($0 + 2, $1) })
    }

    /// Three machines, each with two kernels: four locks and a control with one worker and with two.
    ///
    /// With two workers, pthread-robust loses 12 % by the kernel on all three machines, and mcs 30 % on all but n3. On n2,
    /// no round has futex with one worker.
    static var golden: [Record] {
        ["n1", "n2", "n3"].enumerated().flatMap { index, host in
            [("6.1", false), ("6.18", true)].flatMap { kernel, isNew -> [Record] in
                [1, 2].flatMap { workers -> [Record] in
                    let speed = [1, 2, 0.7][index] * (workers == 1 ? 4e7 : 1e7)
                    func rounds(_ lock: String, _ factor: Double, _ more: [String: String] = [:]) -> [Record] {
                        FleetRounds.rounds(
                            host, lock, workers: workers, rate: speed * factor, varying: 0.01,
                            more.merging(["kernel": kernel]) { $1 })
                    }
                    let isSlower = isNew && workers == 2
                    return (host == "n2" && workers == 1 ? [] : rounds("futex", 1))
                        + rounds("robust-futex", [1.9, 2.1, 0.8][index])
                        + rounds("pthread-robust", isSlower ? 0.44 : 0.5)
                        + rounds("mcs", [0.1, 0.2, 1.4][index] * (isSlower && host != "n3" ? 0.7 : 1))
                        + rounds("none", 3, ["integrity": workers == 2 ? "failed" : "ok"])
                }
            }
        }
    }
}
