internal import ShmCoordinator
package import ShmHistory
internal import ShmRecord

/// The key of comparable figures: the machine, the lock, and its load.
package struct HistoryCell: Hashable {
    /// The columns of the key. The kernel is not among them, so that a change by a new kernel shows.
    package static let columns = ResultColumn.all.names([.machine, .cell])

    private var values: [HistoryValue]

    /// - Parameters:
    ///   - values: one for each of ``columns``.
    ///   - anyHost: whether machines with different host names count as one.
    package init(_ values: some Sequence<HistoryValue>, anyHost: Bool) {
        self.values = Array(values)
        if anyHost, let host = Self.columns.firstIndex(of: "hostname") { self.values[host] = .null }
    }

    package subscript(_ column: String) -> HistoryValue {
        Self.columns.firstIndex(of: column).map { values[$0] } ?? .null
    }

    private func text(_ column: String) -> String { self[column].text ?? "?" }

    package var lock: String { text("lock") }
    /// Whether the lock has a name.
    package var isNamed: Bool { self["lock"].text?.isEmpty == false }
    package var workers: Int { Int(self["workers"].integer ?? 0) }

    /// The title: the lock, and the parameters that are not at their defaults.
    package var title: String {
        var parts = [text("scenario") == "default" ? lock : "\(text("scenario")): \(lock)"]
        parts.append(counted(workers, "worker"))
        let load = load
        return (parts + Parameter.all.compactMap { $0.unusual(load) }).joined(separator: ", ")
    }

    /// The load. An invalid parameter has its default: another program may have changed the file.
    private var load: Load {
        Parameter.all.reduce(into: Load()) { load, parameter in
            try? parameter.restore(self[parameter.column].record, for: parameter.column, in: &load)
        }
    }

    package var machine: String {
        let cpus = self["cpus"].integer.map { counted($0, "CPU") } ?? "? CPUs"
        return "\(self["hostname"].text ?? "any host") (\(text("cpu_model")), \(cpus))"
    }
}

extension HistoryValue {
    /// The text in a results file.
    fileprivate var record: String {
        switch self {
        case .text(let text): text
        case .integer(let number): "\(number)"
        case .real(let number): "\(number)"
        case .null: ""
        }
    }
}
