internal import Glibc
internal import ShmCompare
internal import ShmHistory
internal import ShmRecord

/// The history that a command appends to. It is opened and checked before anything is measured, so that no results are
/// lost, and opened again to append. In between it is closed.
struct HistoryFile {
    let path: String
    /// The label of the run, usually a commit.
    let commit: String?

    /// - Parameter commit: the label; without one, the commit of the CI service.
    init(_ path: String, commit: String? = nil) throws {
        self.path = path
        self.commit = commit ?? Self.commitOfCI
        do { _ = try History(path: path, .results, creating: true) } catch {
            // A file that is no history is a mistake of the command line, as every foreign file is.
            let isForeign = unsafe access(path, F_OK) == 0 || path.isEmpty
            throw Failure(error.description, code: isForeign ? .usage : .failed)
        }
    }

    /// Appends all rows, or throws and appends none.
    ///
    /// - Parameter columns: the names of each row's values.
    func append(columns: [String], values: [[Value]]) throws {
        if values.isEmpty { return }
        do {
            try History(path: path, .results, creating: true).append(
                command: ShellText.commandLine, commit: commit, columns: columns,
                rows: values.map { $0.map(HistoryValue.init) })
        } catch { throw Failure(error.description) }
    }

    private static var commitOfCI: String? {
        let value = unsafe getenv("GITHUB_SHA").map { unsafe String(cString: $0) }
        return value.flatMap { $0.isEmpty ? nil : $0 }
    }
}

extension HistoryValue {
    /// With as many decimals as the CSV has.
    init(_ value: Value) {
        self =
            switch value {
            case .text, .renamed, .boolean, .list: .text(value.text)
            case .integer(let number): .integer(Int64(number))
            case .decimal(let number, let decimals): .real(Double(Figure.decimal(number, decimals)) ?? number)
            case .empty: .null
            }
    }
}
