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
    /// What the headings name; empty for one machine.
    var subject = ""
    /// The percentiles that the tables do not have.
    var curves = LatencyCurves()

    var sections: [Exhibit.Section] {
        if summaries.isEmpty { return [] }
        let pictures: [(String, Exhibit.Block?)] = [
            ("Throughput", .picture(ThroughputPicture(views: views).picture)),
            (
                "Time to acquire",
                LatencyPicture(views: views, choice: choice, curves: curves).picture.map { .picture($0) }
            ),
            (
                "More workers",
                WorkersPicture(summaries: summaries, sort: sort, choice: choice).picture.map { .picture($0) }
            ),
            ("Cost of throughput", CostPicture(views: views, choice: choice).picture.map { .picture($0) }),
            ("Rounds", SpreadPicture(views: views).picture.map { .picture($0) }),
            ("Kills of owners", KillTable(summaries).exhibit.map { .picture($0) }),
        ]
        return GridMaps(summaries).sections(of: subject)
            + pictures.compactMap { title, block in block.map { Exhibit.Section(title, of: subject, [$0]) } }
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

    /// Curves that the rounds do not allow, and why.
    var gaps: [String] {
        if summaries.isEmpty { return [] }
        let latency = "Time to acquire by percentile: no plot, since no round has enough samples for a percentile."
        let counts = Set(summaries.map(\.load.workers))
        let one = counts.count == 1 ? counts.first.map { ", \($0)" } ?? "" : " under each load"
        let workers = "Throughput by number of workers: no plot, since there is only one number\(one)."
        return [
            LatencyPicture(views: views, choice: choice, curves: curves).picture == nil ? latency : nil,
            WorkersPicture(summaries: summaries, sort: sort, choice: choice).picture == nil ? workers : nil,
        ].compactMap(\.self).map { subject.isEmpty ? $0 : "\(subject): \($0)" }
    }

    private var choice: CurveChoice { CurveChoice(name: machine, chosen: Self.chosen(summaries)) }

    /// The locks that are worth a curve before the reader chooses: all of a few, or ``CurveChoice/rule``.
    private static func chosen(_ summaries: [CellSummary]) -> Set<String> {
        let known = Set(summaries.map(\.lock))
        if known.count <= TextPlot.most { return known }
        let cells = summaries.filter { $0.excludes && $0.isAsPromised && $0.load.workers > 1 }
        let loads = cells.map(\.load).uniqued().map { load in
            cells.filter { $0.load == load }.sorted { $0.throughput ?? 0 > $1.throughput ?? 0 }
        }
        let survivors = loads.compactMap { $0.first(where: \.survivesOwnerDeath)?.lock }
        let fastest = (0..<TextPlot.most).flatMap { place in loads.filter { $0.count > place }.map { $0[place].lock } }
        let familiar = ["robust-futex", "pthread-mutex", "mcs"]
        return Set((familiar.filter(known.contains) + survivors + fastest).uniqued().prefix(TextPlot.most))
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

    /// Which they are.
    static let rule =
        "robust-futex, pthread-mutex, mcs, under each load the fastest lock that survives its owner's death, and the fastest others"

    var drawing: CurveDrawing.Choice { CurveDrawing.Choice(group: name, rule: Self.rule) }
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
