internal import ShmCompare
internal import ShmCoordinator
internal import ShmCore
internal import ShmRecord

extension SurvivalMatrix {
    /// The matrix as a map of colours and words, and the distribution of recovery times.
    var exhibit: Exhibit {
        if !hasTried { return Exhibit([]) }
        let words = Exhibit.Section("Survival", [.text(Self.words), .text(Self.times)])
        let maps = [
            ("Deaths", faults.filter { $0.aim == .death }), ("Other faults", faults.filter { $0.aim == .disturbance }),
        ].filter { !$0.1.isEmpty }.map { title, faults in
            Exhibit.Section(
                title, [.table(map("\(title): verdict, and median / longest recovery, by lock and fault", faults))])
        }
        let operations = Exhibit.Section("Operations", [.table(operations)])
        let curves = RecoveryPicture(lines: recoveries.map { ($0.result.lock, $0.result.recovery) }).picture
        let recovery =
            recoveries.isEmpty
            ? [] : [Exhibit.Section("Recovery", [.picture(recovery)] + (curves.map { [.picture($0)] } ?? []))]
        let known = [Self.words, Self.times] + verdict + warnings.map { "Warning: \($0.text)." }
        let notes = Exhibit.Section("Notes", sentences(markdown: true).filter { !known.contains($0) }.map { .text($0) })
        return Exhibit([words] + maps + [operations] + recovery + [notes])
    }

    private func map(_ title: String, _ faults: [Fault]) -> Exhibit.Table {
        let rows = lines.map { line in
            [Exhibit.Table.Cell(line.lock.name)]
                + faults.map { fault in line.cells[fault].map(cell) ?? .init("–", .empty) }
        }
        return Exhibit.Table(
            title, [.init("lock")] + faults.map { .init($0.name, meaning: $0.summary) }, rows, isMap: true)
    }

    private func cell(_ result: StressResult) -> Exhibit.Table.Cell {
        let isTimed = result.verdict == .survives || result.verdict == .stalls
        return .init(Self.word(result), detail: isTimed ? times(result) : nil, mark(result))
    }

    /// The median and the longest recovery time; `nil` without any.
    private func times(_ result: StressResult) -> String? {
        guard let longest = result.recovery.longest.map({ Figure.time(Double($0)) }) else { return nil }
        let middle = result.recovery.percentile(50).map { Figure.time(Double($0)) }
        return middle.map { "\($0) / \(longest)" } ?? "max \(longest)"
    }

    private func mark(_ result: StressResult) -> Exhibit.Table.Mark {
        if !result.isAsPromised { return .bad }
        return switch result.verdict {
        case .survives: .good
        case .stalls: .fair
        case .hangs, .breaks, .corrupts: .expected
        case .notApplicable, .untried: .empty
        }
    }

    private var operations: Exhibit.Table {
        let words = TableLayout(items: [Self.name] + exercises.items { $0.lock }).exhibit(
            "Operations of the locks that were tested", lines)
        let rows = words.rows.map { row in
            row.enumerated().map { index, cell in index == 0 ? cell : .init(cell.text, Self.mark(cell.text)) }
        }
        return Exhibit.Table(words.caption, words.columns, rows, isMap: true)
    }

    private static func mark(_ word: String) -> Exhibit.Table.Mark {
        switch word {
        case "ok": .good
        case "n/a", "-", "": .empty
        default: word.hasSuffix("!") ? .bad : .expected
        }
    }

    private var recovery: Exhibit.Picture {
        let rows = recoveries.map { row in
            let times = row.result.recovery
            let points = [50.0, 99].compactMap { percent in times.percentile(percent).map { Double($0) } }
            let longest = times.longest.map { [Double($0)] } ?? []
            return RowDrawing.Row(
                row.result.lock.name, group: row.result.lock.properties.family.rawValue,
                row.result.isAsPromised ? (row.result.isPromised ? .survivor : .other) : .bad, points: points,
                outliers: longest, text: longest.first.map(Figure.time) ?? "–")
        }
        return Exhibit.Picture(
            "Recovery: from the kill of an owner to the next acquisition",
            legend: "Points: median and 99th percentile; a cross and the words: the longest time.",
            .rows(RowDrawing("time from the kill", .time, isSortable: true, [.init("kills of owners", rows)])),
            Self.recovery.exhibit("Recovery times", recoveries))
    }
}
