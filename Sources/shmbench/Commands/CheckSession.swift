internal import ShmCompare
internal import ShmCoordinator
internal import ShmCore
internal import ShmRecord

/// The rounds that `check` measures.
struct CheckSession {
    private let measurer: Measurer
    private let options: JudgingOptions
    /// The metrics to measure.
    private let metrics: [Metric]
    private var generator: SplitMix64
    private var rounds = 0
    private var progress: CheckProgress
    /// All that was measured.
    private(set) var records: [Record] = []

    init(_ worker: String?, _ options: JudgingOptions, metrics: [Metric], seed: UInt64) throws {
        // Before the process is started, which takes a moment.
        progress = CheckProgress()
        let side = try worker.map { try Side($0, for: "--worker") } ?? Side(LockKind.default.name, for: "--worker")
        if let worker {
            guard case .worker = side.thing else {
                throw Failure.invalid(worker, for: "--worker", expected: "a worker program of this version")
            }
        }
        measurer = try Measurer(side, name: "this build", seed: seed)
        self.options = options
        self.metrics = metrics
        generator = SplitMix64(state: seed)
    }

    /// Cells, and the references under each of their loads.
    static func withReferences(_ cells: [CellID]) -> [CellID] {
        let references = cells.map(\.load).uniqued().flatMap { load in
            RoundIndex.references.map { CellID(lock: $0, load: load) }
        }
        return (cells + references).uniqued()
    }

    /// Measures rounds of all cells, each time in a new random order.
    ///
    /// - Parameter isConfirmed: whether as many rounds may follow, to confirm changes.
    mutating func measure(_ cells: [CellID], rounds count: Int, isConfirmed: Bool = false) throws -> [Record] {
        progress.expect(count * cells.count, atMost: isConfirmed ? count * cells.count : 0)
        defer { progress.clear() }
        var measured: [Record] = []
        defer { records += measured }
        for _ in 0..<count {
            rounds += 1
            for cell in cells.shuffled(using: &generator) {
                let survives = LockKind(named: cell.lock)?.properties.survivesOwnerDeath ?? false
                let request = RoundRequest(
                    lock: cell.lock, load: cell.load, round: rounds, timing: options.timing.serving(metrics, cell.load),
                    kills: survives ? options.conditions.kills : 0)
                progress.begin(cell.title)
                let record = try measurer.measure(request)
                measured.append(record)
            }
        }
        return measured
    }

    /// As a results file.
    func document(_ records: [Record]) -> String {
        let names = ResultColumn.all.map(\.name)
        return CSV.document(names, records.map { record in names.map { .text(record.text($0)) } })
    }
}
