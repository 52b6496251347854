internal import Glibc
internal import ShmCompare
internal import ShmCoordinator
internal import ShmRecord
internal import ShmRender
internal import ShmStatistics

/// A committed results file that later runs are compared with: some cells, and the references under each of their loads.
struct Baseline {
    let path: String
    let table: RoundIndex
    let records: [Record]
    /// The cells to judge: all but the control, to which ratios are taken.
    let cells: [CellID]

    /// Reads it. Refuses a file that cannot be a baseline, with the command that writes one.
    init(_ path: String) throws {
        self.path = path
        do { records = try ResultsReader.read(path) } catch let failure as Failure {
            // Only a baseline, or a file that does not exist, may be written.
            let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
            if descriptor < 0 && errno == ENOENT {
                throw Failure("\(failure.message); write it with `\(Self.update(path))`", code: .usage)
            }
            defer { if descriptor >= 0 { close(descriptor) } }
            switch descriptor < 0 ? nil : OwnFile.document(.run, .csv).isBegun(in: descriptor) {
            case true?: throw Failure("\(failure.message); \(Self.renewal(path))", code: .usage)
            case false?: throw Failure("\(Self.foreign(path)); name a baseline with --baseline", code: .usage)
            case nil: throw failure
            }
        }
        table = RoundIndex(records)
        cells = table.cells.filter { $0.lock != RoundIndex.references[0] }
        if cells.isEmpty { throw refusal("has no cell except \(RoundIndex.references[0])") }
        if let gap = table.gap { throw refusal(gap) }
        for cell in table.cells {
            for name in RoundIndex.references where !table.cells.contains(CellID(lock: name, load: cell.load)) {
                throw refusal(
                    "has no \(name) with \(LoadTitles.workers(cell.load.workers)), the reference for \(cell.title)")
            }
        }
        if let record = records.first(where: { !$0.isAsPromised }) {
            throw refusal(
                "contains a round with an integrity failure and cannot serve as a baseline: \(CellID(record).title), \(IndependentComparison.breach(record))"
            )
        }
    }

    /// Refuses a baseline without a cell that is asked for.
    func check(against asked: [CellID]) throws {
        if let missing = asked.first(where: { !cells.contains($0) }) {
            let hasOther = cells.contains { $0.lock == missing.lock && $0.load.workers == missing.load.workers }
            throw refusal(
                hasOther
                    ? "has \(missing.title) under another load or scenario"
                    : "has no \(missing.title)")
        }
    }

    /// Refuses windows of another length: tails and fairness depend on them.
    func check(window nanoseconds: Int) throws {
        guard let seconds = median(records.compactMap(\.window)) else {
            throw refusal("has no duration_s")
        }
        let ratio = seconds * 1e9 / Double(nanoseconds)
        if ratio > 2 || ratio < 0.5 {
            throw refusal(
                "was measured with windows of \(Figure.time(seconds * 1e9)), and --duration is \(TimeSpan(nanoseconds: nanoseconds))"
            )
        }
    }

    /// The warning that the baseline is of another kind of machine; `nil` if it is of this one's.
    ///
    /// Its ratios may transfer all the same, which the references show.
    var warning: Warning? {
        let machine = Machine.current
        let other = records.first { $0.text("cpu_model") != machine.cpuModel || $0.cpus != machine.cpus }
        return other.map { record in
            Warning(
                .otherMachine,
                "the baseline \(path) is of another kind of machine (\(record.text("cpu_model")), \(counted(record.cpus ?? 0, "CPU"))) than this one (\(machine.cpuModel), \(counted(machine.cpus, "CPU"))): record your own first, with `shmbench check --baseline FILE.csv --update`"
            )
        }
    }

    /// The number of sittings whose rounds a baseline has.
    static func sittings(_ records: [Record]) -> Int { Set(records.map { $0.text("run_id") }).count }

    private func refusal(_ what: String) -> Failure {
        Failure("the baseline \(path) \(what); \(Self.renewal(path))")
    }

    static func renewal(_ path: String) -> String { "renew it with `\(update(path))`" }

    private static func update(_ path: String) -> String { "shmbench check --baseline \(path) --update" }

    /// The message for a file that shmbench did not write.
    static func foreign(_ path: String) -> String {
        "\(path) is not a baseline of shmbench and is left as it is: its first line lacks the columns of results"
    }
}
