internal import ShmCompare
internal import ShmCoordinator
internal import ShmRecord

/// The part of a report that compares machines: maps, the best locks, what an axis changes, and what is missing.
struct MachinesDocument {
    /// Not every format needs it.
    private let lazyComparison: Lazy<MachineComparison>
    private var comparison: MachineComparison { lazyComparison.value }
    /// Machines of a kind follow each other.
    private let machines: [ComparedMachine]
    private let kinds: KindTable
    /// What the steps of an axis change; `nil` without `--by`.
    let axis: AxisComparison?
    let tasks: [MachineTask]
    private var titles: LoadTitles { LoadTitles(comparison.loads.map(\.load)) }

    /// The number of loads of which a terminal shows the maps.
    private static let mostLoads = 6

    init(
        _ machines: [ComparedMachine], _ kinds: MachineKinds, reference: String, axis: MachineAxis?,
        tasks: [MachineTask]
    ) {
        self.kinds = KindTable(kinds, machines)
        let machines = self.kinds.machines
        self.machines = machines
        lazyComparison = Lazy { MachineComparison(machines, reference: reference) }
        self.axis = axis.map { AxisComparison(machines, $0, reference: reference) }
        self.tasks = tasks
    }

    private var isSeveral: Bool { machines.count > 1 }

    // MARK: What is missing

    /// What is missing of what was asked for, a line each, beside tasks.
    var gaps: [String] { axis.flatMap(Self.obstacle).map { [$0] } ?? [] }

    /// Whether each task did its work.
    var isComplete: Bool { tasks.allSatisfy(\.isComplete) }

    /// The tasks that did not, in a few words; `nil` if all did.
    var shortfall: String? {
        let count = tasks.count { !$0.isComplete }
        return count == 0
            ? nil : "\(count) of \(counted(tasks.count, "task")) did not end as \(count == 1 ? "it" : "they") should"
    }

    /// Why an axis shows nothing; `nil` if it shows something.
    private static func obstacle(_ axis: AxisComparison) -> String? {
        if !axis.effects.isEmpty { return nil }
        let option = "--by \(axis.axis.rawValue)"
        if axis.values.isEmpty {
            return "\(option): no row has a value in that column: expected rows of a newer version"
        }
        if axis.values.count == 1 {
            return "\(option): all rows have \(axis.values[0].debugDescription): expected rows of two values"
        }
        return
            "\(option): no machine has two values, and no two machines of different values are alike otherwise and share a lock\(axis.confounded.isEmpty ? "" : " (\(axis.confounded.prefix(3).joined(separator: "; ")))")"
    }

    // MARK: In words

    /// The verdict, a sentence each.
    var sentences: [String] {
        missing + [kinds.sentence].compactMap(\.self)
            + (isSeveral ? MachineVerdict(comparison: comparison, titles: titles, axis: axis?.axis).sentences : [])
            + (axis.map(sentences) ?? [])
    }

    private func sentences(_ axis: AxisComparison) -> [String] {
        let confounded = axis.confounded.isEmpty ? [] : ["Not compared: \(MachineWords.list(axis.confounded))."]
        let none = Self.obstacle(axis).map { ["No change is known: \($0)."] } ?? []
        return AxisSlice.all(axis, titles).map(\.sentence) + none + confounded
    }

    private var missing: [String] {
        let lines = tasks.compactMap { task in task.shortfall.map { "\(task.name) \($0)" } }
        if lines.isEmpty { return [] }
        let shown =
            lines.prefix(10).joined(separator: "; ") + (lines.count > 10 ? "; and \(lines.count - 10) more" : "")
        return ["Missing: \(lines.count) of \(counted(tasks.count, "machine")): \(shown)."]
    }

    // MARK: For people

    private var slices: [MachineSlice] {
        guard isSeveral, comparison.hasReference else { return [] }
        return comparison.loads.flatMap { load in
            load.maps.map { map in
                MachineSlice(
                    comparison: comparison, load: load, map: map, title: titles.title(load.load), kinds: kinds.groups)
            }
        }
    }

    private var best: MachineBest { MachineBest(comparison: comparison, titles: titles) }
    /// Many machines have sentences in place of a table.
    private var hasBest: Bool {
        isSeveral && comparison.machines.count <= MachineSlice.mostMachines && comparison.loads.count <= Self.mostLoads
    }

    /// Explains what is shown.
    private func legend(_ slices: [MachineSlice]) -> [String] {
        (slices.isEmpty ? [] : [MachineWords.legend(comparison)]) + (axis.map(AxisWords.legend) ?? [])
    }

