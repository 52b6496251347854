internal import ShmCompare
internal import ShmCoordinator
internal import ShmHistory
internal import ShmRecord
internal import SystemPackage

/// A history for Apache Otava (formerly Hunter): a CSV with a line for each run and a column for each figure of each cell,
/// and the part of otava.yaml that reads it.
struct OtavaExport {
    private let columns: [(name: String, series: HistorySeries)]
    private let runs: [HistoryRun]

    /// The attributes that Otava shows beside a change.
    private static let attributes = ["commit", "run_id", "tool_version", "hostname", "kernel"]

    /// - Parameter runs: oldest first. Runs without a figure are left out.
    init(_ all: [HistorySeries], runs: [HistoryRun]) {
        let present = Set(all.flatMap { $0.points.map(\.run.id) })
        self.runs = runs.filter { present.contains($0.id) }
        let varying = HistoryCell.columns.filter { column in
            !["lock", "workers"].contains(column) && Set(all.map { $0.cell[column] }).count > 1
        }
        var taken: [String: Int] = [:]
        columns = all.map { series in
            let parts = varying.compactMap { Self.part($0, series.cell[$0]) }
            let lengths = series.lengths.map { [$0] } ?? []
            let name = (parts + lengths + [series.cell.lock, "w\(series.cell.workers)", series.metric.column])
                .joined(separator: "_").map {
                    $0.isASCII && ($0.isLetter || $0.isNumber || "-._".contains($0)) ? $0 : "-"
                }
            let count = taken[String(name), default: 0] + 1
            taken[String(name)] = count
            return (count == 1 ? String(name) : "\(String(name))_\(count)", series)
        }
    }

    private static func part(_ column: String, _ value: HistoryValue) -> String? {
        switch value {
        case .null: nil
        case .text(let text): text
        case .integer(let number): "\(column)\(number)"
        case .real(let number): "\(column)\(Figure.decimal(number, 0))"
        }
    }

    /// RFC 4180; a missing figure is an empty cell.
    var csv: String {
        let figures = columns.map { column in
            Dictionary(column.series.points.map { ($0.run.id, $0.median) }, uniquingKeysWith: { first, _ in first })
        }
        return CSV.document(
            ["time"] + Self.attributes + columns.map(\.name),
            runs.map { run in
                let facts = Self.attributes.map { name -> Value in
                    let fact = name == "commit" ? run.commit : name == "run_id" ? run.id : run[name].text
                    return fact.map { .text($0) } ?? .empty
                }
                return [.text(Self.time(run))] + facts + figures.map { Value($0[run.id], decimals: 4) }
            })
    }

    /// With a numeric offset, which every reader of ISO 8601 accepts.
    private static func time(_ run: HistoryRun) -> String {
        run.startedAt.hasSuffix("Z") ? run.startedAt.dropLast() + "+00:00" : run.startedAt
    }

    /// Otava does not read empty cells, so columns with some are named only in a comment.
    func yaml(file: String) -> String {
        func quoted(_ text: String) -> String {
            "\"" + text.map { $0 == "\"" || $0 == "\\" ? "\\\($0)" : String($0) }.joined() + "\""
        }
        let complete = columns.filter { $0.series.points.count == runs.count }
        let others = columns.filter { $0.series.points.count != runs.count }
        var lines = [
            "tests:", "  shmbench:", "    type: csv", "    file: \(quoted(file))", "    time_column: time",
            "    attributes: [\(Self.attributes.joined(separator: ", "))]",
            complete.isEmpty ? "    metrics: {}" : "    metrics:",
        ]
        lines += complete.map { name, series in
            "      \(quoted(name)): {direction: \(series.metric.isBetterHigh == false ? -1 : 1)}"
        }
        lines += ["    csv_options:", "      delimiter: \",\"", "      quotechar: '\"'"]
        if !others.isEmpty {
            lines.append(
                "# Some runs have no figure for \(others.count) of the columns, and Otava reads no empty cells. Narrow the export with"
            )
            lines.append("# --locks, --workers, --scenario or --metrics to have them:")
            lines += others.map { "#   \($0.name): \($0.series.points.count) of \(counted(runs.count, "run"))" }
        }
        return lines.joined(separator: "\n") + "\n"
    }

    func write(_ path: String) throws {
        let file = try OutputFile(path, .otava, option: "--export")
        try file.begin()
        do throws(Errno) {
            try file.write(csv)
            try file.close()
        } catch { throw Failure("cannot write the export to \(path): \(error); name another file with --export") }
    }
}
