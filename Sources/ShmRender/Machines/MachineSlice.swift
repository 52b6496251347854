internal import ShmCompare
internal import ShmCoordinator
internal import ShmRecord
internal import ShmStatistics

/// A map of one load as a table: all machines of a few, or the extremes of many.
struct MachineSlice {
    let comparison: MachineComparison
    let load: MachineLoad
    let map: MachineMap
    /// The load in a title.
    let title: String
    /// Which machines are of one kind; empty if all are.
    let kinds: [KindTable.Group]

    /// The number of machines that have a column or a row each, outside of a page.
    static let mostMachines = 12
    /// The number of locks in a terminal.
    static let mostLines = 16

    var isMany: Bool { comparison.machines.count > Self.mostMachines }
    private var isFirst: Bool { map.metric == load.maps.first?.metric }
    private var reference: String { comparison.reference }

    var caption: String { "\(MachineWords.title(map, reference: reference)), \(title)" }

    /// Locks with a cell, those that are never far from the best first; controls last.
    var lines: [GridLine] { load.lines }

    /// The locks that a terminal has: of many those that are best somewhere, and those with the greatest least share.
    private var shown: [GridLine] {
        if lines.count <= Self.mostLines { return lines }
        let first = lines.filter { !$0.wins.isEmpty }.map(\.lock) + lines.filter(\.excludes).map(\.lock)
        let names = Set(first.uniqued().prefix(Self.mostLines))
        return lines.filter { names.contains($0.lock) }
    }

    // MARK: In a terminal

    func text(_ page: Page) -> String {
        let tables = isMany ? [extremes(shown)] + bands(ofKinds(shown), page) : bands(page)
        let hidden = lines.count - shown.count
        let all = comparison.machines.count
        let rest = [
            hidden == 0 ? nil : "\(counted(hidden, "more lock")): in the formats markdown, html and json.",
            isMany ? "The ratios on each of the \(all) machines are in the formats html and json." : nil,
        ].compactMap(\.self)
        return page.wrapped(caption) + "\n" + tables.map { $0.text(page) }.joined(separator: "\n")
            + rest.map { page.wrapped($0) + "\n" }.joined()
    }

    /// Columns that fit the page side by side: with intervals if all machines have room, and what is wider continues below.
    private func bands(_ page: Page) -> [CellTable] {
        let whole = upright(shown)
        if whole.width <= page.width { return [whole] }
        return bands(columns(shown, hasInterval: false) + least(shown), page)
    }

    /// Tables with the names of the locks and as many of the columns as fit the page.
    private func bands(_ columns: [CellTable.Column], _ page: Page) -> [CellTable] {
        var (bands, band): ([CellTable], [CellTable.Column]) = ([], [name(shown)])
        for column in columns {
            if band.count > 1 && CellTable(columns: band + [column]).width > page.width {
                bands.append(CellTable(columns: band))
                band = [name(shown)]
            }
            band.append(column)
        }
        return band.count > 1 ? bands + [CellTable(columns: band)] : bands
    }

    private func upright(_ lines: [GridLine]) -> CellTable {
        CellTable(columns: [name(lines)] + columns(lines, hasInterval: true) + least(lines))
    }

    private func name(_ lines: [GridLine]) -> CellTable.Column {
        .init(title: "lock", texts: lines.map(GridWords.name))
    }

    /// A column per machine.
    private func columns(_ lines: [GridLine], hasInterval: Bool) -> [CellTable.Column] {
        comparison.machines.enumerated().map { index, machine in
            let texts = lines.map { line in
                let cell = map.cells[line.lock]?[index]
                let text = MachineWords.cell(cell, reference: reference)
                let interval = hasInterval ? MachineWords.interval(cell?.ratio?.interval) : ""
                return interval.isEmpty ? text : "\(text) (\(interval))"
            }
            return .init(title: machine.name, isNumber: true, texts: texts)
        }
    }

    /// The share of the best, of the figure by which locks are ranked.
    private func least(_ lines: [GridLine]) -> [CellTable.Column] {
        isFirst ? [.init(title: "least", texts: lines.map { MachineWords.least($0, comparison.machines) })] : []
    }

    // MARK: Many machines

