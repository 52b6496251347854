import ArgumentParser
import Foundation
import Histogram
import ShmCore
import ShmHarness
import ShmHistory
import Testing

@testable import ShmCompare
@testable import ShmCoordinator
@testable import ShmRecord
@testable import ShmRender
@testable import shmbench

extension CommandLineSuite.Inputs {
    /// Every document of every command, in every format, from fixed inputs.
    @Suite struct GoldenTests {
        private static let formats = Renderers.all.map(\.name)
        private static let run = RunConditions(id: "20231114T221320Z-1", seed: 7, clock: ClockCalibration())

        /// Facts about this machine in the documents.
        private static var machine: KeyValuePairs<String, String> {
            let machine = Machine.current
            return [
                "\"hostname\":\"\(machine.hostname)\",\"kernel\":\"\(machine.kernel)\",\"cpu_model\":\"\(machine.cpuModel)\",\"cpus\":\(machine.cpus)":
                    "\"machine\":MACHINE",
                ",\(machine.hostname),\(machine.kernel),\(machine.cpuModel),\(machine.cpus),": ",MACHINE,",
                "\"tool_version\":\"\(ToolVersion.current)\"": "\"tool_version\":VERSION",
                ",\(ToolVersion.current),": ",VERSION,",
            ]
        }

        // MARK: run

        private static func row(
            _ lock: LockKind, workers: Int, round: Int, sections: UInt64, integrity: RoundResult.Integrity = .ok,
            spacing: Arrivals.Spacing = .closed, scenario: String = "default"
        ) -> Row {
            var counts: [Arena.Timed: [UInt64]] = [:]
            for (timed, scale) in [(Arena.Timed.acquire, UInt64(1)), (.hold, 2), (.handoff, 7), (.reacquire, 3)] {
                var cells = [UInt64](repeating: 0, count: timed.geometry.cellCount)
                for (value, count) in [(40, 9000), (100, 900), (4096, 99), (100_000, 1)] as [(UInt64, UInt64)] {
                    cells[timed.geometry.index(of: value * scale)] += count
                }
                counts[timed] = cells
            }
            var result = RoundResult(startedAt: 1_700_000_000)
            result.integrity = integrity
            if integrity != .stuck {
                var figures = RoundResult.Figures(
                    duration: 0.25,
                    windows: (0..<4).map { window in
                        (0..<workers).map { sections / 4 + UInt64(window + $0) * 1000 + UInt64(round) * 700 }
                    },
                    userSeconds: 0.25, systemSeconds: 0.125, voluntarySwitches: 3, involuntarySwitches: 4,
                    minorFaults: 5, heapBytes: 0, residentKilobytes: 1000, histograms: counts,
                    longestAcquisition: 100_100)
                figures.owners = (0..<2000).map { UInt16($0 / 3 % workers) }
                figures.latencyDuration = 0.1
                if spacing != .closed { (figures.arrivalsDue, figures.arrivalsDone) = (5000, 4998) }
                result.figures = figures
            } else {
                result.whereabouts = ["worker 1 waits"]
            }
            if integrity == .failed { (result.lostUpdates, result.overlaps) = (12, 34) }
            var load = Load(workers: workers)
            load.spacing = spacing
            load.rate = spacing == .closed ? 0 : 50_000
            load.scenario = scenario
            return Row(
                run: run, cell: Cell(lock, load), round: round, result: result)
        }

        private static let rows: [Row] = (1...3).flatMap { round in
            [
                row(.futex, workers: 1, round: round, sections: 9_000_000),
                row(.robustFutex, workers: 1, round: round, sections: 8_500_000),
                row(.futex, workers: 2, round: round, sections: 4_000_000),
                row(.robustFutex, workers: 2, round: round, sections: 3_900_000),
                row(.mcs, workers: 2, round: round, sections: 30_000),
                row(.tas, workers: 2, round: round, sections: 0, integrity: round == 2 ? .stuck : .ok),
                row(.noLock, workers: 2, round: round, sections: 8_000_000, integrity: .failed),
                row(.futex, workers: 2, round: round, sections: 12_000, spacing: .poisson, scenario: "web"),
            ]
        }

        private static var summaries: [CellSummary] {
            CellSummary.summaries(rows, cells: Array(rows.prefix(8)).map(\.cell))
        }

