internal import ShmCoordinator
@_spi(Bench) internal import ShmCore
internal import ShmHarness
internal import ShmRecord

/// The progress of a run: rounds, and the state of the current one.
///
/// The letters at the end are the states of the worker processes, as in ps(1): running or ready (R), sleeping (S), …
struct Progress {
    private let rounds: Int
    /// The parameters in which the loads of a scenario differ.
    private let parameters: [String: [Parameter]]
    private var done = 0
    private var what = ""
    private var line = ProgressLine()
    /// The time of the last line, and the number of sections done then.
    private var seen: (nanoseconds: Int64, sections: UInt64)?

    /// The maximum number of workers with a letter each; for more, the letters are counted.
    private static let letters = 16

    /// - Parameter cells: those of the run.
    init(rounds: Int, cells: [Cell]) {
        self.rounds = rounds
        parameters = Dictionary(grouping: cells.map(\.load), by: \.scenario).mapValues(Parameter.distinguishing)
    }

    /// A cell in a line, with the parameters that tell it from the others of the run.
    func name(_ cell: Cell) -> String {
        let scenario = parameters.count > 1 ? "\(cell.scenario): " : ""
        let open = cell.spacing == .closed ? "" : " at \(Figure.rate(cell.rate))"
        return "\(scenario)\(cell.lock.name) × \(cell.workers)\(open)"
            + cell.load.suffix(parameters[cell.scenario] ?? [])
    }

    /// A round begins.
    mutating func begin(_ cell: Cell, round: Int, of total: Int) {
        what = "\(name(cell)), round \(round)/\(total)"
        seen = nil
        line.show(share, what)
    }

    /// The round goes on.
    mutating func look(_ look: borrowing Round.Look) {
        // Each look takes time from the workers.
        guard LiveLine.isPossible, line.isDue(share) else { return }
        let now = (nanoseconds: Deadline.now.nanoseconds, sections: look.sections.reduce(0, +))
        var text = "  \(look.phase)"
        if let seen, now.nanoseconds > seen.nanoseconds {
            let rate = Double(now.sections - seen.sections) * 1e9 / Double(now.nanoseconds - seen.nanoseconds)
            text += "  \(Figure.rate(rate))"
        }
        seen = now
        line.show(share, what, now: text + "  " + Self.condensed(look.processes))
    }

    /// A letter for each worker; for many workers, the counts of a sample.
    private static func condensed(_ processes: [Int32]) -> String {
        let letters = processes.prefix(64).map { ProcessState.letter(of: $0) ?? "-" }
        if processes.count <= Self.letters { return letters.joined() }
        let counts = Dictionary(grouping: letters) { $0 }.sorted { $0.key < $1.key }.map {
            "\($0.value.count)\($0.key)"
        }
        return counts.joined(separator: " ") + (processes.count > 64 ? " of the first 64" : "")
    }

    /// A round is over.
    mutating func end() { done += 1 }

    /// Skips planned rounds that are not needed.
    mutating func skip(to done: Int) { self.done = done }

    func clear() { line.clear() }

    private var share: Double { Double(done) / Double(max(rounds, 1)) }
}
