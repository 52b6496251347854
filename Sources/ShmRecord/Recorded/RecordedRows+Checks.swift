package import ShmCore

extension [RecordedRows.Row] {
    /// Refuses rows about the same thing: no report can say which of them counts.
    package func refuse(repeated columns: [String]) throws {
        var seen: [[String]: String] = [:]
        for row in self {
            let key = columns.map(row.text)
            if let earlier = seen.updateValue(row.place, forKey: key) {
                throw Failure(
                    "\(row.place): \(key.joined(separator: " under ")) is already in \(earlier): expected each once; report the files one after the other",
                    code: .usage)
            }
        }
    }

    /// Refuses rows of different tests, whose figures do not belong into one table.
    package func refuse(different columns: [String]) throws {
        for column in columns {
            guard let first, let other = self.first(where: { $0.text(column) != first.text(column) }) else { continue }
            throw Failure(
                "\(other.place): \(column) is \(other.text(column)), and \(first.text(column)) in \(first.place): expected files of the same test; report them one after the other",
                code: .usage)
        }
    }
}

extension LockKind {
    /// The lock of a row.
    package init(_ row: RecordedRows.Row) throws {
        guard let lock = LockKind(named: row.text("lock")) else {
            throw row.invalid(
                "lock", expected: "a lock of this version (`shmbench list`), or of the plugin of --lock-plugin")
        }
        self = lock
    }
}
