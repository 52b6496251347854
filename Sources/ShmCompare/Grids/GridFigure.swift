internal import ShmCoordinator

/// The figure by which the locks of a grid are ranked: throughput in a closed loop, p99 in an open one, whose schedule
/// determines the throughput.
struct GridFigure {
    let metric: Metric

    init(_ load: Load) { metric = load.isOpen ? .p99 : .throughput }

    /// - Parameter metric: ``Metric/throughput`` or ``Metric/p99``.
    init(_ metric: Metric) { self.metric = metric }

    /// The median over the rounds.
    func value(_ cell: CellSummary) -> Double? { metric == .p99 ? cell.p99 : cell.throughput }

    /// Why a cell has no figure that can be compared; `nil` if it has one.
    func gap(_ cell: CellSummary) -> GridGap? {
        if !cell.isAsPromised { return cell.integrity == .stuck ? .stuck : .broken }
        if cell.load.isOpen && cell.isOverloaded { return .overloaded }
        guard let value = value(cell) else { return .tooFew }
        return value > 0 ? nil : .zero
    }
}
