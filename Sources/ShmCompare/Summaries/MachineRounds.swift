internal import ShmCoordinator
internal import ShmCore
package import ShmRecord

/// Rounds of one machine. No median mixes machines.
package struct MachineRounds {
    package let records: [Record]
    /// One summary per cell, by scenario and load, with locks in the catalogue's order.
    package let summaries: [CellSummary]

    private static let key = ResultColumn.all.names(.machine)

    /// Rounds by machine, in the order in which the machines first occur.
    ///
    /// - Parameter column: a column whose values are kept apart on each machine, such as its kernel; `nil` for none.
    package static func groups(_ records: [Record], by column: String? = nil) -> [MachineRounds] {
        let key = key + (column.map { [$0] } ?? [])
        var places: [[String]: Int] = [:]
        var groups: [[Record]] = []
        var last: (record: Record, place: Int)?
        for record in records {
            // Most rounds are beside others of their machine.
            if let last, record.agrees(with: last.record, in: key) {
                groups[last.place].append(record)
                continue
            }
            let texts = key.map(record.text)
            let place = places[texts] ?? groups.count
            if place == groups.count {
                places[texts] = place
                groups.append([])
            }
            groups[place].append(record)
            last = (record, place)
        }
        return groups.map(MachineRounds.init)
    }

    private init(_ records: [Record]) {
        self.records = records
        title = Self.title(records)
        let groups = Dictionary(grouping: records, by: CellID.init)
        summaries = CellSummary.summaries(groups, cells: Self.cells(groups.keys))
    }

    private static func cells(_ cells: some Collection<CellID>) -> [CellID] {
        let places = LockKind.places
        let locks = Dictionary(grouping: cells, by: \.load)
        // Files do not contain the requested order of loads.
        let loads = locks.keys.sorted { $0.precedes($1) }
        return loads.flatMap { load in
            (locks[load] ?? []).sorted { left, right in
                (places[left.lock] ?? .max, left.lock) < (places[right.lock] ?? .max, right.lock)
            }
        }
    }

    package var hostname: String { values("hostname").first ?? "?" }

    /// The name of the machine, its CPU model and number of CPUs.
    package let title: String

    private static func title(_ records: [Record]) -> String {
        func plain(_ column: String) -> String {
            records.lazy.map { $0.text(column) }.first { !$0.isEmpty }.map(\.harmless) ?? "?"
        }
        let cpus = plain("cpus")
        return "\(plain("hostname")) (\(plain("cpu_model")), \(cpus) CPU\(cpus == "1" ? "" : "s"))"
    }

    /// When, where and with which version the rounds were measured.
    package var origin: String {
        let times = records.map { $0.text("started_at") }.filter { !$0.isEmpty }
        let first = times.min().map { " from \($0.harmless)" } ?? ""
        let runs = Set(records.map { $0.text("run_id") }).count
        let count = "\(counted(records.count, "round")) of \(counted(runs, "run"))"
        let tools = values("tool_version").map { "shmbench \($0)" }
        let kernels = values("kernel").map { "Linux \($0)" }
        return ([count + "\(first) on \(title)"] + kernels + tools).joined(separator: ", ")
    }

    /// The distinct values of a column, in the order in which they first occur.
    package func values(_ column: String) -> [String] {
        records.distinctTexts(column).map(\.harmless)
    }
}
