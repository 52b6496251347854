internal import ShmCompare
@_spi(Bench) internal import ShmCore

/// The progress of a comparison: one line that is redrawn on a terminal, a line every half minute elsewhere.
///
///     [2/4 decided, 0:12 of 2:00] futex × 2, 27 blocks: throughput -0.3% (-1.2% to +0.6%)
struct ComparisonProgress {
    private let patience: Double
    private let started = Deadline.now
    private var what = ""
    private var (done, total) = (0, 0)
    private var drawn = Deadline(nanoseconds: 0)
    private var next = Deadline.after(.seconds(30))

    init(patience: Double) { self.patience = patience }

    /// A block is done.
    mutating func look(_ comparison: Comparison, cell index: Int) {
        // Intervals take a moment to compute, so only for a line that is shown.
        guard Terminal.isWatched ? drawn.hasPassed : next.hasPassed else { return }
        let done = comparison.cells.count { $0.stage == .done }
        let cell = comparison.cells[index]
        let finding = comparison.findings[index]
        total = comparison.cells.count
        self.done = done
        var text = "\(finding.title), "
        switch cell.stage {
        case .judging, .done: text += "\(cell.blocks.count) blocks"
        case .confirming(let looks): text += "confirming \(cell.fresh.count)/\(looks[looks.count - 1])"
        }
        if let metric = finding.metrics.first(where: { $0.change != nil }), let change = metric.change {
            text += ": \(metric.metric.name) \(Percent.change(change.ratio)) (\(change.interval))"
        }
        what = text
        draw()
    }

    /// Updates the time.
    mutating func tick() { if Terminal.isWatched && drawn.hasPassed { draw() } }

    private mutating func draw() {
        let elapsed = Double(Deadline.now.nanoseconds - started.nanoseconds) / 1e9
        let line = "[\(done)/\(total) decided, \(Self.clock(elapsed)) of \(Self.clock(patience))] \(what)"
        if Terminal.isWatched {
            drawn = .after(.milliseconds(200))
            Terminal.write("\r\u{1b}[K" + line.prefix(Terminal.width - 1))
        } else {
            next = .after(.seconds(30))
            Terminal.write(line + "\n")
        }
    }

    /// Removes the line.
    func clear() { if Terminal.isWatched { Terminal.write("\r\u{1b}[K") } }

    private static func clock(_ seconds: Double) -> String {
        let whole = Int(seconds)
        return "\(whole / 60):\(whole % 60 < 10 ? "0" : "")\(whole % 60)"
    }
}
