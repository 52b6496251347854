internal import ShmCompare
internal import ShmCoordinator
@_spi(Bench) internal import ShmCore
internal import ShmRecord

/// The processes of a comparison, and its progress line.
struct ComparisonSession {
    private let measurer: BlockMeasurer
    private let timing: Timing
    private var comparison: Comparison
    private var progress: ComparisonProgress
    private let started = Deadline.now
    /// All measured rows, with their side.
    var rows: [(role: Comparison.Role, record: Record)] { measurer.rows }
    private(set) var notes: [String] = []

    init(
        _ sides: (base: Side, candidate: Side), _ pairs: [Comparison.Pair], _ settings: Comparison.Settings,
        _ timing: Timing
    ) {
        // The first sign of life: starting the processes takes a moment.
        progress = ComparisonProgress(patience: settings.patience)
        measurer = BlockMeasurer(sides, seed: settings.seed)
        self.timing = timing
        comparison = Comparison(pairs, settings)
        for (name, side) in [("base", sides.base), ("candidate", sides.candidate)] {
            if case .tool(let path) = side.thing {
                notes.append("The \(name) has workers of another version; its own coordinator, \(path), measured it.")
            }
        }
    }

    /// Counts instructions, and measures and judges rounds.
    ///
    /// - Parameter judgesInstructions: whether a rise of instructions is a regression.
    mutating func findings(judgesInstructions: Bool) throws -> [CellFinding] {
        defer { progress.clear() }
        let settings = comparison.settings
        guard settings.metrics.contains(.instructions) else { return try run().findings }
        let counts = try InstructionCounts(
            comparison.cells.map(\.pair), by: measurer, threshold: settings.threshold(.instructions),
            isJudged: judgesInstructions)
        var cells = settings.metrics == [.instructions] ? comparison.findings : try run().findings
        notes += counts.notes
        for (index, cell) in comparison.cells.enumerated() {
            guard let row = cells[index].metrics.firstIndex(where: { $0.metric == .instructions }) else { continue }
            cells[index].metrics[row] = counts.finding(cell.pair)
        }
        return cells
    }

    /// Measures and judges.
    private mutating func run() throws -> Comparison {
        var progress = progress
        defer { progress.clear() }
        // One block finds errors early, and fills caches.
        if let pair = comparison.cells.first?.pair {
            try measurer.tryOut(pair, serving(pair), seed: comparison.settings.seed) { progress.tick() }
        }
        let start = started
        var current = comparison
        try current.run(
            elapsed: { Double(PauseWatch.shared.elapsed(since: UInt64(start.nanoseconds))) / 1e9 },
            measure: { request in try measurer.measure(request, serving(request.pair)) { progress.tick() } },
            look: { progress.look($0, cell: $1) })
        comparison = current
        let seconds = Double(Deadline.now.nanoseconds - started.nanoseconds) / 1e9
        notes += measurer.notes
        let counted = measurer.counts(timing)
        notes.append(
            "\(counted.text) in \(Figure.decimal(seconds, 0)) s, \(Percent.text(counted.seconds / max(seconds, 1e-9))) of it in throughput windows, seed \(comparison.settings.seed)."
        )
        return comparison
    }

    /// The timing of a cell's rounds, without the windows that no metric needs.
    private func serving(_ pair: Comparison.Pair) -> Timing {
        timing.serving(comparison.settings.metrics, pair.load)
    }
}