        @Test(arguments: [80, 200])
        func `run: tables, verdicts and warnings`(width: Int) throws {
            let table = SummaryTable(summaries: Self.summaries, page: Page(width: width)).text
            let words = Verdict.text(Self.summaries) + "\n" + Verdict.text(Self.summaries, isComplete: false) + "\n"
            let warnings = Warnings.lines(Self.summaries).filter { !$0.contains("clock") && !$0.contains("share") }
            try Golden.expect(
                "\(table)\n\(words)\n\(warnings.joined(separator: "\n"))\n", "run.table.\(width).txt")
        }

        @Test(arguments: SortKey.allCases)
        func `run: sort orders`(sort: SortKey) throws {
            let text = SummaryTable(summaries: Self.summaries, sort: sort).text
            let locks = text.split(separator: "\n").compactMap { $0.split(separator: " ").first }
            try Golden.expect(locks.joined(separator: "\n") + "\n", "run.sort.\(sort.rawValue).txt")
        }

        @Test(arguments: ["junit", "github"])
        func `run: for CI services`(format: String) throws {
            let report = RunReport(
                rows: Self.rows, summaries: Self.summaries, isComplete: true, sort: .throughput, kept: "rows in x.csv")
            try Golden.expect(rendered(report.report, format), "run.\(format)")
        }

        @Test(arguments: [true, false])
        func `run: an incomplete run is not a success`(isEmpty: Bool) throws {
            let report = RunReport(
                rows: isEmpty ? [] : Self.rows, summaries: isEmpty ? [] : Self.summaries, isComplete: false,
                sort: .throughput, kept: "")
            #expect(try rendered(report.report, "junit").contains("<error message=\"not all rounds were measured\"/>"))
        }

        @Test func `run: Markdown, CSV and JSON`() throws {
            try Golden.expect(
                SummaryTable(summaries: Self.summaries, markdown: true).text, "run.markdown.md")
            let clock = Self.run.clock
            let read = Value(clock.cost, decimals: 2), step = Value(clock.step, decimals: 0)
            let log = Value(Self.run.logCost, decimals: 2)
            func text(_ value: Value) -> String {
                if case .decimal(let number, let d) = value { Figure.decimal(number, d) } else { "" }
            }
            let csv = csvDocument(Self.rows).split(separator: "\n").map { line in
                line.replacing(",\(clock.name),\(text(read)),", with: ",CLOCK,")
                    .replacing(",\(text(step)),7,\(text(log)),", with: ",STEP,7,LOG,")
            }
            try Golden.expect(csv.joined(separator: "\n") + "\n", "run.csv", masks: Self.machine)
            let records = Report.Records(Self.rows)
            let json = JSON.document(schema: records.schema, records.names, records.rows)
                .replacing("\"clock\":\"\(clock.name)\",\"clock_read_ns\":\(text(read))", with: "\"clock\":CLOCK")
                .replacing("\"clock_step_ns\":\(text(step)),", with: "")
                .replacing("\"log_ns\":\(text(log)),", with: "")
            try Golden.expect(json, "run.json", masks: Self.machine)
        }

        // MARK: crash, stress

        @Test(arguments: formats)
        func crash(format: String) throws {
            func result(_ lock: LockKind, hangs: Int = 0, corruptions: Int = 0, isComplete: Bool = true) -> CrashResult
            {
                var tally = CrashTally()
                (tally.instructions, tally.kills, tally.ownerDeaths) = (120, 124, 60)
                (tally.hangs, tally.corruptions, tally.slowestRecovery) = (hangs, corruptions, 1_234_567)
                tally.findings = hangs + corruptions > 0 ? ["instruction 7: worker 1 waits"] : []
                tally.corruptionFindings = corruptions > 0 ? ["instruction 9: two were inside"] : []
                var result = CrashResult(lock: lock, startedAt: 1_700_000_000)
                result.paths = [(.uncontended, tally), (.waiter, tally)]
                result.isComplete = isComplete
                result.duration = 1_500_000_000
                return result
            }
            let results = [
                result(.robustFutex), result(.flock, hangs: 2), result(.futex, hangs: 9),
                result(.noLock, corruptions: 3),
                result(.sysvSemUndo, isComplete: false), CrashResult(lock: .ofdRecord),
            ]
            try Golden.expect(
                rendered(Report(results, CrashConditions(workers: 3, every: 1)), format), "crash.\(format)",
                masks: Self.machine)
        }

