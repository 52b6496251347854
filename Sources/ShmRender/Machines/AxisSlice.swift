internal import ShmCompare
internal import ShmCoordinator
internal import ShmRecord

/// The changes of one step under one load as a table.
struct AxisSlice {
    let comparison: AxisComparison
    let step: AxisStep
    /// Those that are shown first, then the others, each by their size.
    let effects: [AxisEffect]
    /// The load in a title.
    let title: String

    /// The number of locks in a terminal.
    static let mostLines = 16

    init(_ comparison: AxisComparison, _ step: AxisStep, under load: Load, title: String) {
        (self.comparison, self.step, self.title) = (comparison, step, title)
        let all = comparison.effects(of: step, under: load)
        effects = all.filter(AxisWords.isShown) + all.filter { !AxisWords.isShown($0) }
    }

    /// All slices with effects, by step and load.
    static func all(_ comparison: AxisComparison, _ titles: LoadTitles) -> [AxisSlice] {
        let loads = comparison.effects.map(\.load).uniqued().sorted { $0.precedes($1) }
        return comparison.steps.flatMap { step in
            loads.map { AxisSlice(comparison, step, under: $0, title: titles.title($0)) }
        }.filter { !$0.effects.isEmpty }
    }

    var caption: String {
        let figure = effects[0].metric.isBetterWhenMore ? "throughput" : "p99, less is better"
        return
            "\(comparison.axis.title.prefix(1).uppercased() + comparison.axis.title.dropFirst()) \(AxisWords.step(step)): \(figure), \(title)"
    }

    private func cells(_ effects: [AxisEffect]) -> CellTable {
        CellTable(columns: [
            .init(title: "lock", texts: effects.map(AxisWords.name)),
            .init(title: "change", isNumber: true, texts: effects.map { AxisWords.change($0.change) }),
            .init(title: "interval", texts: effects.map(\.change.interval)),
            .init(title: "machines", texts: effects.map(AxisWords.place)),
        ])
    }

    func text(_ page: Page) -> String {
        let shown = Array(effects.prefix(Self.mostLines))
        let hidden = effects.count - shown.count
        let rest =
            hidden == 0
            ? "" : page.wrapped("\(counted(hidden, "more lock")): in the formats markdown, html and json.") + "\n"
        return page.wrapped(caption) + "\n" + cells(shown).folded(page) + rest
    }

    var markdown: String { "**\(caption)**\n\n\(cells(effects).markdown)\n" }

    var table: Exhibit.Table {
        let columns = [
            Exhibit.Table.Column("lock"), .init("change", isNumber: true), .init("interval"), .init("machines"),
        ]
        return Exhibit.Table(
            caption, columns,
            effects.map { effect in
                [
                    .init(AxisWords.name(effect)),
                    .init(AxisWords.change(effect.change), number: effect.change.ratio, Self.mark(effect)),
                    .init(effect.change.interval), .init(AxisWords.place(effect)),
                ]
            })
    }

    private static func mark(_ effect: AxisEffect) -> Exhibit.Table.Mark? {
        switch effect.verdict {
        case .equivalent: nil
        case .undecided, .mixed: .fair
        case .lower: effect.metric.isBetterWhenMore ? .bad : .good
        case .higher: effect.metric.isBetterWhenMore ? .good : .bad
        }
    }

    // MARK: In words

    /// The number of changes that a sentence names.
    private static let mostNamed = 4

    /// `6.1 → 6.18, 2 workers: pthread-robust† -12.0% (-14.0% to -9.0%) on all 4.`
    var sentence: String {
        let shown = effects.filter(AxisWords.isShown)
        let named = shown.prefix(Self.mostNamed).map { effect in
            "\(AxisWords.name(effect)) \(AxisWords.change(effect.change)) (\(effect.change.interval)) \(AxisWords.place(effect))"
        }
        let more = shown.count > Self.mostNamed ? ["\(counted(shown.count - Self.mostNamed, "more change"))"] : []
        let equivalent = effects.count { $0.verdict == .equivalent }
        let undecided = effects.count { $0.verdict == .undecided }
        let rest = [
            equivalent == 0 ? nil : "\(counted(equivalent, "lock")) equivalent",
            undecided == 0 ? nil : "\(undecided) undecided",
        ].compactMap(\.self)
        let parts =
            (shown.isEmpty ? ["no change is shown"] : named + more)
            + (rest.isEmpty ? [] : [rest.joined(separator: ", ")])
        return "\(AxisWords.step(step)), \(title): \(parts.joined(separator: "; "))."
    }
}
