internal import ShmCompare
internal import ShmCoordinator
@_spi(Bench) internal import ShmCore
internal import ShmRecord

/// The progress of a comparison, which ends at the latest when its time is over.
struct ComparisonProgress {
    private let patience: Double
    private let started = Deadline.now
    private var what = "first rounds"
    private var line = ProgressLine()

    init(patience: Double) {
        self.patience = patience
        line.show(0, what)
    }

    /// A block is done.
    mutating func look(_ comparison: Comparison, cell index: Int) {
        // Intervals take a moment to compute, so only for a line that is shown.
        guard line.isDue(share) else { return }
        let cell = comparison.cells[index]
        let finding = comparison.findings[index]
        var text =
            "\(comparison.cells.count { $0.stage == .done })/\(comparison.cells.count) decided, \(finding.title), "
        switch cell.stage {
        case .judging, .done: text += counted(cell.blocks.count, "block")
        case .confirming(let looks): text += "confirming \(cell.fresh.count)/\(looks[looks.count - 1])"
        }
        if let metric = finding.metrics.first(where: { $0.change != nil }), let change = metric.change {
            text += ": \(metric.metric.name) \(Percent.change(change.ratio)) (\(change.interval))"
        }
        what = text
        line.show(share, what)
    }

    /// Updates the time on a terminal.
    mutating func tick() { if LiveLine.isPossible { line.show(share, what) } }

    private var share: Double {
        let elapsed = Double(Deadline.now.nanoseconds - started.nanoseconds) / 1e9
        // A confirmation may take longer.
        return min(0.99, elapsed / patience)
    }

    func clear() { line.clear() }
}
