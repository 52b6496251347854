package import ShmCoordinator
package import ShmCore
internal import ShmHarness
internal import ShmRecord

/// The results of a stress test: one row per lock, one column per fault, and an explanation.
package struct SurvivalMatrix {
    package let results: [StressResult]
    /// The requested locks and faults.
    package let kinds: [LockKind]
    package let faults: [Fault]
    package let startedAt: Int
    package let seed: UInt64
    package let workers: Int
    /// Whether the test was interrupted.
    package var wasCutShort: Bool
    package var page: Page

    package init(
        results: [StressResult], kinds: [LockKind], faults: [Fault], startedAt: Int, seed: UInt64, workers: Int,
        wasCutShort: Bool = false, page: Page = Page()
    ) {
        self.results = results
        self.kinds = kinds
        self.faults = faults
        self.startedAt = startedAt
        self.seed = seed
        self.workers = workers
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

    private var exercises: ExerciseReport { ExerciseReport(results) }

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

    private var lines: [Line] {
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
                parts.append(render(title, Document(items: [Self.name] + cells), markdown))
            }
        }
        parts.append(
            render("Operations", Document(items: [Self.name] + exercises.items { $0.lock }), markdown))
        let recovering = lines.filter { line in line.cells[.killHolder].map { $0.recovery.count > 0 } ?? false }
        if !recovering.isEmpty {
            parts.append(
                render(
                    "Recovery: from the kill of an owner to the next acquisition", Self.recovery, markdown, recovering))
        }
        return parts.joined(separator: "\n") + "\n"
            + sentences(markdown: markdown).map { page.wrapped($0) }.joined(separator: "\n")
            + "\n"
    }

    private func render(_ title: String, _ document: Document<Line>, _ markdown: Bool, _ some: [Line]? = nil) -> String
    {
        markdown
            ? "**\(title)**\n\n\(document.markdown(some ?? lines))\n"
            : "\(page.wrapped(title))\n\(document.table(some ?? lines, for: page))"
    }

    private static let name = Document<Line>.Item("lock", "lock") { $0.lock.name }

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
    private static func cell(_ fault: Fault, isDetailed: Bool) -> Document<Line>.Item {
        .init(fault.title, fault.name) { line in
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

    private static let recovery = Document<Line>(
        items: [
            name, number("kills") { "\($0.kills)" }, time("p50") { $0.recovery.percentile(50) },
            time("p99") { $0.recovery.percentile(99) }, time("max") { $0.recovery.longest },
            time("reaped p50") { $0.reaping.percentile(50) }, time("p99 ") { $0.reaping.percentile(99) },
            number("repaired") { "\($0.repaired)" },
        ], expendable: ["p99 ", "reaped p50", "repaired"])

    private static func number(_ title: String, _ text: @escaping @Sendable (StressResult) -> String)
        -> Document<Line>.Item
    {
        .init(title, title, isNumber: true, shown: { $0.cells[.killHolder].map(text) ?? "-" }) { _ in .empty }
    }

    private static func time(_ title: String, _ value: @escaping @Sendable (StressResult) -> UInt64?)
        -> Document<Line>.Item
    { number(title) { value($0).map { Figure.time(Double($0)) } ?? "-" } }

    private func promises(isComplete: Bool) -> [String] {
        Promises(results: results, missing: missing, isComplete: isComplete, wasCutShort: wasCutShort).text
    }

    private func sentences(markdown: Bool) -> [String] {
        var sentences = promises(isComplete: exercises.isComplete)
        if let sentence = exercises.sentence { sentences.append(sentence) }
        let controls = results.filter { !$0.lock.properties.excludes && $0.wasTried }
        if controls.contains(where: { $0.verdict == .corrupts }) {
            sentences.append("The controls without mutual exclusion failed the check, so the check works.")
        } else if !controls.isEmpty {
            sentences.append(
                "Warning: the controls without mutual exclusion passed the check, which therefore has little power here; use a longer --duration."
            )
        }
        sentences.append(
            "ok: the other processes went on; stalls: they made no progress while a process was frozen; hangs: a process waits "
                + "forever; unsafe: two processes were in the critical section at once, or updates were lost; wrong: an operation "
                + "failed (a deadline, an order, a number of participants); CAPITALS!: a broken promise."
        )
        if markdown || page.width >= Self.wide {
            sentences.append(
                "Times: median and maximum from a kill, or from the unlock or the end of a freeze after the fault, to the next acquisition."
            )
        }
        let obstacles = results.compactMap { result -> String? in
            guard result.fault.exercise == nil, case .notApplicable(let why) = result.verdict else { return nil }
            return "\(result.fault.name): \(why)"
        }
        if !obstacles.isEmpty { sentences.append("n/a: \(obstacles.uniqued().joined(separator: "; ")).") }
        if results.contains(where: { $0.recovery.count > 0 && $0.fault == .killHolder }) {
            sentences.append(
                "reaped: from the kill to the end of the process in the kernel; repaired: half-written updates of dead owners."
            )
        }
        let (episodes, kills) = (results.reduce(0) { $0 + $1.episodes }, results.reduce(0) { $0 + $1.kills })
        let killing = results.filter {
            $0.fault == .killHolder && $0.isPromised && $0.hangs == 0 && $0.duration > 0
        }
        let rate = killing.isEmpty ? "" : killRate(killing)
        sentences.append("\(episodes) episodes, \(kills) kills\(rate); \(workers) workers, seed \(seed)")
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
        let conditions = StressConditions(startedAt: startedAt, seed: seed, workers: workers)
        return Report.Records(
            schema: StressColumn.schema, StressColumn.all, StressRow.rows(results, missing: missing, conditions))
    }
}
