internal import ShmCompare
package import ShmCoordinator
internal import ShmRecord

/// Titles of loads. If two loads would have the same title, the titles contain the parameters that differ.
package struct LoadTitles {
    private let loads: [Load]

    init(_ summaries: [CellSummary]) { self.init(summaries.map(\.load)) }

    package init(_ loads: [Load]) { self.loads = loads.uniqued() }

    /// The title of a table.
    func title(_ load: Load) -> String { Self.title(load) + suffix(load, among: Self.title) }

    /// The load in a sentence.
    func place(_ load: Load) -> String { Self.place(load) + suffix(load, among: Self.place) }

    /// The load without its number of workers.
    func scenario(_ load: Load) -> String { load.scenario + suffix(load, among: \.scenario) }

    /// A lock under a load, in a sentence.
    func cell(_ cell: CellID) -> String { cell.title + suffix(cell.load, among: Self.brief) }

    /// A lock under a load, in a list.
    package func brief(_ lock: String, _ load: Load) -> String {
        let scenario = load.scenario == "default" ? "" : "\(load.scenario): "
        return "\(scenario)\(lock) × \(load.workers)" + suffix(load, among: Self.brief)
    }

    private static func brief(_ load: Load) -> String { "\(load.scenario) × \(load.workers)" }

    package static func workers(_ count: Int) -> String { counted(count, "worker") }

    private static func place(_ load: Load) -> String {
        (load.scenario == "default" ? "" : "\(load.scenario), ") + workers(load.workers)
    }

    private static func title(_ load: Load) -> String {
        var title = load.scenario == "default" ? "" : "\(load.scenario): "
        title += workers(load.workers)
        if load.isOpen {
            title += ", \(Figure.rate(load.rate)) due in all, \(load.arrivalPhrase)"
        } else if load.workers == 1 {
            title += ", uncontended"
        }
        if load.sectionShares != nil, let phrase = Parameter.criticalSection.unusual(load) { title += ", \(phrase)" }
        for phrase in titled.compactMap({ $0.unusual(load) }) { title += ", \(phrase)" }
        return title
    }

    /// The parameters that a title names wherever they are not at their defaults.
    private static let titled: [Parameter] = [.readPercent, .touch, .busyLoops]

    private func suffix(_ load: Load, among name: (Load) -> String) -> String {
        let others = loads.filter { name($0) == name(load) }
        return Self.parts.filter { part in others.contains { part($0) != part(load) } }.map { ", " + $0(load) }.joined()
    }

    /// The parameters that can differ.
    private static let parts: [@Sendable (Load) -> String] =
        [{ $0.isOpen ? "\(Figure.rate($0.rate)) due, \($0.arrivalPhrase)" : "closed loop" }]
        + Parameter.all.filter { $0.column != Parameter.rate.column }.compactMap(\.phrase)
}
