import Foundation
import ShmCoordinator
import ShmCore
import Testing

@testable import ShmCompare
@testable import ShmRecord
@testable import ShmRender

/// Grids among the loads of rounds: their axes, the best lock at each point, ties and gaps.
@Suite(.timeLimit(.minutes(10))) struct GridTests {
    /// Rounds that differ by less than the threshold, so that a factor of 1.2 is a lead and a factor of 1 a tie.
    static func rounds(
        _ lock: String, section: Int = 0, think: Int = 0, workers: Int = 2, rate: Double, count: Int = 12,
        _ figures: [String: String] = [:]
    ) -> [Record] {
        (1...count).map { round in
            let all = [
                "critical_section_ns": "\(section)", "think_ns": "\(think)", "latency_samples": "100000",
                "throughput_per_s": "\(rate * (1 + Double(round * 7 % 5) / 2000))", "acquire_p999_ns": "3000",
                "seed": "7", "started_at": "2026-01-02T03:04:05Z", "tool_version": "0.1.0",
            ]
            return record(lock, workers: workers, round: round, all.merging(figures) { $1 })
        }
    }

    /// Two locks of which one is best with short sections and the other with long ones, a tie between, and a control.
    static var crossing: [Record] {
        [(0, 1.5), (100, 1.2), (1000, 1.0), (10_000, 0.8)].flatMap { section, factor in
            [0, 1000].flatMap { think in
                let rate = 1e9 / Double(section + think + 20)
                return rounds("futex", section: section, think: think, rate: rate * factor * (think == 0 ? 1 : 1.01))
                    + rounds("robust-futex", section: section, think: think, rate: rate)
                    + rounds("none", section: section, think: think, rate: rate * 2, ["integrity": "failed"])
            }
        }
    }

    private static func summaries(_ records: [Record]) throws -> [CellSummary] {
        try #require(MachineRounds.groups(records).first).summaries
    }

    private func grid(_ records: [Record]) throws -> LoadGrid {
        let grids = LoadGrid.all(try Self.summaries(records))
        try #require(grids.count == 1)
        return grids[0]
    }

    private func verdict(_ records: [Record]) throws -> [String] { GridVerdict(grid: try grid(records)).sentences }

    // MARK: What is a grid

    @Test func `parameters that differ are axes, the number of workers last and values in order`() throws {
        let records = [10_000, 0, 100].flatMap { section in
            [2, 1].flatMap { Self.rounds("futex", section: section, workers: $0, rate: 1e6, count: 1) }
        }
        let found = try grid(records)
        #expect(found.axes.map(\.title) == ["critical section", "workers"])
        #expect(found.axes.map { $0.positions.map(\.shown) } == [["0", "100ns", "10µs"], ["1", "2"]])
        #expect(found.points.count == 6 && found.combinations == 6)
        #expect(found.point([1, 0])?.load.criticalSection == 100 && found.point([1, 0])?.load.workers == 1)
    }

    @Test func `numbers of workers, scenarios and unrelated loads make no grid`() throws {
        func none(_ records: [Record]) throws -> Bool { LoadGrid.all(try Self.summaries(records)).isEmpty }
        #expect(try none([1, 2, 8].flatMap { Self.rounds("futex", workers: $0, rate: 1e6, count: 1) }))
        #expect(
            try none(
                [0, 100].flatMap {
                    Self.rounds("futex", section: $0, rate: 1e6, count: 1, ["scenario": "s\($0)"])
                }))
        // Three of four combinations.
        let corner = [(0, 0), (0, 9), (9, 0)].flatMap {
            Self.rounds("futex", section: $0, think: $1, rate: 1e6, count: 1)
        }
        #expect(try none(corner))
        // Each lock at rates of its own, as a search measures them.
        let rates = [(1000, "futex"), (2000, "futex"), (1100, "mcs"), (2200, "mcs")].flatMap { rate, lock in
            Self.rounds(lock, rate: 1e3, count: 1, ["arrivals": "poisson", "rate_per_s": "\(rate).0"])
        }
        #expect(try none(rates))
        // An open loop is apart from a closed one.
        let open = ["arrivals": "poisson", "rate_per_s": "5000.0"]
        #expect(
            try none(
                Self.rounds("futex", rate: 1e6, count: 1) + Self.rounds("futex", think: 9, rate: 1e6, count: 1, open)))
    }

    @Test func `loads of a file that differ in everything make no grid`() throws {
        let records = (0..<2000).map { number in
            Self.rounds(
                "futex", section: number, think: number, workers: number + 1, rate: 1e6, count: 1,
                ["counters": "\(number % 1024 + 1)", "read_percent": "\(number % 100)", "pinning": "none"])
        }.flatMap(\.self)
        #expect(LoadGrid.all(try Self.summaries(records)).isEmpty)
    }

    @Test func `words are an axis, too`() throws {
        let records = ["none", "compact", "spread"].flatMap {
            Self.rounds("futex", rate: 1e6, count: 1, ["pinning": $0])
        }
        let axis = try #require(try grid(records).axes.first)
        #expect(axis.title == "pin" && !axis.isOrdered && axis.positions.map(\.shown) == ["compact", "none", "spread"])
    }

    /// The axes of 2 × 2 loads: the values of a parameter, with two think times.
    private func axes(_ values: [[String: String]]) throws -> [[String]] {
        let records = values.flatMap { value in
            [0, 1000].flatMap { Self.rounds("futex", think: $0, rate: 1e6, count: 1, value) }
        }
        return try grid(records).axes.map { [$0.title] + $0.positions.map(\.shown) }
    }

    @Test func `unequal sections are values of the critical section, in the notation of options and by their mean`()
        throws
    {
        func shares(_ text: String, mean: Int) -> [String: String] {
            ["critical_section_ns": "\(mean)", "critical_section_shares": text]
        }
        let values = [
            shares("1:0+1:20000", mean: 10_000), shares("1:0+1:3000", mean: 1500), ["critical_section_ns": "0"],
            ["critical_section_ns": "3000"],
        ]
        let think = ["think", "0", "1µs"]
        #expect(try axes(values) == [["critical section", "0", "3µs", "1:0ns,1:3µs", "1:0ns,1:20µs"], think])
        // Sections of one mean.
        #expect(
            try axes([shares("1:0+1:3000", mean: 1500), ["critical_section_ns": "1500"]])
                == [["critical section", "1500ns", "1:0ns,1:3µs"], think])
    }

    @Test func `bursts are values of the arrivals, and an axis of their own where only their sizes differ`() throws {
        func arrivals(_ kind: String, burst: Int? = nil) -> [String: String] {
            ["arrivals": kind, "rate_per_s": "5000.0", "burst": burst.map { "\($0)" } ?? ""]
        }
        let think = ["think", "0", "1µs"]
        #expect(
            try axes([arrivals("burst", burst: 16), arrivals("poisson"), arrivals("burst", burst: 4)])
                == [think, ["arrivals", "poisson", "bursts of 4", "bursts of 16"]])
        #expect(
            try axes([arrivals("burst", burst: 16), arrivals("burst", burst: 4)]) == [think, ["burst", "4", "16"]])
    }

    // MARK: The best lock

    @Test func `a lock is best only where the rounds separate it, and a control never`() throws {
        let found = try grid(Self.crossing)
        let words = found.points.map { point in
            switch point.standing {
            case .best(let lock): lock.lock
            case .tied(let locks, let all): locks.map(\.lock).sorted().joined(separator: " ≈ ") + " of \(all)"
            case .only, .nothing: "?"
            }
        }
        let expected = ["futex", "futex", "futex ≈ robust-futex of 2", "robust-futex"].flatMap { [$0, $0] }
        #expect(words == expected)
    }

    @Test func `a share is the quotient of the medians, and a control may exceed the best lock`() throws {
        let found = try grid(Self.crossing)
        func share(_ lock: String, _ place: [Int]) throws -> Double? { try found.point(place)?.share(lock).get() }
        #expect(try share("futex", [0, 0]) == 1)
        #expect(abs(try #require(try share("robust-futex", [0, 0])) - 1 / 1.5) < 1e-9)
        #expect(abs(try #require(try share("futex", [3, 0])) - 0.8) < 1e-9)
        #expect(abs(try #require(try share("none", [3, 1])) - 2) < 1e-9)
        let lines = found.lines
        #expect(lines.map(\.lock) == ["futex", "robust-futex", "none"])
        #expect(
            abs(try #require(lines[0].least?.share) - 0.8) < 1e-9
                && lines[0].least?.point.load.criticalSection == 10_000)
    }

    @Test func `an open loop is ranked by p99, where less is better`() throws {
        func open(_ lock: String, _ section: Int, p99: Int, _ figures: [String: String] = [:]) -> [Record] {
            let all = [
                "arrivals": "poisson", "rate_per_s": "50000.0", "acquire_p99_ns": "\(p99)", "acquire_p50_ns": "100",
            ]
            return Self.rounds(lock, section: section, rate: 5e4, all.merging(figures) { $1 })
        }
        let records =
            open("futex", 0, p99: 1000) + open("mcs", 0, p99: 4000) + open("futex", 1000, p99: 8000)
            + open("mcs", 1000, p99: 2000, ["overloaded": "yes", "acquire_p99_ns": ""])
        let found = try grid(records)
        #expect(found.metric == .p99)
        #expect(try found.points[0].share("mcs").get() == 0.25)
        #expect(found.points[1].first?.lock == "futex")
        guard case .failure(.overloaded) = found.points[1].share("mcs") else {
            Issue.record("\(found.points[1].share("mcs"))")
            return
        }
    }

    /// Rounds of an open loop with a p99 in ns; some are overloaded and have none.
    private static func open(_ lock: String, section: Int, p99: Int, count: Int = 12, overloaded: Int = 0) -> [Record] {
        (1...count).flatMap { round in
            let isOver = round <= overloaded
            return rounds(
                lock, section: section, rate: 5e4, count: count,
                [
                    "arrivals": "poisson", "rate_per_s": "50000.0", "acquire_p99_ns": isOver ? "" : "\(p99)",
                    "acquire_p50_ns": isOver ? "" : "100", "overloaded": isOver ? "yes" : "no",
                ])[round - 1...round - 1]
        }
    }

    @Test func `a lock that was overloaded in some rounds is marked, and ranks after those that never were`() throws {
        let records = [0, 1000].flatMap { section in
            Self.open("futex", section: section, p99: 1000, overloaded: section == 0 ? 2 : 0)
                + Self.open("mcs", section: section, p99: 4000) + Self.open("tas", section: section, p99: 8000)
        }
        let found = try grid(records)
        #expect(found.points.map { GridWords.best($0) } == ["mcs", "futex"])
        #expect(try found.points[0].share("futex").get() == 4)
        #expect(found.lines.map(\.lock) == ["mcs", "tas", "futex"])
        #expect(GridWords.legend(found).joined().contains("over n/m"))
        let words = GridVerdict(grid: found).sentences
        #expect(
            words.contains(
                "Overloaded in some rounds: futex at 1 of 2 points; there they rank after the locks that sustained the rate in each round."
            ), "\(words)")
        let maps = GridMaps(try Self.summaries(records))
        #expect(maps.text(Page(), isMarkdown: false).contains("over 2/12 400"))
        #expect(maps.text(Page(), isMarkdown: true).contains("400, over in 2 of 12"))
    }

    @Test func `the only lock that sustained the rate is first, and half of the rounds overloaded are not most`() throws
    {
        let records = [0, 1000].flatMap { section in
            Self.open("futex", section: section, p99: 35_000, count: 2, overloaded: 1)
                + (section == 0 ? Self.open("mcs", section: section, p99: 40_000, count: 2) : [])
                + Self.open("tas", section: section, p99: 9000, count: 2, overloaded: 2)
        }
        let summaries = try Self.summaries(records)
        #expect(summaries.filter(\.isPartlyOverloaded).map(\.lock) == ["futex", "futex"])
        let found = try grid(records)
        #expect(found.points.map { GridWords.figure($0, in: found) } == ["40.0 µs", "35.0 µs, over in 1 of 2"])
        #expect(GridWords.share("tas", at: found.points[0]) == "over")
        // Without a lock that sustained the rate, there is none to rank after.
        let alone = [0, 1000].flatMap { Self.open("futex", section: $0, p99: 9000, count: 2, overloaded: 1) }
        #expect(try verdict(alone) == ["Overloaded in some rounds: futex at all 2 points."])
    }

    // MARK: Gaps

    @Test func `controls alone have no lock to compare with, and throughput 0 is no best`() throws {
        func gap(_ point: GridPoint, _ lock: String) -> String { GridWords.share(lock, at: point) }
        let controls = [0, 100].flatMap { Self.rounds("none", section: $0, rate: 1e6) }
        let alone = try grid(controls)
        #expect(GridWords.best(alone.points[0]) == "no lock" && gap(alone.points[0], "none") == "no lock")
        #expect(GridWords.legend(alone).joined().contains("no lock: no lock to compare with, only controls."))
        let idle = try grid(controls + [0, 100].flatMap { Self.rounds("futex", section: $0, rate: 0) })
        #expect(GridWords.best(idle.points[0]) == "0" && gap(idle.points[0], "futex") == "0")
        #expect(gap(idle.points[0], "none") == "no best")
        let words = GridWords.legend(idle).joined()
        #expect(words.contains("0: the median is 0; no best: ") && !words.contains("few"), "\(words)")
    }

    @Test func `what has no figure is a gap with its reason`() throws {
        let records =
            Self.rounds("futex", rate: 1e6) + Self.rounds("futex", section: 100, rate: 1e6)
            + Self.rounds("mcs", rate: 1e6)
            + [0, 100].flatMap { section in
                Self.rounds("tas", section: section, rate: 1e6, ["integrity": "stuck", "throughput_per_s": ""])
                    + Self.rounds("ticket", section: section, rate: 9e6, ["integrity": "failed"])
            }
        let found = try grid(records)
        func gap(_ lock: String, _ place: [Int]) -> GridGap? {
            if case .failure(let gap)? = found.point(place)?.share(lock) { gap } else { nil }
        }
        #expect(gap("tas", [0]) == .stuck && gap("ticket", [0]) == .broken && gap("mcs", [1]) == .unmeasured)
        // The broken lock is the fastest, and does not win.
        #expect(found.points[0].first?.lock != "ticket")
        guard case .only(let only) = found.points[1].standing else {
            Issue.record("\(found.points[1].standing)")
            return
        }
        #expect(only.lock == "futex")
        #expect(found.lines.first { $0.lock == "mcs" }?.isComplete == false)
        let words = GridWords.legend(found).joined(separator: " ")
        #expect(
            words.contains("STUCK: ") && words.contains("BROKEN: ") && words.contains("–: ")
                && !words.contains("over: "))
    }

    @Test func `a combination that was not measured is a gap of the map`() throws {
        let records = [(0, 0), (0, 1000), (100, 0), (1000, 0), (1000, 1000)].flatMap { section, think in
            Self.rounds("futex", section: section, think: think, rate: 1e6)
                + Self.rounds("mcs", section: section, think: think, rate: 2e6)
        }
        let found = try grid(records)
        #expect(found.point([1, 1]) == nil && found.combinations == 6)
        #expect(
            try verdict(records) == [
                "mcs is best at all 5 points.", "Not measured: 1 of 6 combinations.",
            ])
    }

    // MARK: The verdict

    @Test func `the verdict says which lock is best where, and which is never far from the best`() throws {
        #expect(
            try verdict(Self.crossing) == [
                "futex is best at 4 of 8 points, those with critical section ≤ 100ns; robust-futex† is best at 2 of 8 points, those with critical section 10µs.",
                "At 2 of 8 points there is no clear winner: the rounds do not separate the fastest locks.",
                "At every point, futex has at least 80% of the best lock's throughput (least at critical section 10µs, think 0), and robust-futex† has at least 66% (least at critical section 0, think 1µs).",
            ])
    }

    @Test func `points that do not fill their part of the grid are said to be among it`() throws {
        // Best at a diagonal of the part with short sections.
        let records = [0, 100, 1000].flatMap { section in
            [0, 1000].flatMap { think in
                let isBest = (section, think) == (0, 0) || (section, think) == (100, 1000)
                return Self.rounds("futex", section: section, think: think, rate: isBest ? 2e6 : 1e6)
                    + Self.rounds("robust-futex", section: section, think: think, rate: 1.5e6)
            }
        }
        let words = try verdict(records)
        #expect(
            words.first
                == "robust-futex† is best at 4 of 6 points; futex is best at 2 of 6 points, all with critical section ≤ 100ns.",
            "\(words)")
    }

    @Test func `five rounds of equal locks name no winner anywhere`() throws {
        var generator = SplitMix64(state: 5)
        let records = [0, 100, 1000].flatMap { section in
            ["futex", "mcs", "tas"].flatMap { lock in
                (1...5).map { round in
                    record(
                        lock, workers: 2, round: round,
                        [
                            "critical_section_ns": "\(section)",
                            "throughput_per_s": "\(1e6 * Double.random(in: 0.9...1.1, using: &generator))",
                        ])
                }
            }
        }
        let found = try grid(records)
        #expect(found.points.allSatisfy { if case .tied(_, all: 3) = $0.standing { true } else { false } })
        #expect(GridWords.best(found.points[0]) == "no best of 3")
        let words = try verdict(records)
        #expect(
            words[0].hasPrefix("No point has a clear winner: the rounds do not separate the fastest locks."), "\(words)"
        )
        #expect(!words.joined().contains("is best at"))
    }

    @Test(arguments: [
        (1, "1 round cannot separate any two locks: use more --rounds."),
        (2, "2 rounds cannot separate any two locks: use more --rounds."),
        (3, "3 rounds separate only locks that differ by more than a factor of 4: use more --rounds."), (5, nil),
    ])
    func `the legend says what so few rounds cannot separate`(count: Int, words: String?) throws {
        let records = [0, 100].flatMap { section in
            ["futex", "mcs"].flatMap { Self.rounds($0, section: section, rate: 1e6, count: count) }
        }
        let legend = GridWords.legend(try grid(records))
        let signs = "Maps: medians of throughput. a ≈ b, no best of n: not separated by the rounds."
        #expect(legend == [[signs, words].compactMap(\.self).joined(separator: " ")])
    }

    @Test(arguments: [(0.51, true), (0.49, false)])
    func `a least share below half is not worth a sentence`(share: Double, isNamed: Bool) throws {
        let records = [(0, 1, share), (100, share, 1)].flatMap { section, futex, mcs in
            Self.rounds("futex", section: section, rate: futex * 1e6)
                + Self.rounds("mcs", section: section, rate: mcs * 1e6)
        }
        #expect(try verdict(records).contains { $0.hasPrefix("At every point, ") } == isNamed)
    }

    @Test func `the first of a tie has the best median of two rounds that differ far`() throws {
        let records = [0, 100].flatMap { section in
            Self.rounds("futex", section: section, rate: 1e6, count: 2)
                + [1e5, 2.5e6].enumerated().map { index, rate in
                    Self.rounds("mcs", section: section, rate: rate, count: 2)[index]
                }
        }
        let found = try grid(records)
        #expect(found.points.map { GridWords.best($0) } == ["mcs ≈ futex", "mcs ≈ futex"])
        #expect(found.lines.allSatisfy { ($0.least?.share ?? 0) <= 1 })
    }

    @Test func `one lock alone is in the map, and in no verdict`() throws {
        let records = [0, 100].flatMap { Self.rounds("futex", section: $0, rate: 1e6) }
        #expect(try verdict(records) == [])
        #expect(GridWords.best(try grid(records).points[0]) == "futex")
    }
}
