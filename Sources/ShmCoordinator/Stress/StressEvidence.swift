internal import ShmHarness
internal import Synchronization

/// The counts of all workers.
struct StressEvidence {
    var overlaps: UInt64 = 0
    var lost: UInt64 = 0
    var repaired: UInt64 = 0
    var reportedDeaths: UInt64 = 0
    var unreportedDeaths: UInt64 = 0
    var calls: [Exercise: UInt64] = [:]
    var early: UInt64 = 0
    var late: UInt64 = 0
    var slowTries: UInt64 = 0
    var tornReads: UInt64 = 0
    /// The largest of these deviations, in ns.
    var worst: UInt64 = 0

    init() {}

    init(_ scene: StressScene) {
        overlaps = scene.sum { $0.overlaps.load(ordering: .relaxed) }
        lost = scene.sum { $0.lostUpdates.load(ordering: .relaxed) }
        repaired = scene.sum { $0.repaired.load(ordering: .relaxed) }
        reportedDeaths = scene.sum { $0.reportedDeaths.load(ordering: .relaxed) }
        unreportedDeaths = scene.sum { $0.unreportedDeaths.load(ordering: .relaxed) }
        calls = [
            .lock: scene.sum { $0.locks.load(ordering: .relaxed) },
            .tryLock: scene.sum { $0.tries.load(ordering: .relaxed) },
            .timedWait: scene.sum { $0.timedWaits.load(ordering: .relaxed) },
            .readers: scene.sum { $0.reads.load(ordering: .relaxed) },
        ]
        early = scene.sum { $0.early.load(ordering: .relaxed) }
        late = scene.sum { $0.late.load(ordering: .relaxed) }
        slowTries = scene.sum { $0.slowTries.load(ordering: .relaxed) }
        tornReads = scene.sum { $0.tornReads.load(ordering: .relaxed) }
        worst = scene.most { $0.worst.load(ordering: .relaxed) }
    }

    /// Violations of exclusion since earlier evidence, in words.
    func corruption(since earlier: StressEvidence) -> String? {
        if overlaps > earlier.overlaps {
            return "two processes were inside at once, or left words that do not agree, "
                + counted(overlaps - earlier.overlaps, "time")
        }
        return lost > earlier.lost
            ? "\(counted(lost - earlier.lost, "update")) of live workers \(lost - earlier.lost == 1 ? "was" : "were") lost"
            : nil
    }

    /// Calls since earlier evidence that did not do what they offer.
    func breach(since earlier: StressEvidence) -> (exercise: Exercise, finding: String)? {
        func times(_ count: UInt64) -> String { count == 1 ? "once" : counted(count, "time") }
        if tornReads > earlier.tornReads {
            return (.readers, "a reader saw half-written data, \(times(tornReads - earlier.tornReads))")
        }
        if early > earlier.early {
            return (
                .timedWait,
                "a timed wait returned before its deadline, \(times(early - earlier.early)), by up to \(worst / 1000) µs"
            )
        }
        if late > earlier.late {
            return (
                .timedWait,
                "timed waits returned after their deadlines, \(times(late - earlier.late)), by up to \(worst / 1_000_000) ms"
            )
        }
        if slowTries > earlier.slowTries {
            return (.tryLock, "tries took up to \(worst / 1_000_000) ms, \(times(slowTries - earlier.slowTries))")
        }
        return nil
    }
}