        @Test(arguments: formats)
        func stress(format: String) throws {
            func result(_ lock: LockKind, _ fault: Fault, hangs: Int = 0, corruptions: Int = 0) -> StressResult {
                var result = StressResult(lock, fault)
                (result.episodes, result.kills, result.hangs, result.corruptions) = (10, 9, hangs, corruptions)
                (result.reportedDeaths, result.repaired, result.duration) = (8, 2, 2_000_000_000)
                for time in 1...10 { result.recovery.add(UInt64(time) * 10_000) }
                if hangs > 0 { result.noteHang("worker 2 waits for ever") }
                if corruptions > 0 { result.noteCorruption("two were inside") }
                return result
            }
            let matrix = SurvivalMatrix(
                results: [
                    result(.robustFutex, .killHolder), result(.robustFutex, .interrupt),
                    result(.flock, .killHolder, hangs: 1), result(.futex, .killHolder, hangs: 3),
                    result(.noLock, .interrupt, corruptions: 4),
                ],
                kinds: [.robustFutex, .flock, .futex, .noLock], faults: [.killHolder, .interrupt],
                startedAt: 1_700_000_000, seed: 7, workers: 4)
            try Golden.expect(rendered(Report(matrix), format), "stress.\(format)", masks: Self.machine)
        }

        // MARK: compare, check

        private static let findings: Findings = {
            func metric(_ metric: Metric, _ ratio: Double, _ word: Word) -> MetricFinding {
                MetricFinding(
                    metric: metric, threshold: metric.usualThreshold, base: 2e8, candidate: 2e8 * ratio,
                    change: Change(ratio: ratio, low: ratio - 0.01, high: ratio + 0.01, confidence: 0.998, samples: 10),
                    fresh: Change(ratio: ratio, low: ratio - 0.02, high: ratio + 0.02, confidence: 0.8, samples: 8),
                    word: word)
            }
            var all = Findings(
                base: "a b", candidate: "c<d>&\"e\"",
                cells: [
                    CellFinding(
                        load: load(workers: 2), baseLock: "futex", candidateLock: "mcs",
                        metrics: [
                            metric(.throughput, 0.9, .slower), metric(.p50, 1.01, .equivalent),
                            metric(.p99, 1.2, .undecided),
                            metric(.fairness, 1.3, .faster),
                            MetricFinding(metric: .heap, threshold: 0, base: 0, candidate: 0, word: .equivalent),
                            MetricFinding(metric: .integrity, threshold: 0, word: .equivalent),
                        ]),
                    CellFinding(
                        load: load(workers: 1), baseLock: "futex", candidateLock: "futex",
                        metrics: [MetricFinding(metric: .integrity, threshold: 0, word: .broken)],
                        note: "2 lost updates in round 3"),
                ],
                falseAlarms: 0.01, startedAt: 1_700_000_000, seed: 1)
            all.notes = ["80 rounds of 300ms in 42 s, seed 1."]
            return all
        }()

        @Test func `compare and check`() throws {
            for width in [80, 200] {
                try Golden.expect(
                    FindingsTable(findings: Self.findings, page: Page(width: width)).text, "compare.table.\(width).txt")
            }
            let report = Report(Self.findings)
            try Golden.expect(rendered(report, "markdown"), "compare.markdown.md")
            try Golden.expect(rendered(report, "csv"), "compare.csv")
            try Golden.expect(rendered(report, "json"), "compare.json")
            try Golden.expect(rendered(report, "junit"), "compare.junit.xml")
            try Golden.expect(rendered(report, "github"), "compare.github.txt")
        }

        @Test(arguments: formats)
        func `compare: files`(format: String) throws {
            let folder = try Folder()
            for (name, factor) in [("a.csv", 1.0), ("b.csv", 0.8)] {
                var text = contractedColumns.joined(separator: ",") + "\n"
                for round in 1...24 {
                    let noise = 1 + Double(round % 5) / 1000
                    let record = record(
                        round: round,
                        ["throughput_per_s": "\(5e7 * factor * noise)", "acquire_p50_ns": "\(200 / factor * noise)"])
                    text += contractedColumns.map(record.text).joined(separator: ",") + "\n"
                }
                try text.write(toFile: folder.path(name), atomically: true, encoding: .utf8)
            }
            let outcome = try Invocation(
                ["compare", "a.csv", "b.csv", "--format", format], in: folder
            ).finish()
            #expect(outcome.exit == .code(2), "\(outcome.stderr)")
            try Golden.expect(outcome.stdout, "compare.files.\(format)", masks: [folder.path: "FOLDER"])
        }

        // MARK: history

