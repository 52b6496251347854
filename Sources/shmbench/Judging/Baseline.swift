internal import Glibc
internal import ShmCompare
internal import ShmCoordinator
internal import ShmRecord
internal import ShmRender
internal import ShmStatistics

/// A committed results file that later runs are compared with: some cells, and under each of their loads the references.
struct Baseline {
    let path: String
    let table: RoundTable
    let records: [Record]
    /// What is judged: all but the control that others are compared with.
    let cells: [CellID]

    /// Reads it, and refuses what cannot be a baseline, saying how to make one.
    init(_ path: String) throws {
        self.path = path
        do { records = try ResultsReader.read(path) } catch let failure as Failure {
            // Only what is one, or is not there yet, is to be written.
            let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
            if descriptor < 0 && errno == ENOENT {
                throw Failure("\(failure.message); write it with `\(Self.update(path))`", code: .usage)
            }
            defer { if descriptor >= 0 { close(descriptor) } }
            switch descriptor < 0 ? nil : OwnFile.results(.csv).isBegun(in: descriptor) {
            case true?: throw Failure("\(failure.message); \(Self.renewal(path))", code: .usage)
            case false?: throw Failure("\(Self.foreign(path)); name a baseline", code: .usage)
            case nil: throw failure
            }
        }
        table = RoundTable(records)
        cells = table.cells.filter { $0.lock != RoundTable.references[0] }
        if cells.isEmpty { throw refusal("has no cell but \(RoundTable.references[0])") }
        if let gap = table.gap { throw refusal(gap) }
        for cell in table.cells {
            for name in RoundTable.references where !table.cells.contains(CellID(lock: name, load: cell.load)) {
                throw refusal(
                    "has no \(name) with \(cell.load.workers) workers, which \(cell.title) would be compared with")
            }
        }
        if let record = records.first(where: { !$0.isAsPromised }) {
            throw refusal(
                "is of a broken lock, which is no measure: of \(CellID(record).title), \(IndependentComparison.breach(record))"
            )
        }
    }

    /// Refuses a baseline of other cells than are asked for.
    func check(against asked: [CellID]) throws {
        if let missing = asked.first(where: { !cells.contains($0) }) {
            let hasOther = cells.contains { $0.lock == missing.lock && $0.load.workers == missing.load.workers }
            throw refusal(
                hasOther
                    ? "has \(missing.title) under another load or scenario than is asked for"
                    : "has no \(missing.title), which is asked for")
        }
    }

    /// Refuses windows of another length: tails and fairness depend on them.
    func check(window nanoseconds: Int) throws {
        guard let seconds = median(records.compactMap { $0.number("duration_s") }) else {
            throw refusal("has no duration_s")
        }
        let ratio = seconds * 1e9 / Double(nanoseconds)
        if ratio > 2 || ratio < 0.5 {
            throw refusal(
                "was measured with windows of \(Figure.time(seconds * 1e9)), and --duration is \(TimeSpan(nanoseconds: nanoseconds))"
            )
        }
    }

    private func refusal(_ what: String) -> Failure {
        Failure("the baseline \(path) \(what); \(Self.renewal(path))", code: .usage)
    }

    static func renewal(_ path: String) -> String { "renew it with `\(update(path))`" }

    private static func update(_ path: String) -> String { "shmbench check --baseline \(path) --update" }

    /// What is to be said of somebody else's file.
    static func foreign(_ path: String) -> String {
        "\(path) is no baseline of shmbench: its first line lacks the columns of results, and it is left as it is"
    }
}
