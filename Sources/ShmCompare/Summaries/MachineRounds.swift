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
    package static func groups(_ records: [Record]) -> [MachineRounds] {
        let groups = Dictionary(grouping: records) { record in key.map(record.text) }
        return records.map { record in key.map(record.text) }.uniqued().compactMap { groups[$0] }.map(
            MachineRounds.init)
    }

    private init(_ records: [Record]) {
        self.records = records
        summaries = CellSummary.summaries(records, cells: Self.cells(records))
    }

    private static func cells(_ records: [Record]) -> [CellID] {
        let places = LockKind.places
        let locks = Dictionary(grouping: records.map(CellID.init).uniqued(), by: \.load)
        // Files do not contain the requested order of loads.
        let loads = records.map(\.load).uniqued().sorted { $0.precedes($1) }
        return loads.flatMap { load in
            (locks[load] ?? []).sorted { left, right in
                (places[left.lock] ?? .max, left.lock) < (places[right.lock] ?? .max, right.lock)
            }
        }
    }

    /// The name of the machine, its CPU model and number of CPUs.
    package var title: String {
        let cpus = plain("cpus")
        return "\(plain("hostname")) (\(plain("cpu_model")), \(cpus) CPU\(cpus == "1" ? "" : "s"))"
    }

    /// When, where and with which version the rounds were measured.
    package var origin: String {
        let times = records.map { $0.text("started_at") }.filter { !$0.isEmpty }
        let first = times.min().map { " from \(Self.plain($0))" } ?? ""
        let runs = Set(records.map { $0.text("run_id") }).count
        let count = "\(counted(records.count, "round")) of \(counted(runs, "run"))"
        let tools = values("tool_version").map { "shmbench \($0)" }
        let kernels = values("kernel").map { "Linux \($0)" }
        return ([count + "\(first) on \(title)"] + kernels + tools).joined(separator: ", ")
    }

    /// The distinct values of a column, in the order in which they first occur.
    package func values(_ column: String) -> [String] {
        records.map { $0.text(column) }.filter { !$0.isEmpty }.uniqued().map(Self.plain)
    }

    private func plain(_ column: String) -> String { values(column).first ?? "?" }

    /// Replaces control characters and markup in text from a file.
    static func plain(_ text: String) -> String {
        String(
            text.prefix(80).map { $0.isASCII && ($0.isLetter || $0.isNumber || " -_.,:()@+/#".contains($0)) ? $0 : "?" }
        )
    }
}
