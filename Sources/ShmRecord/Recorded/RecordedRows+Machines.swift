extension [RecordedRows.Row] {
    /// The rows of each machine and kernel, in the order in which these first occur.
    var byMachine: [(name: String, rows: [RecordedRows.Row])] {
        let columns = ["hostname", "kernel", "cpu_model", "cpus"]
        let groups = Dictionary(grouping: self) { row in columns.map(row.text) }
        let keys = map { row in columns.map(row.text) }.uniqued()
        // As many columns as tell the machines apart.
        let names = (1...columns.count).lazy.map { count in
            keys.map { $0.prefix(count).joined(separator: ", ").harmless }
        }
        let unique = names.first { Set($0).count == keys.count } ?? keys.indices.map { "machine \($0 + 1)" }
        return zip(unique, keys).map { ($0, groups[$1] ?? []) }
    }
}
