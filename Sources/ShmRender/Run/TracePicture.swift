internal import ShmCoordinator
internal import ShmCore
internal import ShmHarness
internal import ShmRecord

/// Who held the lock when, in the traced rounds (`run --trace`).
struct TracePicture {
    private let rows: [Row]

    init(_ rows: [Row]) {
        self.rows = rows.filter { $0.result.figures?.events.contains { !$0.isEmpty } ?? false }
    }

    /// The number of traced rounds in a page, and of holds in each: the file of `--trace` has more.
    private static let most = (rounds: 24, holds: 600)

    /// `nil` without traced rounds.
    var picture: Exhibit.Picture? {
        let shown = rows.prefix(Self.most.rounds).compactMap { row in
            row.result.figures.map { (row, Self.strips($0.events)) }
        }
        if shown.isEmpty { return nil }
        let start = shown.firstIndex { row, _ in row.cell.workers > 1 && row.cell.lock.properties.excludes } ?? 0
        let views = shown.map { row, strips in RowDrawing.View(title(row), strips.map(\.row)) }
        let left =
            rows.count > shown.count
            ? " The other \(rows.count - shown.count) traced rounds are only in the file of --trace." : ""
        return Exhibit.Picture(
            "Who held the lock when",
            legend:
                "A bar is a worker's hold, from the acquisition to the start of the release: \(Self.most.holds) holds at most, from the moment on at which the records of all workers begin. The file of --trace has more, for Perfetto.\(left)",
            .rows(RowDrawing("time", .clock, start: start, views)), table(shown))
    }

    private func title(_ row: Row) -> String {
        LoadTitles(rows.map(\.cell.load)).brief(row.cell.lock.name, row.cell.load)
    }

    /// The holds of a worker.
    private struct Strip {
        let worker: Int
        let holds: [(from: Double, to: Double)]

        var row: RowDrawing.Row {
            RowDrawing.Row(
                "worker \(worker + 1)", spans: holds, text: counted(holds.count, "hold"))
        }

        var total: Double { holds.reduce(0) { $0 + $1.to - $1.from } }
    }

    /// The holds of all workers, in µs from the moment that all workers' records reach back to.
    private static func strips(_ events: [[FlightEvent]]) -> [Strip] {
        let all = events.map(holds)
        let start = all.compactMap { $0.first?.from }.max() ?? 0
        let later = all.map { $0.filter { $0.from >= start } }
        let end = later.flatMap(\.self).map(\.from).sorted().prefix(most.holds).last ?? start
        return later.enumerated().map { worker, holds in
            Strip(
                worker: worker,
                holds: holds.filter { $0.from <= end }.map {
                    (Double($0.from - start) / 1e3, Double($0.to - start) / 1e3)
                })
        }
    }

    private static func holds(_ events: [FlightEvent]) -> [(from: UInt64, to: UInt64)] {
        var (since, holds): (UInt64?, [(from: UInt64, to: UInt64)]) = (nil, [])
        for event in events {
            switch event.kind {
            case .acquire: since = event.time
            case .release:
                if let start = since, event.time >= start { holds.append((start, event.time)) }
                since = nil
            default: break
            }
        }
        return holds
    }

    private func table(_ shown: [(Row, [Strip])]) -> Exhibit.Table {
        let columns =
            [Exhibit.Table.Column("round"), .init("worker")]
            + ["holds", "time held", "longest hold"].map { .init($0, isNumber: true) }
        let rows = shown.flatMap { row, strips in
            strips.map { strip -> [Exhibit.Table.Cell] in
                let longest = strip.holds.map { ($0.to - $0.from) * 1e3 }.max()
                return [
                    .init(title(row)), .init("worker \(strip.worker + 1)"),
                    .init("\(strip.holds.count)", number: Double(strip.holds.count)),
                    .init(strip.total * 1e3, Figure.time), .init(longest, Figure.time),
                ]
            }
        }
        return Exhibit.Table("Holds in the time that is shown", columns, rows)
    }
}
