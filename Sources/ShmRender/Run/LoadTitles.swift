internal import ShmCompare
internal import ShmCoordinator
internal import ShmRecord

/// Titles of loads. Where two loads would have one title, it names what they differ by.
struct LoadTitles {
    private let loads: [Load]

    init(_ summaries: [CellSummary]) { loads = summaries.map(\.load).uniqued() }

    /// For the head of a table.
    func title(_ load: Load) -> String { Self.title(load) + suffix(load, among: Self.title) }

    /// For a sentence.
    func place(_ load: Load) -> String { Self.place(load) + suffix(load, among: Self.place) }

    /// Of any number of workers.
    func scenario(_ load: Load) -> String { load.scenario + suffix(load, among: \.scenario) }

    static func workers(_ count: Int) -> String { count == 1 ? "1 worker" : "\(count) workers" }

    private static func place(_ load: Load) -> String {
        (load.scenario == "default" ? "" : "\(load.scenario), ") + workers(load.workers)
    }

    private static func title(_ load: Load) -> String {
        var title = load.scenario == "default" ? "" : "\(load.scenario): "
        title += workers(load.workers)
        if load.isOpen {
            title += ", \(Figure.rate(load.rate)) due in all, \(load.spacing.name)"
        } else if load.workers == 1 {
            title += ", nobody to wait for"
        }
        if load.readPercent > 0 { title += ", \(load.readPercent)% of the sections only read" }
        return title
    }

    private func suffix(_ load: Load, among name: (Load) -> String) -> String {
        let others = loads.filter { name($0) == name(load) }
        return Self.parts.filter { part in others.contains { part($0) != part(load) } }.map { ", " + $0(load) }.joined()
    }

    /// What may tell two loads apart.
    private static let parts: [@Sendable (Load) -> String] =
        [{ $0.isOpen ? "\(Figure.decimal($0.rate, 1))/s due, \($0.spacing.name)" : "closed loop" }]
        + Parameter.all.filter { $0.column != Parameter.rate.column }.compactMap(\.phrase)
}
