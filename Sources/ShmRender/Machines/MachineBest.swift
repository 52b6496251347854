internal import ShmCompare
internal import ShmCoordinator
internal import ShmRecord

/// The best lock on each machine, a row per machine and a column per load.
struct MachineBest {
    let comparison: MachineComparison
    let titles: LoadTitles

    private static func text(_ point: GridPoint?) -> String {
        guard let point else { return GridWords.best(nil) }
        let figure = point.figure.map { (point.load.isOpen ? Metric.p99 : .throughput).shown($0) }
        return ([GridWords.best(point), overload(point)].compactMap(\.self) + (figure.map { [$0] } ?? [])).joined(
            separator: ", ")
    }

    private static func overload(_ point: GridPoint) -> String? {
        point.first.flatMap { GridWords.overload($0.lock, at: point) }
    }

    private var cells: CellTable {
        CellTable(
            columns: [.init(title: "machine", texts: comparison.machines.map(\.name))]
                + comparison.loads.map { load in
                    .init(title: titles.title(load.load), texts: load.points.map(Self.text))
                })
    }

    func text(_ page: Page) -> String { page.wrapped(MachineWords.bestTitle) + "\n" + cells.folded(page) }

    var markdown: String { "**\(MachineWords.bestTitle)**\n\n\(cells.markdown)\n" }

    /// Each lock that is best somewhere has a colour; ties have none.
    var table: Exhibit.Table {
        let wins = comparison.loads.flatMap(\.lines).filter { !$0.wins.isEmpty }
        let counts = Dictionary(wins.map { ($0.lock, $0.wins.count) }, uniquingKeysWith: +)
        let hues = counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map(\.key)
        let heads = comparison.loads.map { Exhibit.Table.Column(titles.title($0.load)) }
        return Exhibit.Table(
            MachineWords.bestTitle, [.init("machine")] + heads,
            comparison.machines.enumerated().map { index, machine in
                [.init(machine.name)] + comparison.loads.map { cell($0.points[index], hues) }
            }, isMap: true)
    }

    private func cell(_ point: GridPoint?, _ hues: [String]) -> Exhibit.Table.Cell {
        let figure = point.flatMap { point in
            point.figure.map { (point.load.isOpen ? Metric.p99 : .throughput).shown($0) }
        }
        let text = GridWords.best(point)
        switch point?.standing {
        case nil, .nothing: return .init(text, detail: figure, .empty)
        case .best(let lock):
            let hue = hues.firstIndex(of: lock.lock).flatMap { $0 < Exhibit.Table.Tone.hues ? $0 : nil }
            return .init(text, detail: figure, tone: hue.map { .hue($0) } ?? .neutral)
        case .tied, .only: return .init(text, detail: figure, tone: .neutral)
        }
    }
}
