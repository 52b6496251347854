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
                "throughput_per_s": "\(own)", "latency_samples": "100000",
                "acquire_p99_ns": "\(Int(1e11 / max(1, own)))",
                "acquire_p999_ns": "\(Int(3e11 / max(1, own)))",
            ]
            return record(lock, workers: workers, round: round, all.merging(figures) { $1 })
        }
    }

    static func machines(_ records: [Record], axis: MachineAxis? = nil) -> [ComparedMachine] {
        ComparedMachine.all(MachineRounds.groups(records, by: axis?.column), axis: axis)
    }

    static func file(_ records: [Record], _ path: String = "a.csv", columns: [String] = contractedColumns)
        -> RecordedRounds
    {
        RecordedRounds(path: path, columns: columns, rounds: records.enumerated().map { ($0 + 2, $1) })
    }

    /// Three machines, each with two kernels: four locks and a control with one worker and with two.
    ///
    /// With two workers, pthread-robust loses 12 % by the kernel on all three machines, and mcs 30 % on all but n3. On n2,
    /// no round has futex with one worker.
    static var golden: [Record] {
        var records: [Record] = []
        for host in ["n1", "n2", "n3"] {
            for kernel in ["6.1", "6.18"] {
                for workers in [1, 2] { records += golden(host, kernel, workers) }
            }
        }
        return records
    }

    private static func golden(_ host: String, _ kernel: String, _ workers: Int) -> [Record] {
        let speeds = ["n1": 1.0, "n2": 2, "n3": 0.7]
        let robust = ["n1": 1.9, "n2": 2.1, "n3": 0.8]
        let queue = ["n1": 0.1, "n2": 0.2, "n3": 1.4]
        let isSlower = kernel == "6.18" && workers == 2
        let speed = (speeds[host] ?? 1) * (workers == 1 ? 4e7 : 1e7)
        func rounds(_ lock: String, _ factor: Double, _ integrity: String = "ok") -> [Record] {
            Self.rounds(
                host, lock, workers: workers, rate: speed * factor, varying: 0.01,
                ["kernel": kernel, "integrity": integrity])
        }
        let futex = host == "n2" && workers == 1 ? [] : rounds("futex", 1)
        let mcs = (queue[host] ?? 1) * (isSlower && host != "n3" ? 0.7 : 1)
        return futex + rounds("robust-futex", robust[host] ?? 1) + rounds("pthread-robust", isSlower ? 0.44 : 0.5)
            + rounds("mcs", mcs) + rounds("none", 3, workers == 2 ? "failed" : "ok")
    }
}