    /// The lowest, the median and the highest ratio of each lock, and where these are.
    private func extremes(_ lines: [GridLine]) -> CellTable {
        let ratios = lines.map { map.ratios($0.lock).sorted { $0.ratio.value < $1.ratio.value } }
        func text(_ found: (machine: Int, ratio: MachineRatio)?) -> String {
            found.map { "\(MachineWords.ratio($0.ratio.value)) \(comparison.machines[$0.machine].name)" } ?? "–"
        }
        let medians = ratios.map { ratios in
            median(ratios.map(\.ratio.value)).map(MachineWords.ratio) ?? "–"
        }
        return CellTable(
            columns: [
                name(lines), .init(title: "median", isNumber: true, texts: medians),
                .init(title: "lowest", texts: ratios.map { text($0.first) }),
                .init(title: "highest", texts: ratios.map { text($0.last) }),
                .init(title: "machines", isNumber: true, texts: ratios.map { "\($0.count)" }),
            ] + least(lines), expendable: ["machines", "median", "highest"])
    }

    /// The median ratio of each lock over the machines of each kind; none for one kind, or for many.
    private func ofKinds(_ lines: [GridLine]) -> [CellTable.Column] {
        if kinds.count > Self.mostMachines { return [] }
        return kinds.map { kind in
            let members = Set(kind.machines)
            let texts = lines.map { line in
                let ratios = map.ratios(line.lock).filter { members.contains($0.machine) }.map(\.ratio.value)
                return median(ratios).map(MachineWords.ratio) ?? "–"
            }
            return CellTable.Column(title: kind.title, isNumber: true, texts: texts)
        }
    }

    private func tableOfKinds(_ lines: [GridLine]) -> [CellTable] {
        let columns = ofKinds(lines)
        return columns.isEmpty ? [] : [CellTable(columns: [name(lines)] + columns)]
    }

    // MARK: Markdown

    var markdown: String {
        let tables = isMany ? [extremes(lines)] + tableOfKinds(lines) : [upright(lines)]
        return "**\(caption)**\n\n\(tables.map(\.markdown).joined(separator: "\n"))\n"
    }

    // MARK: On a page

    /// A lock in each row, or, of many machines, a machine in each row.
    var tables: [Exhibit.Table] {
        isMany ? tableOfKinds(lines).map { $0.exhibit("\(caption): median of each kind") } + [transposed] : [locks]
    }

    private var locks: Exhibit.Table {
        let heads = comparison.machines.map { Exhibit.Table.Column($0.name, isNumber: true) }
        let rows = lines.map { line in
            [Exhibit.Table.Cell(GridWords.name(line))]
                + comparison.machines.indices.map { cell(line.lock, $0, hasInterval: true) }
                + (isFirst ? [share(line)] : [])
        }
        let last =
            isFirst
            ? [Exhibit.Table.Column("least", meaning: "the least share of the best lock's figure", isNumber: true)] : []
        return Exhibit.Table(caption, [.init("lock")] + heads + last, rows, isMap: true)
    }

    private var transposed: Exhibit.Table {
        let heads = lines.map { Exhibit.Table.Column(GridWords.name($0), isNumber: true) }
        let rows = comparison.machines.indices.map { index in
            [Exhibit.Table.Cell(comparison.machines[index].name)]
                + lines.map { cell($0.lock, index, hasInterval: false) }
        }
        return Exhibit.Table(caption, [.init("machine")] + heads, rows, isMap: true)
    }

    private func share(_ line: GridLine) -> Exhibit.Table.Cell {
        guard let least = line.least else { return .init("–", .empty) }
        return .init(
            GridWords.share(least.share) + "%", number: least.share * 100,
            detail: MachineWords.name(least.point, comparison.machines), tone: .step(GridWords.step(least.share)))
    }

    private func cell(_ lock: String, _ index: Int, hasInterval: Bool) -> Exhibit.Table.Cell {
        let cell = map.cells[lock]?[index]
        let text = MachineWords.cell(cell, reference: reference)
        switch cell {
        case .ratio(let ratio):
            let interval = hasInterval ? MachineWords.interval(ratio.interval) : ""
            return .init(
                text, number: Double(text) == nil ? ratio.value : nil, detail: interval.isEmpty ? nil : interval,
                tone: .step(MachineWords.step(ratio.value, map.metric)))
        case .gap(.stuck), .gap(.broken): return .init(text, .bad)
        case nil, .gap, .noReference: return .init(text, .empty)
        }
    }
}
