internal import ShmCompare
internal import ShmCoordinator
internal import ShmCore
internal import ShmRecord

/// The pictures of rounds on one machine.
struct RoundsExhibit {
    let summaries: [CellSummary]
    let sort: SortKey
    /// What the choice of locks belongs to, if a page has several machines.
    let machine: String

    /// - Parameter prefix: begins the headings.
    func sections(prefix: String = "") -> [Exhibit.Section] {
        if summaries.isEmpty { return [] }
        let pictures: [(String, Exhibit.Block?)] = [
            ("Throughput", .picture(ThroughputPicture(views: views).picture)),
            ("Time to acquire", LatencyPicture(views: views, choice: choice).picture.map { .picture($0) }),
            (
                "More workers",
                WorkersPicture(summaries: summaries, sort: sort, choice: choice).picture.map { .picture($0) }
            ),
            ("Cost of throughput", CostPicture(views: views, choice: choice).picture.map { .picture($0) }),
            ("Rounds", SpreadPicture(views: views).picture.map { .picture($0) }),
            ("Kills of owners", KillTable(summaries).exhibit.map { .picture($0) }),
        ]
        return GridMaps(summaries).sections(prefix: prefix)
            + pictures.compactMap { title, block in block.map { Exhibit.Section(prefix + title, [$0]) } }
    }

    /// The cells by load, best first, controls last.
    var views: [LoadView] {
        let titles = LoadTitles(summaries)
        let groups = Dictionary(grouping: summaries, by: \.load)
        return summaries.map(\.load).uniqued().map { load in
            let sorted = (groups[load] ?? []).sorted(by: sort.sorts)
            return LoadView(
                title: titles.title(load), cells: sorted.filter(\.excludes) + sorted.filter { !$0.excludes })
        }
    }

    private var choice: CurveChoice { CurveChoice(name: machine, chosen: Self.chosen(summaries)) }

    /// The locks that are worth a curve before the reader chooses: the default, two familiar ones, and under each load the
    /// best one and the best that survives its owner's death.
    private static func chosen(_ summaries: [CellSummary]) -> Set<String> {
        let cells = summaries.filter { $0.excludes && $0.isAsPromised && $0.load.workers > 1 }
        func best(_ cells: [CellSummary]) -> String? { cells.max { $0.throughput ?? 0 < $1.throughput ?? 0 }?.lock }
        let loads = cells.map(\.load).uniqued().map { load in cells.filter { $0.load == load } }
        let leaders = loads.flatMap { [best($0.filter(\.survivesOwnerDeath)), best($0)] }
        let familiar = ["robust-futex", "pthread-mutex", "mcs"]
        let known = Set(summaries.map(\.lock))
        return Set((familiar.filter(known.contains) + leaders.compactMap(\.self)).uniqued().prefix(7))
    }
}

/// The cells of one load, in the order in which they are shown.
struct LoadView {
    let title: String
    let cells: [CellSummary]

    /// The view to begin with: contended, with a CPU for each worker, if there is one.
    static func start(_ views: [LoadView]) -> Int {
        let cpus = views.first?.cells.first?.records.first?.cpus ?? 1
        func isFit(_ view: LoadView) -> Bool { view.cells.contains { $0.load.workers > 1 && $0.load.workers <= cpus } }
        return views.lastIndex(where: isFit) ?? views.firstIndex { $0.cells.contains { $0.load.workers > 1 } } ?? 0
    }
}

/// The curves that are shown before the reader chooses.
struct CurveChoice {
    let name: String
    let chosen: Set<String>
}

extension CellSummary {
    /// The label of the lock: with the mark of those that survive, and `✗` if it broke a promise.
    var label: String { SurvivalMark.name(lock, survives: survivesOwnerDeath) + (isAsPromised ? "" : " ✗") }

    /// How the lock is drawn.
    var style: RowDrawing.Style {
        !isAsPromised ? .bad : !excludes ? .control : survivesOwnerDeath ? .survivor : .other
    }

    /// The family of its algorithm.
    var family: String { properties?.family.rawValue ?? "unknown" }
}
