internal import ShmCoordinator
internal import ShmCore
internal import ShmHarness
internal import ShmRecord

/// The pictures of a crash test: which lock survived a kill on which path, and how long recovery took.
struct CrashExhibit {
    let results: [CrashResult]
    let conditions: CrashConditions

    var exhibit: Exhibit {
        let tried = results.filter { $0.total.kills > 0 }
        if tried.isEmpty { return Exhibit([]) }
        let curves = RecoveryPicture(lines: tried.map { ($0.lock, $0.recovery) }).picture
        return Exhibit([
            .init(
                "Survival",
                [.text(hasPaths ? Self.words : Self.recorded), .table(map(tried))]),
            .init("Recovery", [.picture(recovery(tried))] + (curves.map { [.picture($0)] } ?? [])),
        ])
    }

    private static let words =
        "Each cell has the kills on a path, and the slowest recovery after one. ok: all other processes went on; hangs: a process waited for 2 s; wrong: the data or the report of the death were wrong. BROKEN!: a promise was broken."
    private static let recorded =
        "Each cell has the instructions of a path at which the target was killed. Results files have the outcome of all paths together."

    /// Whether the outcome of each path is known.
    private var hasPaths: Bool { results.allSatisfy { $0.recordedTotal == nil } }

    private func map(_ tried: [CrashResult]) -> Exhibit.Table {
        let paths = conditions.paths.filter { path in tried.contains { $0.paths.contains { $0.path == path } } }
        let rows = tried.map { result in
            [Exhibit.Table.Cell(result.lock.name)]
                + paths.map { path in
                    result.paths.first { $0.path == path }.map { cell($0.tally, of: result) } ?? .init("–", .empty)
                } + [.init(result.words, verdict(result))]
        }
        return Exhibit.Table(
            "Survival by lock and path",
            [.init("lock")] + paths.map { .init($0.name) } + [.init("verdict")], rows, isMap: true)
    }

    private func cell(_ tally: CrashTally, of result: CrashResult) -> Exhibit.Table.Cell {
        if !hasPaths { return .init("–", detail: counted(tally.instructions, "instruction"), .empty) }
        let recovery = tally.slowestRecovery.map { Figure.time(Double($0)) }
        let harm = tally.hangs + tally.corruptions
        if harm == 0 {
            return .init(
                "ok", detail: [counted(tally.kills, "kill"), recovery].compactMap(\.self).joined(separator: ", "), .good
            )
        }
        let isBroken = !result.verdict.isAsPromised
        let word = tally.corruptions > 0 ? "wrong" : "hangs"
        return .init(
            isBroken ? "\(word), BROKEN!" : word, detail: "\(harm) of \(counted(tally.kills, "kill"))",
            isBroken ? .bad : .expected)
    }

    private func verdict(_ result: CrashResult) -> Exhibit.Table.Mark {
        if !result.isKnown { return .fair }
        if !result.verdict.isAsPromised { return .bad }
        return result.total.hangs + result.total.corruptions > 0 ? .expected : .good
    }

    private func recovery(_ tried: [CrashResult]) -> Exhibit.Picture {
        let rows = tried.map { result in
            let tallies = hasPaths ? result.paths.map(\.tally) : [result.total]
            let times = tallies.compactMap { $0.slowestRecovery.map { Double($0) } }
            return RowDrawing.Row(
                result.lock.name, group: result.lock.properties.family.rawValue, style(result),
                points: times, text: times.max().map { Figure.time($0) } ?? "–")
        }
        let layout = TableLayout<CrashRow>(
            items: ["lock", "kills", "owner_deaths", "hangs", "corruptions", "slowest_recovery_ns"].map {
                .init(CrashColumn.all[$0])
            })
        return Exhibit.Picture(
            hasPaths ? "Slowest recovery on each path" : "Slowest recovery",
            legend:
                "The longest time from a kill to the next acquisition\(hasPaths ? ": a point per path, and the longest in words" : "").",
            .rows(RowDrawing("time from the kill", .time, isSortable: true, [.init("all paths", rows)])),
            layout.exhibit("Kills and recovery", tried.map { CrashRow($0, conditions) }))
    }

    private func style(_ result: CrashResult) -> RowDrawing.Style {
        let properties = result.lock.properties
        if !result.verdict.isAsPromised { return .bad }
        return !properties.excludes ? .control : properties.survivesOwnerDeath ? .survivor : .other
    }
}
