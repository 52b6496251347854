import Foundation
import ShmCore
import ShmHarness
import Testing

@testable import ShmCompare
@testable import ShmCoordinator
@testable import ShmRecord
@testable import ShmRender
@testable import shmbench

/// Rows of results from synthetic rounds.
@Suite(.timeLimit(.minutes(10))) struct RowTests {
    private func figures(_ sections: [UInt64]) -> RoundResult.Figures {
        RoundResult.Figures(
            duration: 0.5, windows: [sections], userSeconds: 0.25, systemSeconds: 0.125, voluntarySwitches: 3,
            involuntarySwitches: 4, minorFaults: 5, heapBytes: 0, residentKilobytes: 1,
            histograms: [.acquire: counts([40: 998, 100: 1, 4096: 1])], longestAcquisition: 4097)
    }

    /// A histogram from values and their counts.
    private func counts(_ values: [UInt64: UInt64], _ timed: Arena.Timed = .acquire) -> [UInt64] {
        var counts = [UInt64](repeating: 0, count: timed.geometry.cellCount)
        for (value, count) in values { counts[timed.geometry.index(of: value)] += count }
        return counts
    }

    private static let run = RunConditions(
        id: "a,b \"c\"", seed: 7, clock: ClockCalibration())

    private func row(
        _ figures: RoundResult.Figures?, integrity: RoundResult.Integrity = .ok, lock: LockKind = .futex
    ) -> Row {
        var result = RoundResult(startedAt: 1_700_000_000)
        result.figures = figures
        result.integrity = integrity
        let cell = Cell(lock, Load(workers: 3, criticalSection: 200, think: 1000))
        return Row(run: Self.run, cell: cell, round: 2, result: result)
    }

    private func json(_ rows: [Row]) throws -> JSONNode { try JSONNode(JSON.document(Report.Records(rows))) }

    private func csv(_ row: Row) throws -> [String: String] {
        try #require(try Table(csvDocument([row])).rows.first)
    }

    @Test func `the columns are those of schema 1, in its order`() {
        #expect(ResultColumn.all.map(\.name) == contractedColumns)
        #expect(ResultColumn.schema == 1)
    }

    @Test func `fairness follows from the workers' acquisitions`() throws {
        // Counts that are taken as bit patterns are denormal numbers, whose squares vanish.
        let row = try csv(row(figures([1_000_000, 2_000_000, 3_000_000])))
        #expect(row["fairness_jain"] == "0.8571")
        #expect(row["fairness_min_max"] == "0.3333")
        #expect(try csv(self.row(figures([9, 9, 9])))["fairness_jain"] == "1.0000")
        #expect(try csv(self.row(figures([9, 0, 0])))["fairness_jain"] == "0.3333")
        #expect(try csv(self.row(figures([9, 0, 0])))["fairness_min_max"] == "0.0000")
    }

    @Test func `lock opportunity and the figures of each class follow from the times that the lock was held`() throws {
        var figures = figures([1000, 3000, 500])
        figures.holding = RoundResult.Holding(
            held: [100, 300, 5600], acquisitions: [100, 300, 50], duration: 10_000)
        figures.sectionClasses = [0, 0, 1]
        var result = RoundResult(startedAt: 1_700_000_000)
        result.figures = figures
        var cell = Cell(.futex, Load(workers: 3))
        cell.sectionShares = SectionShares([.init(weight: 2, busy: 200), .init(weight: 1, busy: 20_000)])
        func columns() throws -> [String: String] {
            try csv(Row(run: Self.run, cell: cell, round: 2, result: result))
        }
        var row = try columns()
        #expect(row["critical_section_shares"] == "2:200+1:20000")
        // Free for 4000: 4100, 4300 and 9600.
        #expect(row["lock_opportunity_jain"] == "0.8473")
        #expect(row["order_window_jain"] == "0.6585")
        #expect(row["class_workers"] == "2 1" && row["class_throughput_per_s"] == "8000.0 1000.0")
        #expect(row["class_hold_shares"] == "0.0667 0.9333")
        // Readers' times are not measured, and those of a control overlap.
        cell.readPercent = 1
        row = try columns()
        #expect(row["lock_opportunity_jain"] == "" && row["class_hold_shares"] == "" && row["class_workers"] == "2 1")
        (cell.readPercent, cell.lock) = (0, .noLock)
        #expect(try columns()["lock_opportunity_jain"] == "")
        let equal = try csv(self.row(figures))
        #expect(equal["lock_opportunity_jain"] == "0.8473" && equal["class_workers"] == "")
    }

    @Test func `windowed fairness is the median over windows with enough acquisitions`() throws {
        var figures = figures([])
        figures.windows = [[90, 0], [0, 90], [50, 50], [0, 0], [1, 0]]
        let row = try csv(row(figures))
        #expect(row["fairness_window_jain"] == "0.5000")
        // Over the whole window, the counts are nearly even.
        #expect((row["fairness_jain"].flatMap { Double($0) } ?? 0) > 0.999)
        #expect(row["acquisitions"] == "281")
    }

    @Test func `figures have the units of their columns`() throws {
        let row = try csv(row(figures([100, 200, 300])))
        let expected = [
            "started_at": "2023-11-14T22:13:20Z", "lock": "futex", "workers": "3", "round": "2",
            "critical_section_ns": "200", "think_ns": "1000", "counters": "4", "pinning": "spread",
            "arrivals": "closed", "duration_s": "0.500000", "acquisitions": "600", "throughput_per_s": "1200.0",
            "latency_samples": "1000", "acquire_p50_ns": "40", "acquire_p90_ns": "40", "acquire_p99_ns": "40",
            "acquire_p999_ns": "", "acquire_p9999_ns": "", "acquire_max_ns": "4097", "user_s": "0.250000",
            "system_s": "0.125000",
            "voluntary_switches": "3", "involuntary_switches": "4", "minor_faults": "5", "heap_bytes_per_op": "0.000",
            "owner_deaths": "0", "lost_updates": "0", "overlaps": "0", "integrity": "ok",
        ]
        for (name, value) in expected { #expect(row[name] == value, "\(name)") }
    }

    @Test func `a value that was not measured is empty, not 0`() throws {
        let stuck = try csv(row(nil, integrity: .stuck))
        for name in closedLoopEmptyColumns + figureColumns + ["lost_updates"] { #expect(stuck[name] == "", "\(name)") }
        #expect(stuck["integrity"] == "stuck")
        // Without acquisitions, fairness and costs per acquisition are undefined, but the number of acquisitions is 0.
        let idle = try csv(row(figures([0, 0, 0])))
        for name in ["fairness_jain", "fairness_min_max", "heap_bytes_per_op"] { #expect(idle[name] == "", "\(name)") }
        #expect(idle["acquisitions"] == "0")
        var untimed = figures([1, 1, 1])
        untimed.histograms = [:]
        for name in figureColumns where name.hasPrefix("acquire_") || name == "latency_samples" {
            #expect(try csv(row(untimed))[name] == "", "\(name)")
        }
    }

    @Test func `no percentile exceeds the measured maximum`() throws {
        // The last bucket of the histogram covers 4096 to 4099.
        var figures = figures([1, 1, 1])
        figures.histograms = [.acquire: counts([4096: 10_000])]
        figures.longestAcquisition = 4096
        let row = try csv(row(figures))
        for name in ["acquire_p50_ns", "acquire_p999_ns", "acquire_max_ns"] { #expect(row[name] == "4096", "\(name)") }
    }

    @Test func `CSV and JSON have equal values, with text preserved`() throws {
        let rows = [row(figures([1, 2, 3])), row(nil, integrity: .stuck, lock: .noLock)]
        let table = try Table(csvDocument(rows))
        let document = try json(rows)
        #expect(document["schema"] == .number(1))
        let objects = document["rows"]?.elements ?? []
        try #require(objects.count == 2 && table.rows.count == 2)
        for (object, row) in zip(objects, table.rows) {
            #expect(Set(object.members.keys) == Set(contractedColumns))
            for name in contractedColumns {
                let text = try #require(row[name])
                switch object[name] {
                case .null: #expect(text == "", "\(name)")
                case .text(let string): #expect(text == string, "\(name)")
                case .number(let number): #expect(Double(text) == number, "\(name)")
                case .boolean(let isTrue): #expect(text == (isTrue ? "yes" : "no"), "\(name)")
                default: Issue.record("\(name) is missing")
                }
            }
        }
        #expect(table.rows[0]["run_id"] == "a,b \"c\"")
    }

    @Test func `a document without rows is valid`() throws {
        #expect(try Table(csvDocument([])).columns == contractedColumns)
        #expect(try json([])["rows"] == .array([]))
    }

    @Test func `only the negative control may fail its integrity check`() {
        #expect(row(nil, integrity: .ok).isAsPromised)
        #expect(!row(nil, integrity: .failed).isAsPromised)
        #expect(row(nil, integrity: .failed, lock: .noLock).isAsPromised)
        #expect(!row(nil, integrity: .stuck, lock: .noLock).isAsPromised)
    }

    @Test func `a lock that collapses with more workers than CPUs is marked and named`() throws {
        func rows(_ lock: LockKind, _ counts: [(workers: Int, sections: UInt64)]) -> [Row] {
            counts.map { count in
                let cell = Cell(lock, Load(workers: count.workers))
                var result = RoundResult(startedAt: 0)
                result.figures = figures([count.sections])
                return Row(run: Self.run, cell: cell, round: 1, result: result)
            }
        }
        let beyond = Machine.current.cpus + 1
        let ticket = rows(.ticket, [(1, 1_000_000), (Machine.current.cpus, 500_000), (beyond, 4_000)])
        let futex = rows(.futex, [(1, 1_000_000), (Machine.current.cpus, 500_000), (beyond, 100_000)])
        let summaries = CellSummary.summaries(ticket + futex, cells: (ticket + futex).map(\.cell))
        #expect(Collapse.fallen(summaries) == [CellID(Record(ticket[2]))])
        let table = SummaryTable(summaries: summaries).text.split(separator: "\n").filter { $0.contains("▼") }
        #expect(table.count == 1 && table[0].hasPrefix("ticket "))
        let words = RunVerdict.text(summaries).split(whereSeparator: \.isWhitespace).joined(separator: " ")
        #expect(words.contains("the throughput of ticket drops"))
        // Without a number of workers that fits the CPUs, there is no comparison.
        #expect(Collapse.fallen(Array(summaries.filter { $0.load.workers == beyond })) == [])
    }

    @Test func `a round that was cut short has neither costs nor latency`() throws {
        let figures = figures([10])
        var result = RoundResult(startedAt: 0)
        result.figures = figures
        result.isCutShort = true
        let cell = Cell(.ticket, Load(workers: 3))
        let row = Row(run: Self.run, cell: cell, round: 1, result: result)
        let columns = try csv(row)
        for empty in ["user_s", "voluntary_switches", "heap_bytes_per_op", "acquire_p99_ns", "latency_samples"] {
            #expect(columns[empty] == "", "\(empty)")
        }
        #expect(columns["acquisitions"] == "10" && columns["integrity"] == "ok")
        let summary = CellSummary.summaries([row], cells: [cell])
        #expect(SummaryTable(summaries: summary).text.contains(" cut\n"))
        #expect(RunVerdict.text(summary).contains("cut: "))
    }

    @Test func `windows are shorter if there are many rounds`() {
        #expect(RunOptions.window(rounds: 1) == 300_000_000)
        #expect(RunOptions.window(rounds: 60) == 300_000_000)
        #expect((20_000_000..<100_000_000).contains(RunOptions.window(rounds: 378)))
        #expect(RunOptions.window(rounds: 1_000_000) == 20_000_000)
    }

    @Test func `a summary has the rounds' medians and their worst finding`() throws {
        let rows = [row(figures([1, 1, 1])), row(figures([2, 2, 2]), integrity: .failed), row(figures([9, 9, 9]))]
        let summary = try #require(CellSummary.summaries(rows, cells: [rows[0].cell]).first)
        #expect(summary.rounds == 3)
        #expect(summary.throughput == 12)
        #expect(summary.jain == 1)
        #expect(summary.longest == 4097)
        #expect(summary.integrity == .failed)
        #expect(!summary.isAsPromised)
        let text = SummaryTable(summaries: [summary]).text + RunVerdict.text([summary])
        #expect(text.contains("FAILED") && text.contains("do not use it"))
        #expect(!text.contains("kept its promise"))
    }
}
