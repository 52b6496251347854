import ShmCore
import ShmHarness
import Testing

@testable import ShmCompare
@testable import ShmCoordinator
@testable import ShmRecord
@testable import ShmRender
@testable import shmbench

/// Warnings and verdicts on runs.
@Suite(.timeLimit(.minutes(10))) struct WarningsTests {
    private static let run = RunConditions(id: "x", seed: 7, clock: ClockCalibration())

    /// A summary of rounds with these throughputs; `change` modifies each round's result.
    private func summary(
        _ throughputs: [UInt64], workers: Int = 2, lock: LockKind = .futex, spacing: Arrivals.Spacing = .closed,
        change: (inout RoundResult) -> Void = { _ in }
    ) throws -> CellSummary {
        var cell = Cell(lock, Load(workers: workers))
        cell.spacing = spacing
        cell.rate = spacing == .closed ? 0 : 1000
        let rows = throughputs.enumerated().map { index, throughput in
            var acquire = [UInt64](repeating: 0, count: Arena.Timed.acquire.geometry.cellCount)
            acquire[Arena.Timed.acquire.geometry.index(of: 100)] = 100_000
            var result = RoundResult(startedAt: 0)
            result.figures = RoundResult.Figures(
                duration: 1, windows: [[throughput]], userSeconds: 0, systemSeconds: 0, voluntarySwitches: 0,
                involuntarySwitches: 0, minorFaults: 0, heapBytes: 0, residentKilobytes: 0,
                histograms: [.acquire: acquire], longestAcquisition: 100)
            change(&result)
            return Row(run: Self.run, cell: cell, round: index + 1, result: result)
        }
        return try #require(CellSummary.summaries(rows, cells: [cell]).first)
    }

    private func warnings(_ summary: CellSummary) -> [String] { Warnings.lines([summary]) }

    @Test func `sound rounds cause no warning`() throws {
        let lines = warnings(try summary([1000, 1001, 1002, 1000, 999], workers: 1))
        // Warnings about the machine apply to every run on it.
        #expect(lines.filter { !$0.contains("governor") && !$0.contains("clock_gettime") } == [])
    }

    @Test func `rounds that differ are too noisy, with a stricter limit for a single worker`() throws {
        #expect(warnings(try summary([1000, 1050, 1100, 1000, 1100])).filter { $0.hasPrefix("too noisy") } == [])
        let alone = warnings(try summary([1000, 1050, 1100, 1000, 1100], workers: 1))
        #expect(
            alone.contains {
                $0.hasPrefix("too noisy: the interval of the median of futex ") && $0.contains("--rounds")
            })
        let wild = warnings(try summary([1000, 2000, 1500, 900, 2500]))
        #expect(wild.contains { $0.hasPrefix("too noisy: the interval of the median of futex × 2 ") })
    }

    @Test func `cells of a grid are counted, and one of them has its parameters`() throws {
        func lines(noisy: [Int]) throws -> [String] {
            let rounds = [0, 100, 1000].flatMap { section in
                (1...5).map { round in
                    record(
                        workers: 2, round: round,
                        [
                            "critical_section_ns": "\(section)",
                            "throughput_per_s": "\(noisy.contains(section) ? 1000 * round : 1000)",
                        ])
                }
            }
            return Warnings.lines(CellSummary.summaries(rounds, cells: rounds.map(CellID.init).uniqued()))
        }
        let prefix = "too noisy: the interval of the median of futex × 2"
        #expect(try lines(noisy: [0, 1000]).contains { $0.hasPrefix("\(prefix) at 2 points exceeds") })
        #expect(try lines(noisy: [100]).contains { $0.hasPrefix("\(prefix), critical section 100ns exceeds") })
    }

    @Test func `the background load shares the CPUs with the workers`() throws {
        func warning(_ loops: String) -> String? {
            let rounds = (1...3).map { record(workers: 2, round: $0, ["busy_loops": loops]) }
            return Warnings.lines(CellSummary.summaries(rounds, cells: [CellID(rounds[0])])).first {
                $0.hasPrefix("up to ")
            }
        }
        #expect(warning("") == nil)
        #expect(warning("3")?.hasPrefix("up to 2 workers and 3 busy loops share 2 CPUs: ") == true)
    }

    @Test func `a round far from the others is an outlier`() throws {
        let lines = warnings(try summary([1000, 1001, 1002, 1000, 400, 1001, 999, 1000]))
        #expect(lines.contains { $0.hasPrefix("outlier rounds: ") && $0.contains("futex × 2") })
    }

    @Test func `warnings on stolen time, warm-up, overlap and clocks name a remedy`() throws {
        func lines(_ change: (inout RoundResult) -> Void) throws -> [String] {
            warnings(try summary([1000, 1000, 1000], change: change))
        }
        #expect(try lines { $0.stolenShare = 0.05 }.contains { $0.contains("hypervisor took 5.0%") })
        #expect(try lines { $0.stolenShare = 0.005 }.allSatisfy { !$0.contains("hypervisor") })
        #expect(try lines { $0.wasSteady = false }.contains { $0.contains("longer --warmup") })
        #expect(try lines { $0.figures?.overlap = 0.3 }.contains { $0.contains("as little as 30% of a window") })
        #expect(try lines { $0.figures?.clockAnomalies = 2 }.contains { $0.contains("backwards 6 times") })
        #expect(try lines { $0.figures?.heapCounterWorks = false }.contains { $0.contains("jemalloc") })
        #expect(
            try lines { $0.figures?.histograms[.acquire] = [0, 0, 10] }.contains {
                $0.hasPrefix("too short: rounds of futex × 2 have fewer than 1000 samples")
            })
    }

    @Test func `a broken lock is reported with its promise and without advice on noise`() throws {
        let wild: [UInt64] = [1000, 2000, 1500, 900, 2500]
        let two = try summary(wild) {
            ($0.integrity, $0.overlaps, $0.lostUpdates) = (.failed, 2, 3)
            $0.figures?.clockAnomalies = 5505
            $0.wasSteady = false
        }
        #expect(
            warnings(two).allSatisfy { !$0.contains("clock went") && !$0.contains("noisy") && !$0.contains("steady") })
        let words = RunVerdict.text([two]).split(whereSeparator: \.isWhitespace).joined(separator: " ")
        #expect(
            words.contains(
                "futex with 2 workers admitted two processes at once (10 times) and lost 15 updates: do not use it."))
        let lost = RunVerdict.text([try summary([1]) { ($0.integrity, $0.lostUpdates) = (.failed, 7) }])
        #expect(lost.contains("lost 7 updates") && !lost.contains("admitted two"))
        let stuck = RunVerdict.text([try summary([1]) { $0.integrity = .stuck }])
        #expect(stuck.contains("made no progress") && !stuck.contains("admitted two") && !stuck.contains("updates"))
    }

    @Test func `a lock that does not survive a kill is reported for that alone`() throws {
        var recovery = StressResult(.flock, .killHolder)
        (recovery.episodes, recovery.hangs) = (2, 1)
        recovery.noteHang("worker 1 (pid 7) is waiting, sleeping")
        let cell = Cell(.flock, Load(workers: 2))
        let row = Row(run: Self.run, cell: cell, round: 1, result: RoundResult(startedAt: 0), recovery: recovery)
        let line = try #require(CellSummary.summaries([row], cells: [cell]).first)
        let words = RunVerdict.text([line]).split(whereSeparator: \.isWhitespace).joined(separator: " ")
        #expect(words.contains("did not survive the kill of an owner (worker 1 (pid 7) is waiting, sleeping)"))
        #expect(!words.contains("admitted two") && !words.contains("lost"))
    }

    @Test func `promises are confirmed only for measured rounds`() throws {
        let line = try summary([1000, 1000])
        #expect(RunVerdict.text([line]).contains("Every lock kept its promise: no lost updates, no overlaps."))
        #expect(RunVerdict.text([line], isComplete: false).hasPrefix("Not all rounds were measured."))
        let alone = RunVerdict.text([try summary([1000, 1000], workers: 1)])
        #expect(alone.contains("kept its promise: no lost updates.") && !alone.contains("overlaps"))
    }

    @Test func `more workers than CPUs cause a warning about the scheduler`() throws {
        let many = Machine.current.cpus + 1
        #expect(
            warnings(try summary([1, 1, 1], workers: many)).contains { $0.hasPrefix("up to \(many) workers share") })
    }

    @Test func `an overloaded open loop has no latency, and the verdict names it`() throws {
        let overloaded = try summary([1000, 1000, 1000], spacing: .poisson) {
            $0.figures?.arrivalsDue = 10_000
            $0.figures?.arrivalsDone = 5000
        }
        #expect(overloaded.isOverloaded && overloaded.p99 == nil && overloaded.p50 == nil)
        let carried = try summary([1000, 1000, 1000], lock: .robustFutex, spacing: .poisson) {
            $0.figures?.arrivalsDue = 10_000
            $0.figures?.arrivalsDone = 9_990
        }
        #expect(!carried.isOverloaded && carried.p99 == 100)
        let table = SummaryTable(summaries: [overloaded, carried]).text.split(separator: "\n")
        #expect(table.contains { $0.hasPrefix("futex ") && $0.contains("overloaded") })
        #expect(table.contains { $0.hasPrefix("robust-futex ") && !$0.contains("overloaded") })
        let words = RunVerdict.text([overloaded, carried])
        #expect(words.contains("overloaded at 1.00 k/s: futex; p99 of robust-futex†: 100 ns"))
        #expect(!RunVerdict.text([carried, carried]).contains("overloaded"))
    }

    @Test func `the verdict names the fastest, and the fastest of those that survive`() throws {
        let words = RunVerdict.text([
            try summary([5000, 5000, 5000]), try summary([1000, 1000, 1000], lock: .robustFutex),
        ])
        let line = words.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        #expect(
            line.contains(
                "2 workers: futex is fastest (5.00 k/s, ×5.00 that of robust-futex†); of them, only robust-futex† survives owner death (×0.20)"
            ))
        #expect(line.contains("†: survives its owner's death"))
    }

    @Test(arguments: SortKey.allCases)
    func `tables have the requested order`(key: SortKey) throws {
        func named(_ lock: LockKind, _ throughput: UInt64, _ value: UInt64) throws -> CellSummary {
            try summary([throughput, throughput, throughput], lock: lock) {
                var counts = [UInt64](repeating: 0, count: Arena.Timed.acquire.geometry.cellCount)
                counts[Arena.Timed.acquire.geometry.index(of: value)] = 100_000
                $0.figures?.histograms = [.acquire: counts]
                $0.figures?.longestAcquisition = value
            }
        }
        let lines = [try named(.futex, 1000, 10), try named(.tas, 2000, 500)]
        let text = SummaryTable(summaries: lines, sort: key).text.split(separator: "\n").map { String($0.prefix(5)) }
        let order = text.filter { ["futex", "tas  "].contains($0) }
        switch key {
        case .throughput: #expect(order == ["tas  ", "futex"])
        case .p50, .p99, .p999, .name: #expect(order == ["futex", "tas  "])
        case .handoff, .jain: #expect(order.count == 2)
        }
    }

    @Test func `colours mark lines of a table and change no text`() {
        let table = "lock\n------\nfutex  1 no ok\nrobust-futex  1 yes ok\nx FAILED\n▼y\n"
        let painted = Colour.paint(table, isWanted: true)
        #expect(painted.contains("\u{1b}[31mx FAILED\u{1b}[0m"))
        #expect(painted.contains("\u{1b}[32mrobust-futex"))
        let plain = ["31", "32", "33", "2", "0"].reduce(painted) { $0.replacing("\u{1b}[\($1)m", with: "") }
        #expect(plain == table)
        #expect(Colour.paint(table, isWanted: false) == table)
    }
}
