internal import ShmCoordinator

/// Lock × machine under one load: the ratio of each lock's figure to the reference's on the same machine.
package struct MachineMap {
    /// A lock on a machine.
    package enum Cell {
        case ratio(MachineRatio)
        /// The lock has no figure there.
        case gap(GridGap)
        /// The reference has no figure there.
        case noReference(GridGap)

        package var ratio: MachineRatio? { if case .ratio(let ratio) = self { ratio } else { nil } }
    }

    package let metric: Metric
    /// By lock, a cell for each machine.
    package let cells: [String: [Cell]]

    /// - Parameters:
    ///   - locks: the locks that were measured on any of the machines.
    ///   - ranks: those of ``MachineRatio/confidence``.
    init(
        _ metric: Metric, _ load: Load, _ locks: [String], _ machines: [ComparedMachine], reference: String,
        _ ranks: inout RankSumRanks
    ) {
        let figure = GridFigure(metric)
        func sample(_ lock: String, _ machine: ComparedMachine) -> Result<[Double], GridGap> {
            guard let cell = machine.summary(lock, load) else { return .failure(.unmeasured) }
            if let gap = figure.gap(cell) { return .failure(gap) }
            return .success(cell.records.compactMap(metric.logarithm))
        }
        let (own, references) = (reference, machines.map { sample(reference, $0) })
        var cells: [String: [Cell]] = [:]
        for lock in locks {
            cells[lock] = zip(machines, references).map { machine, reference in
                switch (sample(lock, machine), reference) {
                case (.failure(let gap), _): .gap(gap)
                case (_, .failure(let gap)): .noReference(gap)
                case (.success, .success) where lock == own: .ratio(.reference)
                case (.success(let candidate), .success(let base)):
                    MachineRatio(base: base, candidate: candidate, &ranks).map { .ratio($0) } ?? .gap(.tooFew)
                }
            }
        }
        self.metric = metric
        self.cells = cells
    }

    /// The ratios of a lock, each with the index of its machine.
    package func ratios(_ lock: String) -> [(machine: Int, ratio: MachineRatio)] {
        (cells[lock] ?? []).enumerated().compactMap { index, cell in cell.ratio.map { (index, $0) } }
    }
}
