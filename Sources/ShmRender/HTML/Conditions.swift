internal import ShmRecord

/// Where, when and how the figures of records were measured: by machine, and by run.
struct Conditions {
    /// A machine with its runs, or what is common to all.
    struct Group {
        /// The name of the machine; empty for what is common.
        let title: String
        let entries: [(name: String, value: String)]
    }

    let groups: [Group]

    /// - Parameters:
    ///   - command: the arguments of the program that wrote the report; `nil` if unknown.
    ///   - requested: the options of the command, in words.
    init(_ records: [Report.Records], command: String?, requested: [(name: String, value: String)]) {
        // Summaries do not say which runs they are of.
        let full = records.filter { $0.names.contains("run_id") }
        let rows = (full.isEmpty ? records : full).flatMap(Origin.all)
        let machines = rows.map(\.machine).uniqued()
        let parts = machines.map { machine in Self.part(rows.filter { $0.machine == machine }, machine) }
        let common = [command.map { (name: "command", value: "shmbench \($0)") }].compactMap(\.self)
        let names = Set(parts.flatMap(\.entries).map(\.name))
        let asked = requested.filter { !$0.value.isEmpty && !names.contains($0.name) }
        if machines.count < 2 {
            groups = [Group(title: "", entries: common + parts.flatMap(\.entries) + asked)]
        } else {
            groups = [Group(title: "", entries: common + asked)] + parts
        }
    }

    /// The number of runs that are listed.
    private static let most = 12

    private static func part(_ rows: [Origin], _ machine: [String]) -> Group {
        let facts = zip(Origin.machine, machine).filter { !$1.isEmpty }.map { (name: $0.name, value: $1) }
        let runs = rows.map(\.run).uniqued().map { run in rows.filter { $0.run == run } }
        var entries = facts
        if runs.count < 2 {
            entries += Origin.circumstances(rows)
        } else {
            entries += runs.prefix(most).map { rows in
                let words = Origin.circumstances(rows).map { "\($0.name) \($0.value)" }.joined(separator: ", ")
                return (name: rows[0].run.isEmpty ? "run" : "run \(rows[0].run)", value: words)
            }
            if runs.count > most { entries.append((name: "more runs", value: "\(runs.count - most), in the rows")) }
        }
        return Group(title: machine[0], entries: entries)
    }
}

/// The columns of a row that say where and when it was measured.
private struct Origin {
    /// The columns that identify a machine, by name on the page.
    static let machine = [("machine", "hostname"), ("CPU", "cpu_model"), ("CPUs", "cpus")].map {
        (name: $0.0, column: $0.1)
    }
    /// What may differ between runs.
    private static let changing = [
        ("kernel", "kernel"), ("version", "tool_version"), ("started", "started_at"), ("seed", "seed"),
    ].map { (name: $0.0, column: $0.1) }

    let machine: [String]
    let run: String
    private let values: [String]

    /// The distinct origins of records; none without the columns of a machine.
    static func all(_ records: Report.Records) -> [Origin] {
        func index(_ column: String) -> Int? { records.names.firstIndex(of: column) }
        let indices = machine.map { index($0.column) }
        let others = changing.map { index($0.column) }
        let run = index("run_id")
        if indices.allSatisfy({ $0 == nil }) { return [] }
        let rows = records.rows.map { row in
            (indices + others + [run]).map { $0.map { row[$0].text } ?? "" }
        }.uniqued()
        return rows.map { row in
            Origin(
                machine: Array(row.prefix(machine.count)), run: row[row.count - 1],
                values: Array(row.dropFirst(machine.count).dropLast()))
        }
    }

    /// The distinct values of what may differ: the first and the last of many.
    static func circumstances(_ rows: [Origin]) -> [(name: String, value: String)] {
        changing.enumerated().compactMap { number, column in
            let values = rows.map { $0.values[number] }.filter { !$0.isEmpty }.uniqued()
            guard let first = values.min(), let last = values.max() else { return nil }
            return (column.name, values.count <= 2 ? values.joined(separator: ", ") : "\(first) … \(last)")
        }
    }
}
