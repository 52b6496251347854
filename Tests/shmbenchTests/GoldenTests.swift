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
        /// HTML of a run depends on the machine in too many places: ``HTMLTests`` has it.
        private static let formats = Renderers.all.map(\.name).filter { $0 != "html" }
        private static let withPages = formats + ["html"]

        @Test func `no document has a plural after 1`() throws {
            let nouns =
                "acquisitions|attachments|blocks|bytes|cells|change points|checks|combinations|corruptions|counters|CPUs|episodes|faults|hangs|kills|leftovers|locks|participants|problems|promises|rounds|rows|runs|samples|times|updates|workers"
            let pattern = try Regex("(?:^|[^0-9.,…-])1 (?:\(nouns))\\b")
            for (name, text) in try Golden.all() {
                for line in text.split(separator: "\n") where line.contains(pattern) {
                    Issue.record("\(name): \(line)")
                }
            }
            #expect("1 kills".contains(pattern) && " 1 rounds".contains(pattern) && !"21 kills".contains(pattern))
        }
        private static let run = RunConditions(
            id: "20231114T221320Z-1", seed: 7, clock: ClockCalibration(), fingerprint: fingerprint())

        /// Facts about this machine in the documents.
        private static var machine: KeyValuePairs<String, String> {
            let machine = Machine.current
            return [
                "\"hostname\":\"\(machine.hostname)\",\"kernel\":\"\(machine.kernel)\",\"cpu_model\":\"\(machine.cpuModel)\",\"cpus\":\(machine.cpus)":
                    "\"machine\":MACHINE",
                "\"hostname\":\"\(machine.hostname)\",\"cpu_model\":\"\(machine.cpuModel)\",\"cpus\":\(machine.cpus)":
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

        private static let request = RunRequest(
            cells: Array(rows.prefix(8)).map(\.cell),
            timing: Timing(
                warmup: 50_000_000, throughput: 250_000_000, latency: 100_000_000, order: 50_000_000,
                stuckAfter: 5_000_000_000),
            rounds: 3, kills: 0, seed: 7)

        private static func report(isComplete: Bool = true) -> Report {
            RunReport(
                rows: rows, summaries: summaries, isComplete: isComplete, sort: .throughput, kept: "rows in x.csv",
                request: request
            ).report
        }

        /// Replaces facts about this machine's clock, and leaves out the warnings that depend on the machine.
        private static func masked(_ text: String) -> String {
            func shown(_ value: Value) -> String {
                if case .decimal(let number, let d) = value { Figure.decimal(number, d) } else { "" }
            }
            let clock = run.clock
            let (read, step) = (shown(Value(clock.cost, decimals: 2)), shown(Value(clock.step, decimals: 0)))
            let log = shown(Value(run.logCost, decimals: 2))
            let warnings = ["clock-fallback", "scaled-frequency", "oversubscribed"].map { "{\"code\":\"\($0)\"" }
            return text.replacing(",\(clock.name),\(read),", with: ",CLOCK,")
                .replacing(",\(step),7,\(log),", with: ",STEP,7,LOG,")
                .replacing("\"clock\":\"\(clock.name)\",\"clock_read_ns\":\(read)", with: "\"clock\":CLOCK")
                .replacing("\"clock_step_ns\":\(step),", with: "\"clock_step_ns\":STEP,")
                .replacing("\"log_ns\":\(log),", with: "\"log_ns\":LOG,")
                .replacing(/Clock: [^†]*?\n(?=seed)/, with: "CLOCK\n")
                .split(separator: "\n", omittingEmptySubsequences: false)
                .filter { line in !warnings.contains(where: line.hasPrefix) }.joined(separator: "\n")
        }

        @Test(arguments: formats)
        func run(format: String) throws {
            let text = try rendered(Self.report(), format)
            try Golden.expect(Self.masked(text), "run.\(format)", masks: Self.machine)
            if format == "json" { try expectValid(text, "run") }
        }

        @Test func `run: a wide page, and an incomplete run`() throws {
            let wide = Self.report().text(Page(width: 200))
            try Golden.expect(Self.masked(wide), "run.table.200", masks: Self.machine)
            let incomplete = try rendered(Self.report(isComplete: false), "table")
            try Golden.expect(Self.masked(incomplete), "run.incomplete.table", masks: Self.machine)
        }

        @Test func `run: curves pass through the figures of the tables`() {
            let curves = LatencyCurves(Self.rows)
            for summary in Self.summaries {
                let points = curves.quantiles(of: summary)
                for known in summary.quantiles where known.time != nil {
                    #expect(points.first { $0.percent == known.percent }?.time == known.time)
                }
                let hasTimes = summary.p50 != nil
                #expect(!hasTimes || points.count > 20, "\(summary.lock)")
                // Times do not fall.
                let times = points.compactMap(\.time)
                #expect(times == times.sorted())
                #expect(LatencyCurves().quantiles(of: summary).count == 5)
            }
        }

        @Test(arguments: [(60, false), (80, false), (80, true), (200, false)])
        func `run: plots`(width: Int, isASCII: Bool) throws {
            var page = Page(width: width, isASCII: isASCII)
            page.hasPlots = true
            let text = TableRenderer().render(Self.report(), for: page)
            let plots = try #require(text.firstRange(of: "\n\nTime to acquire by percentile"))
            try Golden.expect(
                String(text[plots.lowerBound...].dropFirst(2)), "run.plot.\(width)\(isASCII ? ".ascii" : "")")
        }

        @Test(arguments: formats)
        func `run: the results of a capacity search`(format: String) throws {
            let found = [(LockKind.futex, 1.5e6), (.mcs, 0)].map { lock, rate in
                var load = Load(workers: 2)
                (load.spacing, load.rate) = (.poisson, rate)
                return Capacity(
                    cell: Cell(lock, load), closed: 4e6, p99: rate > 0 ? 81_000 : nil, tooHigh: rate > 0 ? 1.6e6 : nil,
                    least: 10_950)
            }
            let report = RunReport(
                rows: Self.rows, summaries: Self.summaries, isComplete: true, sort: .throughput, kept: "rows in x.csv",
                request: Self.request, capacities: (found, TimeSpan(nanoseconds: 100_000))
            ).report
            let text = try rendered(report, format)
            if format == "json" { try expectValid(text, "run") }
            // The rows are those of the other runs.
            if format == "csv" { return }
            let facts =
                format == "json" ? text[try #require(text.firstRange(of: "\"capacities\"")).lowerBound...] : text[...]
            try Golden.expect(Self.masked(String(facts)), "run.capacity.\(format)", masks: Self.machine)
        }

        /// A run with `--kills`, in which one lock survives and another does not.
        private static var killed: Report {
            let cells = [(LockKind.robustFutex, 0), (.flock, 2), (.futex, nil)] as [(LockKind, Int?)]
            let rows = cells.map { lock, hangs -> Row in
                let plain = row(lock, workers: 2, round: 1, sections: 4_000_000)
                guard let hangs else { return plain }
                var recovery = StressResult(lock, .killHolder)
                (recovery.episodes, recovery.kills, recovery.hangs) = (20, 20, hangs)
                for time in 1...20 {
                    recovery.recovery.add(UInt64(time) * 10_000)
                    recovery.reaping.add(UInt64(time) * 20_000)
                }
                if hangs > 0 { recovery.noteHang("worker 2 waits for ever") }
                return Row(
                    run: run, cell: plain.cell, round: 1, result: plain.result, asked: plain.asked, recovery: recovery)
            }
            return RunReport(
                rows: rows, summaries: CellSummary.summaries(rows, cells: rows.map(\.cell)), isComplete: true,
                sort: .throughput, kept: "rows in x.csv", request: request
            ).report
        }

        @Test(arguments: ["table", "markdown", "junit", "github"])
        func `run: kills of owners`(format: String) throws {
            let text = try rendered(Self.killed, format)
            try Golden.expect(Self.masked(text), "run.kills.\(format)", masks: Self.machine)
        }

        @Test(arguments: [40, 60, 80, 120, 200])
        func `a legend explains the columns that the page shows, and no others`(width: Int) throws {
            let page = Page(width: width, isTerminal: true)
            let open = Self.summaries.filter(\.load.isOpen)
            let openOnly = RunReport(
                rows: Self.rows, summaries: open, isComplete: true, sort: .throughput, kept: "", request: Self.request
            ).report
            // A single round has no interval.
            for (report, hasInterval) in [(Self.report(), true), (openOnly, true), (Self.killed, false)] {
                let lines = report.text(page).split(separator: "\n")
                let heads = Set(
                    lines.filter { $0.hasPrefix("lock ") }.flatMap { $0.split(separator: " ").map(String.init) })
                let text = lines.joined(separator: " ").split(separator: " ").joined(separator: " ")
                for (title, legend) in [
                    ("rel", "rel: "), ("jain", "jain: "), ("±", "± is half"), ("closed", "closed: p99"),
                    ("reaped", "reaped: "),
                ] {
                    let isExplained = heads.contains(title) && (title != "±" || hasInterval)
                    #expect(text.contains(legend) == isExplained, "\(title) at \(width): \(heads)")
                }
                #expect(text.contains("The log behind") == heads.contains("hold"), "hold at \(width)")
            }
            let list = Catalogue.text(page).split(separator: "\n").map(String.init)
            for title in ["waits", "order", "waiter", "notes"] {
                let isShown = list[0].split(separator: " ").contains { $0 == title }
                #expect(list.contains { $0.hasPrefix("\(title): ") } == isShown, "\(title) at \(width)")
            }
        }

        @Test(arguments: SortKey.allCases)
        func `run: sort orders`(sort: SortKey) throws {
            let text = SummaryTable(summaries: Self.summaries, sort: sort).text
            let locks = text.split(separator: "\n").compactMap { $0.split(separator: " ").first }
            try Golden.expect(locks.joined(separator: "\n") + "\n", "run.sort.\(sort.rawValue).table")
        }

        @Test(arguments: [true, false])
        func `run: an incomplete run is not a success`(isEmpty: Bool) throws {
            let report = RunReport(
                rows: isEmpty ? [] : Self.rows, summaries: isEmpty ? [] : Self.summaries, isComplete: false,
                sort: .throughput, kept: "")
            #expect(try rendered(report.report, "junit").contains("<error message=\"not all rounds were measured\"/>"))
        }

        // MARK: crash, stress

        @Test(arguments: withPages)
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
            let conditions = CrashConditions(workers: 3, every: 1, paths: [.uncontended, .waiter])
            let text = try rendered(Report(results, conditions), format)
            try Golden.expect(text, "crash.\(format)", masks: Self.machine)
            if format == "json" { try expectValid(text, "crash") }
        }

        @Test(arguments: withPages)
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
                startedAt: 1_700_000_000, seed: 7, workers: 4, episodes: 10)
            let text = try rendered(Report(matrix), format)
            try Golden.expect(text, "stress.\(format)", masks: Self.machine)
            if format == "json" { try expectValid(text, "stress") }
        }

        // MARK: compare, check

        /// - Parameter isPaired: whether the rounds of both sides were interleaved, as `compare` does.
        private static func findings(
            _ base: String, _ candidate: String, isPaired: Bool, notes: [String]
        ) -> Findings {
            func metric(_ metric: Metric, _ ratio: Double, _ word: ComparisonVerdict) -> MetricFinding {
                var finding = MetricFinding(
                    metric: metric, threshold: metric.usualThreshold, base: 2e8, candidate: 2e8 * ratio,
                    change: Change(ratio: ratio, low: ratio - 0.01, high: ratio + 0.01, confidence: 0.998, samples: 10),
                    fresh: Change(ratio: ratio, low: ratio - 0.02, high: ratio + 0.02, confidence: 0.8, samples: 8),
                    word: word, isPaired: isPaired)
                let adapts = isPaired && metric == .p50
                finding.margin = metric.usualThreshold * (adapts ? 1.5 : 1)
                finding.marginSource = adapts ? .noise : .threshold
                finding.proved = abs(ratio - 1) + 0.0051
                finding.equivalenceLevel = 0.1
                finding.detectable = isPaired ? nil : 2 * metric.usualThreshold
                return finding
            }
            var all = Findings(
                base: base, candidate: candidate,
                cells: [
                    CellFinding(
                        load: load(workers: 2), baseLock: "futex", candidateLock: isPaired ? "mcs" : "futex",
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
            all.notes = notes
            all.request = ComparisonRequest(metrics: [.throughput, .p99], falseAlarms: 0.01)
            all.request?.rounds = isPaired ? nil : 21
            return all
        }

        private static var compared: Report {
            Report(findings("a b", "c<d>&\"e\"", isPaired: true, notes: ["80 rounds of 300ms in 42 s, seed 1."]))
        }

        private static var checked: Report {
            Report(
                findings(
                    "results/baseline.csv", "now", isPaired: false,
                    notes: ["Change is of ratios to atomic-add and futex."]))
        }

        @Test(arguments: withPages)
        func compare(format: String) throws {
            let text = try rendered(Self.compared, format)
            try Golden.expect(text, "compare.\(format)")
            if format == "json" { try expectValid(text, "compare") }
        }

        @Test func `compare: a wide page`() throws {
            try Golden.expect(Self.compared.text(Page(width: 200)), "compare.table.200")
        }

        @Test(arguments: withPages)
        func check(format: String) throws {
            let text = try rendered(Self.checked, format)
            try Golden.expect(text, "check.\(format)")
            if format == "json" { try expectValid(text, "check") }
        }

        @Test(arguments: withPages)
        func `compare: nothing was compared`(format: String) throws {
            let text = try rendered(.nothingCompared(Failure("no worker")), format)
            try Golden.expect(text, "compare.failure.\(format)")
            if format == "json" { try expectValid(text, "compare") }
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
            if format == "json" { try expectValid(outcome.stdout, "compare") }
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
                let runs = try document("--format", format)
                let series = try document("--metric", "throughput,p50", "--format", format)
                try Golden.expect(runs, "history.runs.\(format)")
                try Golden.expect(series, "history.series.\(format)")
                if format == "json" {
                    try expectValid(runs, "history")
                    try expectValid(series, "history-series")
                }
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
            if format == "json" { try expectValid(outcome.stdout, "list") }
        }

        @Test(arguments: withPages)
        func doctor(format: String) throws {
            let findings = [
                MachineFinding("CPUs", .ok, "2 of 2 may be used", advice: "not shown"),
                MachineFinding("frequency", .warning, "the governor is powersave", advice: "set it to performance"),
                MachineFinding("open files", .note, "500", advice: "raise `ulimit -n`"),
                MachineFinding("ptrace", .obstacle, "not allowed", advice: "allow it"),
            ]
            let text = try rendered(Doctor.report(findings), format)
            try Golden.expect(text, "doctor.\(format)")
            let strict = try rendered(Doctor.report(findings, failures: ["frequency"]), format)
            try Golden.expect(strict, "doctor.strict.\(format)")
            if format == "json" { for text in [text, strict] { try expectValid(text, "doctor") } }
        }

        @Test(arguments: withPages)
        func lifecycle(format: String) throws {
            let timings = [("create", 0), ("destroy", 0), ("attach", 100)].map { operation, attachments in
                var times = Histogram<UInt64>(
                    lowestDiscernibleValue: 1, highestTrackableValue: 3_600_000_000_000,
                    numberOfSignificantValueDigits: .three)
                for time in 1...1000 { times.record(UInt64(time * 100)) }
                return SegmentLife.Timing(
                    lock: .default, operation: operation, attachments: attachments, size: 4096,
                    times: OperationTimes(times))
            }
            let life = SegmentLifeRequest(size: 4096, samples: 1000)
            let text = try rendered(Lifecycle.report(timings, of: life), format)
            try Golden.expect(text, "lifecycle.\(format)")
            if format == "json" { try expectValid(text, "lifecycle") }
        }

        @Test(arguments: formats)
        func segments(format: String) throws {
            let segment = SharedMemory(key: "shmbench-golden-\(getpid())")
            try segment.create(size: 100)
            defer { try? segment.destroy() }
            let outcome = try Invocation(["segments", "--format", format]).finish()
            let lines = outcome.stdout.split(separator: "\n").filter { $0.contains(segment.key) }
            #expect(outcome.exit == .code(0))
            if format == "json" { try expectValid(outcome.stdout, "segments") }
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

        @Test(arguments: formats)
        func schema(format: String) throws {
            func document(_ arguments: String...) throws -> String {
                let outcome = try Invocation(["schema"] + arguments).finish()
                #expect(outcome.exit == .code(0), "\(outcome.stderr)")
                return outcome.stdout
            }
            let list = try document("--format", format)
            let columns = try document("doctor", "--format", format)
            try Golden.expect(list, "schema.\(format)")
            try Golden.expect(columns, "schema.doctor.\(format)")
            if format == "json" { try expectValid(list, "schema") }
        }
    }
}
