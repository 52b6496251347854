import ShmCoordinator
import ShmCore
import Testing

@testable import ShmCompare
@testable import ShmRecord
@testable import ShmRender
@testable import ShmStatistics
@testable import shmbench

/// Rankings, and the verdicts that name winners and ties.
@Suite(.timeLimit(.minutes(10))) struct RankingTests {
    /// Rounds with these throughputs.
    private func rounds(
        _ lock: String, _ rates: [Double], workers: Int = 2, run: String = "r", _ figures: [String: String] = [:]
    ) -> [Record] {
        rates.enumerated().map { index, rate in
            record(
                lock, workers: workers, round: index + 1,
                ["throughput_per_s": "\(rate)", "run_id": run, "latency_samples": "100000"].merging(figures) { $1 })
        }
    }

    private func summaries(_ records: [Record]) throws -> [CellSummary] {
        try #require(MachineRounds.groups(records).first).summaries
    }

    private func ranking(_ records: [Record]) throws -> Ranking {
        try #require(Rankings(try summaries(records)).all.first?.speed)
    }

    /// The verdict on one line.
    private func verdict(_ records: [Record]) throws -> String {
        RunVerdict.text(try summaries(records)).split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }

    private static let steady = (0..<12).map { 1e6 * (1 + Double($0 % 5) / 2000) }

    @Test func `a winner is named with its lead over the next`() throws {
        let records =
            rounds("futex", Self.steady.map { $0 * 1.2 }) + rounds("tas", Self.steady) + rounds("mcs", Self.steady)
        let found = try ranking(records)
        #expect(found.winner?.lock == "futex" && found.choice?.reason == .best && found.remedy == nil)
        #expect(try verdict(records).contains("2 workers: futex is fastest (1.20 M/s, ×1.20 that of tas)"))
    }

    @Test func `locks without a difference above the threshold are ties`() throws {
        let shifted = Self.steady.shuffled().map { $0 * 1.004 }
        let records =
            rounds("futex", shifted) + rounds("robust-futex", Self.steady) + rounds("tas", Self.steady.map { $0 / 2 })
        let found = try ranking(records)
        #expect(found.winner == nil && found.equivalent.map(\.summary.lock) == ["robust-futex"])
        #expect(found.rivals.first { $0.summary.lock == "tas" }?.standing == .behind)
        #expect(
            try verdict(records).contains(
                "futex and robust-futex†: no difference above 3% (1.00 M/s); choose robust-futex†, which survives its owner's death"
            ))
    }

    @Test func `too few rounds part no locks, and the verdict says how many would`() throws {
        let records = rounds("futex", [1.10e6, 1.02e6, 1.06e6]) + rounds("tas", [1.00e6, 1.01e6, 0.98e6])
        let found = try ranking(records)
        guard case .rounds(let needed, true) = found.remedy else {
            Issue.record("\(String(describing: found.remedy))")
            return
        }
        #expect(needed >= BestComparison.fewestPairs)
        let words = try verdict(records)
        #expect(
            words.contains(
                "futex and tas cannot be told apart by 3 rounds (up to 1.06 M/s). 1 comparison of throughput is undecided after 3 rounds: about --rounds \(needed) would decide it."
            ), "\(words)")
        #expect(!words.contains("fastest"))
        let alone = try verdict(rounds("futex", [1e6]) + rounds("tas", [9e5]))
        #expect(
            alone.contains("cannot be told apart by 1 round (up to 1.00 M/s).")
                && alone.contains("is undecided after 1 round: use --rounds 5 or more."), "\(alone)")
    }

    @Test func `a built-in lock leads a plugin's only beyond the cost of its calls`() throws {
        func found(_ best: String, _ factor: Double) throws -> (Ranking, String) {
            let other = best == "futex" ? "my-futex" : "futex"
            let records = rounds(best, Self.steady.map { $0 * factor }) + rounds(other, Self.steady)
            return (try ranking(records), try verdict(records))
        }
        let (same, words) = try found("futex", 1.5)
        #expect(same.winner == nil && same.rivals[0].isWithinPluginCalls && same.remedy == nil)
        #expect(
            words.contains(
                "2 workers: futex and my-futex: no difference beyond a plugin's calls (up to 1.50 M/s); choose futex, the first of them in the catalogue. A lead of up to ×2.00 over a lock that is not built in is undecided"
            ), "\(words)")
        #expect(!words.contains("fastest") && !words.contains("--rounds"), "\(words)")
        let (ahead, lead) = try found("futex", 2.5)
        #expect(ahead.winner?.lock == "futex" && !lead.contains("A lead of"), "\(lead)")
        // The plugin leads in spite of its calls.
        #expect(try found("my-futex", 1.2).0.winner?.lock == "my-futex")
        // Two plugins are called alike.
        let plugins = rounds("my-futex", Self.steady.map { $0 * 1.2 }) + rounds("other-futex", Self.steady)
        #expect(try ranking(plugins).winner?.lock == "my-futex")
    }

    @Test func `the rounds of different runs do not pair`() throws {
        let records = rounds("futex", Self.steady, run: "a") + rounds("tas", Self.steady.map { $0 / 9 }, run: "b")
        #expect(try ranking(records).remedy == .unpaired)
        #expect(try verdict(records).contains("no rounds of one run have both"))
        // However many they are.
        let many = LockKind.all.filter(\.properties.excludes).prefix(12).map(\.name)
        let apart = many.flatMap { rounds($0, Self.steady, run: $0) }
        #expect(try verdict(apart).contains("no rounds of one run have both"))
    }

    @Test func `leads that contradict each other have no remedy`() throws {
        // Each leads another in the rounds that the two have.
        func part(_ lock: String, _ rounds: Range<Int>, _ rate: Double) -> [Record] {
            rounds.map { record(lock, round: $0, ["throughput_per_s": "\(rate * (1 + Double($0) / 1e4))"]) }
        }
        let records =
            part("futex", 1..<13, 1e6) + part("futex", 31..<43, 2e6) + part("tas", 1..<13, 2e6)
            + part("tas", 16..<28, 1e6) + part("mcs", 16..<28, 2e6) + part("mcs", 31..<43, 1e6)
        let found = try ranking(records)
        #expect(found.winner == nil && found.undecided.count == 1 && found.remedy == nil)
        #expect(!(try verdict(records)).contains("longer --duration"))
    }

    @Test func `drift between rounds does not hide a lead`() throws {
        let drift = (0..<12).map { 1e6 * (1 + Double($0) / 6) }
        let records = rounds("futex", drift.map { $0 * 1.1 }) + rounds("tas", drift)
        #expect(try ranking(records).winner?.lock == "futex")
    }

    @Test func `of ties, one that survives its owner's death is chosen, and of several the first in the catalogue`()
        throws
    {
        func choice(_ locks: String...) throws -> String {
            let choice = try #require(try ranking(locks.flatMap { rounds($0, Self.steady) }).choice)
            return "\(choice.lock.lock), \(choice.reason)"
        }
        #expect(try choice("mcs", "flock", "robust-futex") == "robust-futex, firstSurvivor")
        #expect(try choice("mcs", "tas", "flock") == "flock, survives")
        #expect(try choice("mcs", "tas", "futex-spin") == "futex-spin, first")
        #expect(try choice("unknown-lock", "mcs") == "mcs, first")
    }

    @Test func `nothing unfair is praised as fair`() throws {
        func words(_ jain: String) throws -> String {
            try verdict(
                ["futex", "tas"].flatMap { rounds($0, Self.steady, workers: 4, ["fairness_window_jain": jain]) })
        }
        #expect(try words("0.2500").contains("none is fair within 10 ms (Jain's index at most 0.25)"))
        #expect(try words("0.9900").contains("fairest: futex and tas tie (0.99 within 10 ms)"))
    }

    @Test func `a clause that tells no locks apart is left out`() throws {
        let locks = LockKind.all.filter(\.properties.excludes).prefix(12).map(\.name)
        let records = locks.enumerated().flatMap { place, lock in
            rounds(
                lock, [1e6, 1.2e6, 1.1e6].map { $0 * (1 + Double(place) / 100) },
                ["acquire_p999_ns": "\(30 + 5 * place)"])
        }
        let words = try verdict(records)
        #expect(!words.contains("told apart") && !words.contains("tail"), "\(words)")
        #expect(
            words.contains(" comparisons of throughput are undecided after 3 rounds: about --rounds "), "\(words)")
    }

    @Test func `of many locks that cannot be told apart, those that survive may be`() throws {
        let locks = LockKind.all.filter { $0.properties.excludes && !$0.properties.survivesOwnerDeath }.prefix(12)
        let rates = [1e6, 1.2e6, 1.1e6]
        let records =
            locks.flatMap { rounds($0.name, rates.shuffled()) } + rounds("robust-futex", rates)
            + rounds("flock", rates.map { $0 / 10 })
        let words = try verdict(records)
        #expect(
            words.contains(
                "2 workers: robust-futex† is fastest of the locks that survive owner death (1.10 M/s, ×10.0 that of flock†)"
            ), "\(words)")
        #expect(!words.contains("told apart"), "\(words)")
    }

    @Test func `many ties are counted, not named`() throws {
        let locks = LockKind.all.filter(\.properties.excludes).prefix(12).map(\.name)
        let records = locks.flatMap { rounds($0, Self.steady, ["fairness_window_jain": "0.9900"]) }
        let words = try verdict(records)
        #expect(words.contains("fairest: all 12 tie (0.99 within 10 ms)"), "\(words)")
        #expect(words.contains(" and 6 more: no difference above 3%"), "\(words)")
    }

    @Test func `a tail that is shorter by one step of the clock is a tie`() throws {
        func tail(_ other: String) throws -> Ranking? {
            let records =
                rounds("futex", Self.steady, ["acquire_p999_ns": "30", "clock_step_ns": "10"])
                + rounds("tas", Self.steady, ["acquire_p999_ns": other, "clock_step_ns": "10"])
            return try #require(Rankings(try summaries(records)).all.first).tail
        }
        #expect(try tail("40")?.winner == nil)
        #expect(try tail("400")?.winner?.lock == "futex")
    }

    @Test func `a round with a percentile of too few samples has none, also in older files`() throws {
        func figures(_ samples: String) throws -> CellSummary {
            try #require(
                try summaries(
                    rounds("futex", Self.steady, ["latency_samples": samples, "acquire_p999_ns": "3000"])
                ).first)
        }
        let (few, some, many) = (try figures("19"), try figures("1000"), try figures("10000"))
        #expect(few.p50 == nil && few.p99 == nil && few.p999 == nil)
        #expect(some.p50 == 200 && some.p99 == 1000 && some.p999 == nil)
        #expect(many.p999 == 3000)
    }

    @Test func `the percentiles of a line are over the same rounds, so they ascend`() throws {
        // The rounds with few samples have the longer times.
        let records = (1...5).map { round in
            record(
                "futex", round: round,
                round <= 2
                    ? [
                        "latency_samples": "9000", "acquire_p50_ns": "700", "acquire_p99_ns": "9000",
                        "acquire_p999_ns": "9500",
                    ]
                    : [
                        "latency_samples": "90000", "acquire_p50_ns": "10", "acquire_p99_ns": "\(100 * round)",
                        "acquire_p999_ns": "\(101 * round)",
                    ])
        }
        let line = try #require(try summaries(records).first)
        #expect(line.p50 == 10 && line.p99 == 400 && line.p999 == 404)
        // A minority of the rounds does not represent the others.
        let minority = try #require(try summaries(Array(records.prefix(3))).first)
        #expect(minority.p999 == nil && minority.p99 == 9000)
    }

    @Test func `locks whose owners are not killed are named beside those that were`() throws {
        let killed = rounds(
            "robust-futex", Self.steady,
            ["kills": "5", "kill_failures": "0", "recovery_p50_ns": "21000", "reaping_p50_ns": "900"])
        let records = killed + rounds("futex", Self.steady) + rounds("robust-futex", Self.steady, workers: 1)
        let document = RoundsDocument(summaries: try summaries(records), isComplete: true, sort: .throughput)
        let text = document.text(Page(), isMarkdown: false)
        #expect(text.contains("robust-futex       2    60      0  21.0 µs 900 ns"), "\(text)")
        let words = text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        #expect(words.contains("No owner was killed of futex: it does not promise to survive that"))
        #expect(words.contains("With 1 worker no owner was killed: no other worker would go on."))
        let without = RoundsDocument(
            summaries: try summaries(rounds("futex", Self.steady)), isComplete: true, sort: .throughput)
        #expect(!without.text(Page(), isMarkdown: false).contains("kill"))
    }

    @Test func `a run of controls praises no lock, and a stuck control is one of the cells counted`() throws {
        func verdict(_ records: [Record], isComplete: Bool) throws -> String? {
            let summaries = try summaries(records)
            return RoundsDocument(summaries: summaries, isComplete: isComplete, sort: .throughput).notices.last?.text
        }
        let (lock, control) = (rounds("futex", Self.steady), rounds("none", Self.steady))
        let stuck = rounds("none", Self.steady, ["integrity": "stuck"])
        #expect(try verdict(control, isComplete: true) == "no lock was measured, only controls")
        #expect(try verdict(control, isComplete: false) == "not all rounds were measured, and no lock was")
        #expect(
            try verdict(lock + control, isComplete: false)
                == "not all rounds were measured; in 1 cell every lock kept its promise")
        #expect(try verdict(stuck, isComplete: true) == "a lock broke its promise in 1 of 1 cell")
        #expect(try verdict(lock + stuck, isComplete: true) == "a lock broke its promise in 1 of 2 cells")
    }
}