        private func plant(_ path: String) throws {
            let history = try History(path: path, .results, creating: true)
            let columns = [
                "schema", "run_id", "started_at", "tool_version", "hostname", "kernel", "cpu_model", "cpus", "scenario",
                "lock", "workers", "round", "critical_section_ns", "think_ns", "counters", "arrivals", "rate_per_s",
                "pinning", "read_percent", "throughput_per_s", "acquire_p50_ns", "integrity",
            ]
            for index in 0..<40 {
                let rate = (index < 20 ? 50e6 : 40e6) * (1 + [-0.002, 0, 0.002, -0.001, 0.001][index % 5])
                let minute = index < 10 ? "0\(index)" : "\(index)"
                let rows = [0.5, 1, 3].enumerated().map { round, factor -> [HistoryValue] in
                    [
                        .integer(1), .text("20260102T030000Z-x\(index)"), .text("2026-01-02T03:\(minute):00Z"),
                        .text("0.0.1"), .text("here"), .text("6.1"), .text("A CPU"), .integer(2), .text("default"),
                        .text("futex"), .integer(2), .integer(Int64(round + 1)), .integer(0), .integer(0), .integer(4),
                        .text("closed"), .null, .text("spread"), .null, .real(rate * factor), .integer(100),
                        .text("ok"),
                    ]
                }
                try history.append(command: "run --rounds 3", commit: "c\(index)", columns: columns, rows: rows)
            }
        }

        @Test func history() throws {
            let folder = try Folder()
            try plant(folder.path("h.db"))
            func document(_ arguments: String...) throws -> String {
                let outcome = try Invocation(["history", "h.db"] + arguments, in: folder).finish()
                #expect(outcome.exit == .code(0), "\(outcome.stderr)")
                return outcome.stdout
            }
            for format in Self.formats {
                try Golden.expect(document("--format", format), "history.runs.\(format)")
                try Golden.expect(
                    document("--metric", "throughput,p50", "--format", format), "history.series.\(format)")
            }
            try Golden.expect(document("--export", "o.csv"), "history.otava.yaml", masks: [folder.path: "FOLDER"])
            try Golden.expect(folder.text("o.csv"), "history.otava.csv")
        }

        // MARK: The others

        @Test(arguments: formats)
        func list(format: String) throws {
            try #require(LockKind.all.allSatisfy { $0.obstacle == nil }, "this machine cannot have all locks")
            let outcome = try Invocation(["list", "--format", format]).finish()
            try Golden.expect(outcome.stdout, "list.\(format)")
        }

        @Test(arguments: formats)
        func doctor(format: String) throws {
            let findings = [
                Finding("CPUs", .ok, "2 of 2 may be used", advice: "not shown"),
                Finding("frequency", .warning, "the governor is powersave", advice: "set it to performance"),
                Finding("open files", .note, "500", advice: "raise `ulimit -n`"),
                Finding("ptrace", .obstacle, "not allowed", advice: "allow it"),
            ]
            try Golden.expect(rendered(Doctor.report(findings), format), "doctor.\(format)")
        }

        @Test(arguments: formats)
        func lifecycle(format: String) throws {
            let timings = [("create", 0), ("destroy", 0), ("attach", 100)].map { operation, attachments in
                var times = Histogram<UInt64>(
                    lowestDiscernibleValue: 1, highestTrackableValue: 3_600_000_000_000,
                    numberOfSignificantValueDigits: .three)
                for time in 1...1000 { times.record(UInt64(time * 100)) }
                return SegmentLife.Timing(
                    lock: .default, operation: operation, attachments: attachments, times: times)
            }
            try Golden.expect(rendered(Lifecycle.report(timings, size: 4096), format), "lifecycle.\(format)")
        }

        @Test(arguments: formats)
        func segments(format: String) throws {
            let segment = SharedMemory(key: "shmbench-golden-\(getpid())")
            try segment.create(size: 100)
            defer { try? segment.destroy() }
            let outcome = try Invocation(["segments", "--format", format]).finish()
            let lines = outcome.stdout.split(separator: "\n").filter { $0.contains(segment.key) }
            #expect(outcome.exit == .code(0))
            if format == "github" { return #expect(outcome.stdout.contains("::notice title=shmbench::")) }
            let heads = outcome.stdout.split(separator: "\n").prefix(1)
            // Column widths depend on the other rows.
            let text = (heads + lines).map {
                $0.replacing(/\ +/, with: " ").replacing(/-+/, with: "-").replacing(/,$/, with: "")
            }
            try Golden.expect(
                text.joined(separator: "\n") + "\n", "segments.\(format)",
                masks: [
                    segment.key.replacing(/-+/, with: "-"): "KEY", " \(getpid()) ": " PID ", ",\(getpid()),": ",PID,",
                    ":\(getpid()),": ":PID,",
                ])
        }
    }
}
