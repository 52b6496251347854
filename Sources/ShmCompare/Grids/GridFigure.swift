internal import ShmCoordinator

/// The figure by which the locks of a grid are ranked: throughput in a closed loop, p99 in an open one, whose schedule
/// determines the throughput.
struct GridFigure {
    let metric: Metric

    init(_ load: Load) { metric = load.isOpen ? .p99 : .throughput }

    /// The median over the rounds.
    func value(_ cell: CellSummary) -> Double? { metric == .p99 ? cell.p99 : cell.throughput }

    /// Whether the cell has a figure that can be compared.
    func shares(_ cell: CellSummary) -> Bool {
        cell.isAsPromised && !cell.isOverloaded && value(cell) != nil
    }

    /// Why a cell has none.
    func gap(_ cell: CellSummary) -> GridGap {
        if !cell.isAsPromised { return cell.integrity == .stuck ? .stuck : .broken }
        if cell.load.isOpen && cell.isOverloaded { return .overloaded }
        return .tooFew
    }
}
