internal import ShmCompare
internal import ShmCoordinator
@_spi(Bench) internal import ShmCore
internal import ShmRecord

/// The processes of a comparison, and its progress line.
struct ComparisonSession {
    private let measurers: [Comparison.Role: Measurer]
    private let timing: Timing
    private var comparison: Comparison
    private var progress: ComparisonProgress
    private let started = Deadline.now
    /// All measured rows, with their side.
    private(set) var rows: [(role: Comparison.Role, record: Record)] = []
    private(set) var notes: [String] = []

    init(
        _ sides: (base: Side, candidate: Side), _ pairs: [Comparison.Pair], _ settings: Comparison.Settings,
        _ timing: Timing
    ) throws {
        // The first sign of life: starting the processes takes a moment.
        progress = ComparisonProgress(patience: settings.patience)
        measurers = [
            .base: try Measurer(sides.base, name: "base", seed: settings.seed),
            .candidate: try Measurer(sides.candidate, name: "candidate", seed: settings.seed),
            .control: try Measurer(sides.base, name: "control", seed: settings.seed),
        ]
        self.timing = timing
        comparison = Comparison(pairs, settings)
        for (name, side) in [("base", sides.base), ("candidate", sides.candidate)] {
            if case .tool(let path) = side.thing {
                notes.append("The \(name) has workers of another version; its own coordinator, \(path), measured it.")
            }
        }
    }

    /// Measures and judges.
    mutating func run() throws -> Comparison {
        var progress = progress
        defer { progress.clear() }
        // One round of each side finds errors early, and fills caches.
        for role in [Comparison.Role.base, .candidate, .control] {
            if let pair = comparison.cells.first?.pair { _ = try measure(role, pair, 0) { progress.tick() } }
        }
        let start = started
        var measured: [(role: Comparison.Role, record: Record)] = []
        defer { rows = measured }
        var current = comparison
        try current.run(
            elapsed: { Double(PauseWatch.shared.elapsed(since: UInt64(start.nanoseconds))) / 1e9 },
            measure: { role, pair, round in
                let record = try measure(role, pair, round) { progress.tick() }
                measured.append((role, record))
                return record
            },
            look: { progress.look($0, cell: $1) })
        comparison = current
        let count = measured.count
        let seconds = Double(Deadline.now.nanoseconds - started.nanoseconds) / 1e9
        notes.append(
            "\(counted(count, "round")) of \(TimeSpan(nanoseconds: timing.throughput)) in \(Figure.decimal(seconds, 0)) s, \(Self.share(count, timing, of: seconds)) of it in throughput windows, seed \(comparison.settings.seed)."
        )
        return comparison
    }

    /// The share of a time that rounds spent in their throughput windows.
    private static func share(_ rounds: Int, _ timing: Timing, of seconds: Double) -> String {
        Percent.text(seconds > 0 ? Double(rounds) * Double(timing.throughput) / 1e9 / seconds : 0)
    }

    private func measure(_ role: Comparison.Role, _ pair: Comparison.Pair, _ round: Int, wait: () -> Void) throws
        -> Record
    {
        guard let measurer = measurers[role] else {
            throw Failure("internal error: no process measures the \(role.rawValue)")
        }
        let request = RoundRequest(
            lock: pair.lock(role), load: pair.load, round: round,
            timing: timing.serving(comparison.settings.metrics, pair.load), kills: pair.kills)
        return try measurer.measure(request, wait: wait)
    }
}