    func text(_ page: Page) -> String {
        let isLong = comparison.loads.count > Self.mostLoads
        let maps = isLong ? [] : slices
        let left =
            isLong && !slices.isEmpty
            ? [page.wrapped("The maps of \(comparison.loads.count) loads are in the formats markdown and html.") + "\n"]
            : []
        let changes = axis.map { AxisSlice.all($0, titles) } ?? []
        let tables =
            kinds.tables.map { $0.text(page) } + maps.map { $0.text(page) } + (hasBest ? [best.text(page)] : [])
            + changes.map { $0.text(page) }
        let words = (sentences + legend(maps)).map { page.wrapped($0) + "\n" }.joined()
        return (tables + left + [words]).joined(separator: "\n")
    }

    var markdown: String {
        let changes = axis.map { AxisSlice.all($0, titles) } ?? []
        let tables =
            kinds.tables.map(\.markdown) + slices.map(\.markdown) + (hasBest ? [best.markdown] : [])
            + changes.map(\.markdown)
        return (tables + [(sentences + legend(slices)).map { $0 + "\n" }.joined()]).joined(separator: "\n")
    }

    /// The sections of a page.
    var sections: [Exhibit.Section] {
        // Of many machines, a page has the maps of the figures by which locks are ranked.
        let shown = slices.filter { !$0.isMany || $0.map.metric == $0.load.maps.first?.metric }
        let hidden = slices.count - shown.count
        let left =
            hidden == 0 ? [] : [Exhibit.Block.text("The maps of p99 are in the format json, which has all ratios.")]
        let maps =
            kinds.tables.map { Exhibit.Block.table($0.table) }
            + (hasBest || (isSeveral && comparison.loads.count <= Self.mostLoads)
                ? [Exhibit.Block.table(best.table)] : [])
            + shown.flatMap { slice in slice.tables.map { .table($0) } }
        let changes = axis.map { axis in
            AxisSlice.all(axis, titles).map { Exhibit.Block.table($0.table) } + AxisWords.legend(axis).map { .text($0) }
        }
        let first =
            maps.isEmpty
            ? []
            : [
                Exhibit.Section(
                    "Machines", (shown.isEmpty ? [] : [.text(MachineWords.legend(comparison))]) + left + maps)
            ]
        return first + (changes.map { $0.isEmpty ? [] : [Exhibit.Section("Changes", $0)] } ?? [])
    }

    // MARK: For programs

    var facts: [JSONValue.Member] {
        let ratios: [JSONValue.Member] =
            isSeveral
            ? [
                .init("machines", .rows(MachineRatioColumn.all, MachineRatioRow.rows(comparison))),
                .init("regrets", .rows(RegretColumn.all, RegretRow.rows(comparison))),
                .init("kinds", .rows(KindColumn.all, kinds.rows)),
            ] : []
        return ratios + (axis.map { [.init("axis", .rows(AxisColumn.all, AxisRow.rows($0)))] } ?? [])
            + (tasks.isEmpty ? [] : [.init("tasks", .rows(MachineTaskColumn.all, tasks))])
    }

    // MARK: For CI services

    /// A case per machine and load, per change, and per task. A task that did not end as it should is an error.
    var suites: [Report.Suite] {
        let bests = comparison.loads.flatMap { load in
            machines.indices.compactMap { index -> Report.Check? in
                guard isSeveral, let point = load.points[index] else { return nil }
                let figure = point.figure.map { " (\((load.load.isOpen ? Metric.p99 : .throughput).shown($0)))" } ?? ""
                return Report.Check(
                    "\(comparison.machines[index].name), \(titles.title(load.load))",
                    point.first == nil ? .skipped : .passed,
                    GridWords.best(point) + figure)
            }
        }
        let changes = axis.map { axis in
            AxisSlice.all(axis, titles).map { slice in
                Report.Suite(
                    slice.caption,
                    slice.effects.map { effect in
                        Report.Check(
                            effect.lock, effect.verdict == .undecided ? .skipped : .passed,
                            "\(AxisWords.change(effect.change)) (\(effect.change.interval)) \(AxisWords.place(effect))")
                    })
            }
        }
        let checks = tasks.map { Report.Check($0.name, $0.isComplete ? .passed : .error, $0.shortfall ?? "complete") }
        return (bests.isEmpty ? [] : [Report.Suite("best lock on each machine", bests)]) + (changes ?? [])
            + (checks.isEmpty ? [] : [Report.Suite("tasks", checks)])
    }

    var notices: [Report.Notice] {
        let errors = tasks.filter { !$0.isComplete }.prefix(10).map {
            Report.Notice(.error, $0.name, $0.shortfall ?? "")
        }
        let words = sentences
        return errors + (words.isEmpty ? [] : [Report.Notice(.notice, "machines", words.joined(separator: "\n"))])
    }
}
