internal import ShmCompare
internal import ShmCoordinator
internal import ShmRecord

/// The kinds of several machines: by their names, and by their fingerprints where machines of one name differ.
struct KindTable {
    /// The machines, those of a kind after each other; with an axis, a machine for each of its values.
    let machines: [ComparedMachine]
    private let kinds: MachineKinds
    private let members: [[Int]]

    /// The machines of a kind.
    struct Group {
        /// Such as `kind 1 (3)`.
        let title: String
        /// Their indices in ``KindTable/machines``.
        let machines: [Int]
    }

    /// The number of kinds that have a row each, outside of documents for programs.
    private static let most = 12

    init(_ kinds: MachineKinds, _ machines: [ComparedMachine]) {
        self.kinds = kinds
        let placed = machines.map { (machine: $0, kind: $0.kind(in: kinds) ?? kinds.kinds.count) }
        let order = placed.indices.sorted { (placed[$0].kind, $0) < (placed[$1].kind, $1) }.map { placed[$0] }
        self.machines = order.map(\.machine)
        members = kinds.kinds.indices.map { kind in order.indices.filter { order[$0].kind == kind } }
    }

    private var isSeveral: Bool { kinds.kinds.count > 1 }

    /// The groups; empty if all machines are of one kind.
    var groups: [Group] {
        if !isSeveral { return [] }
        return members.indices.map {
            Group(title: "\(Self.name($0)) (\(kinds.kinds[$0].members.count))", machines: members[$0])
        }
    }

    private static func name(_ kind: Int) -> String { "kind \(kind + 1)" }

    /// A row for each machine, for programs.
    var rows: [KindRow] { KindRow.rows(machines, kinds) }

    // MARK: For people

    /// How many kinds there are, in one sentence; `nil` for one.
    var sentence: String? {
        guard isSeveral else { return nil }
        let count = kinds.kinds.count
        return
            "\(kinds.kinds.map(\.members.count).reduce(0, +)) machines are of \(count) kinds, by their names and measured figures\(count > Self.most ? "; the first \(Self.most) are in the table" : "")."
    }

    /// One table, or none for one kind.
    var tables: [KindTable] { isSeveral ? [self] : [] }

    private static let caption = "Kinds of machines"

    private var cells: CellTable {
        let shown = Array(kinds.kinds.prefix(Self.most).enumerated())
        let figures = MachineFigure.all.filter { figure in shown.contains { $1.median(figure.column) != nil } }
        let columns = [
            CellTable.Column(title: "kind", texts: shown.map { Self.name($0.offset) }),
            .init(
                title: "machines",
                texts: shown.map { kind in
                    MachineWords.list(kind.element.members.map(\.hostname.harmless))
                }),
        ]
        let measured = figures.map { figure in
            CellTable.Column(
                title: "\(figure.title), ns", isNumber: true,
                texts: shown.map { kind in kind.element.median(figure.column).map { Figure.decimal($0, 1) } ?? "–" })
        }
        return CellTable(
            columns: columns + measured + [
                .init(title: "name", texts: shown.map { $0.element.members[0].names.title.harmless })
            ],
            expendable: measured.reversed().map(\.title))
    }

    func text(_ page: Page) -> String { page.wrapped(Self.caption) + "\n" + cells.folded(page) }

    var markdown: String { "**\(Self.caption)**\n\n\(cells.markdown)\n" }

    var table: Exhibit.Table { cells.exhibit(Self.caption) }
}
