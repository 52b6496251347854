internal import ShmCompare
package import ShmCoordinator
package import ShmCore
internal import ShmHarness
package import ShmRecord

/// The results of a stress test: one row per lock, one column per fault, and an explanation.
package struct SurvivalMatrix {
    package let results: [StressResult]
    /// The requested locks and faults.
    package let kinds: [LockKind]
    package let faults: [Fault]
    package let startedAt: Int
    package let seed: UInt64
    package let workers: Int
    /// The requested time or number of episodes; both are `nil` if unknown.
    package let duration: TimeSpan?
    package let episodes: Int?
    /// Whether the test was interrupted.
    package var wasCutShort: Bool
    package var page: Page

    package init(
        results: [StressResult], kinds: [LockKind], faults: [Fault], startedAt: Int, seed: UInt64, workers: Int,
        duration: TimeSpan? = nil, episodes: Int? = nil, wasCutShort: Bool = false, page: Page = Page()
    ) {
        self.results = results
        self.kinds = kinds
        self.faults = faults
        self.startedAt = startedAt
        self.seed = seed
        self.workers = workers
        self.duration = duration
        self.episodes = episodes
        self.wasCutShort = wasCutShort
        self.page = page
    }

    /// Combinations of lock and fault that the test did not reach.
    var missing: [StressResult] {
        let found = Dictionary(grouping: results, by: \.lock).mapValues { Set($0.map(\.fault)) }
        return kinds.flatMap { kind in
            faults.filter { found[kind]?.contains($0) != true }.map { StressResult(kind, $0) }
        }
    }

    /// Whether any fault was injected.
    package var hasTried: Bool { results.contains(where: \.wasTried) }

    var exercises: ExerciseReport { ExerciseReport(results, faults: faults) }

    // MARK: For people

    /// A lock and its results by fault.
    package struct Line {
        package let lock: LockKind
        package let cells: [Fault: StressResult]

        package init(
            lock: LockKind, cells: [Fault: StressResult]
        ) {
            self.lock = lock
            self.cells = cells
        }
    }

    var lines: [Line] {
        var order: [LockKind] = []
        for result in results where !order.contains(result.lock) { order.append(result.lock) }
        return order.map { lock in
            Line(
                lock: lock,
                cells: Dictionary(
                    results.filter { $0.lock == lock }.map { ($0.fault, $0) }, uniquingKeysWith: { first, _ in first }))
        }
    }

    /// Tables of deaths, other faults, operations and recovery times, each at most 80 columns wide, and the explanation.
    package func text(markdown: Bool) -> String {
        if !hasTried {
            return promises(isComplete: true).map { $0 + "\n" }.joined()
        }
        let deaths = faults.filter { $0.aim == .death }
        let others = faults.filter { $0.aim == .disturbance }
        var parts: [String] = []
        for (title, part) in [("Deaths", deaths), ("Other faults", others)] where !part.isEmpty {
            let isDetailed = markdown || page.width >= Self.wide
            for (number, faults) in (isDetailed ? [part] : narrow(part)).enumerated() {
                let cells = faults.map { Self.cell($0, isDetailed: isDetailed) }
                let title = number == 0 ? title : "\(title), continued"
                parts.append(render(title, TableLayout(items: [Self.name] + cells), lines, markdown))
            }
        }
        parts.append(
            render("Operations", TableLayout(items: [Self.name] + exercises.items { $0.lock }), lines, markdown))
        if !recoveries.isEmpty {
            parts.append(
                render(
                    "Recovery: from the kill of an owner to the next acquisition", Self.recovery,
                    recoveries, markdown))
        }
        return parts.joined(separator: "\n") + "\n"
            + sentences(markdown: markdown).map { page.wrapped($0) }.joined(separator: "\n")
            + "\n"
    }

    /// The rows of the table of recovery times.
    var recoveries: [StressRow] {
        StressRow.rows(
            results.filter { $0.fault == .killHolder && $0.recovery.count > 0 }, missing: [], conditions)
    }

    private func render<Row>(_ title: String, _ layout: TableLayout<Row>, _ rows: [Row], _ markdown: Bool) -> String {
        markdown
            ? "**\(title)**\n\n\(layout.markdown(rows))\n"
            : "\(page.wrapped(title))\n\(layout.table(rows, for: page))"
    }

    static let name = TableLayout<Line>.Item(StressColumn.all["lock"].title) { $0.lock.name }

    /// The page width from which cells contain recovery times.
    private static let wide = 160

    /// Splits the faults into tables of at most 80 columns, or of the page's width: the longest name of a lock has 20
    /// characters, a cell 7.
    private func narrow(_ faults: [Fault]) -> [[Fault]] {
        let most = max(1, (min(80, page.width) - 24) / 8)
        let tables = (faults.count + most - 1) / most
        let size = (faults.count + tables - 1) / tables
        return stride(from: 0, to: faults.count, by: size).map { Array(faults[$0..<min($0 + size, faults.count)]) }
    }

    /// The column of a fault: the verdict, on a wide page with the median and the longest recovery time.
    private static func cell(_ fault: Fault, isDetailed: Bool) -> TableLayout<Line>.Item {
        .init(fault.title) { line in
            guard let result = line.cells[fault] else { return "" }
            guard isDetailed, result.verdict == .survives || result.verdict == .stalls,
                let middle = result.recovery.percentile(50), let longest = result.recovery.longest
            else { return word(result) }
            return "\(word(result)) \(Figure.time(Double(middle)))/\(Figure.time(Double(longest)))"
        }
    }

    /// The verdict, for people. A broken promise is in capitals with an exclamation mark.
    package static func word(_ result: StressResult) -> String {
        let word =
            switch result.verdict {
            case .survives: "ok"
            case .stalls: "stalls"
            case .hangs: "hangs"
            case .breaks: "wrong"
            case .corrupts: "unsafe"
            case .notApplicable: "n/a"
            case .untried: "-"
            }
        return result.isAsPromised ? word : word.uppercased() + "!"
    }

    static let recovery = TableLayout<StressRow>(
        items: [
            column("lock"), column("kills"), column("recovery_p50_ns"), column("recovery_p99_ns"),
            column("recovery_max_ns"), column("reaping_p50_ns"),
            // Its neighbour names the time. The blank tells the heading from that of the other p99.
            column("reaping_p99_ns", title: "p99 "), column("tolerated_half_updates"),
        ], expendable: ["p99 ", "reaped p50", "repaired"])

    private static func column(_ name: String, title: String? = nil) -> TableLayout<StressRow>.Item {
        .init(StressColumn.all[name], title: title)
    }

    private func promises(isComplete: Bool) -> [String] {
        Promises(results: results, missing: missing, isComplete: isComplete, wasCutShort: wasCutShort).text
    }

    /// The results of what is not a lock.
    private var controls: [StressResult] { results.filter { !$0.lock.properties.excludes && $0.wasTried } }

    /// What makes the results doubtful.
    var warnings: [Warning] {
        var warnings: [Warning] = []
        if !controls.isEmpty && !controls.contains(where: { $0.verdict == .corrupts }) {
            warnings.append(
                Warning(
                    .controlPassed,
                    "the controls without mutual exclusion passed the check, which therefore has little power here; use a longer --duration"
                ))
        }
        warnings.addDiscarded(results.reduce(0) { $0 + $1.discarded }, "episode")
        return warnings
    }

    /// The words of the cells.
    static let words =
        "ok: the other processes went on; stalls: they made no progress while a process was frozen; hangs: a process waits "
        + "forever; unsafe: two processes were in the critical section at once, or updates were lost; wrong: an operation "
        + "failed (a deadline, an order, a number of participants); CAPITALS!: a broken promise."
    /// The times of the cells.
    static let times =
        "Times: median and maximum from a kill, or from the unlock or the end of a freeze after the fault, to the next acquisition."

    func sentences(markdown: Bool) -> [String] {
        var sentences = promises(isComplete: exercises.isComplete)
        if let sentence = exercises.sentence { sentences.append(sentence) }
        if controls.contains(where: { $0.verdict == .corrupts }) {
            sentences.append("The controls without mutual exclusion failed the check, so the check works.")
        }
        sentences += warnings.map { "Warning: \($0.text)." }
        sentences.append(Self.words)
        if markdown || page.width >= Self.wide {
            sentences.append(Self.times)
        }
        let obstacles = results.compactMap { result -> String? in
            guard result.fault.exercise == nil, case .notApplicable(let why) = result.verdict else { return nil }
            return "\(result.fault.name): \(why)"
        }
        if !obstacles.isEmpty { sentences.append("n/a: \(obstacles.uniqued().joined(separator: "; ")).") }
        if !recoveries.isEmpty {
            let titles = Self.recovery.titles(recoveries, for: markdown ? Page() : page)
            let meanings = [
                ("reaped p50", "reaped: from the kill to the end of the process in the kernel"),
                ("repaired", "repaired: half-written updates of dead owners"),
            ].filter { titles.contains($0.0) }.map(\.1)
            if !meanings.isEmpty { sentences.append(meanings.joined(separator: "; ") + ".") }
        }
        let (episodes, kills) = (results.reduce(0) { $0 + $1.episodes }, results.reduce(0) { $0 + $1.kills })
        let killing = results.filter {
            $0.fault == .killHolder && $0.isPromised && $0.hangs == 0 && $0.duration > 0
        }
        let rate = killing.isEmpty ? "" : killRate(killing)
        sentences.append(
            "\(counted(episodes, "episode")), \(counted(kills, "kill"))\(rate); \(counted(workers, "worker")), seed \(seed)"
        )
        return sentences
    }

    private func killRate(_ results: [StressResult]) -> String {
        let (kills, time) = (results.reduce(0) { $0 + $1.kills }, results.reduce(0) { $0 + $1.duration })
        return
            ", \(Figure.decimal(Double(kills) * 1e9 / Double(time), 0)) killed owners per second of locks that survive"
    }

    // MARK: For programs

    /// A row per requested lock and fault.
    package var records: Report.Records {
        Report.Records(
            schema: StressColumn.schema, StressColumn.all, StressRow.rows(results, missing: missing, conditions))
    }

    private var conditions: StressConditions {
        StressConditions(startedAt: startedAt, seed: seed, workers: workers)
    }

    var request: StressRequest {
        StressRequest(
            locks: kinds, faults: faults, workers: workers, seed: seed, duration: duration, episodes: episodes)
    }

    /// The verdict, a sentence each.
    var verdict: [String] { promises(isComplete: exercises.isComplete) }
}
