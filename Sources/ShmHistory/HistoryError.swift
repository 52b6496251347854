internal import GRDB
internal import Glibc

/// The reason why a history cannot be used: one line that names the file and says what to do.
public struct HistoryError: Error, CustomStringConvertible {
    /// The file, the cause and the remedy, without a line break.
    public let description: String

    init(_ description: String) { self.description = description }

    /// Creates the error for one that another layer threw.
    ///
    /// - Parameters:
    ///   - doing: the operation, as in "append to".
    ///   - patience: seconds that the operation waited for a lock.
    init(_ error: any Error, doing: String, path: String, patience: Double) {
        if let error = error as? HistoryError {
            self = error
            return
        }
        guard let error = error as? DatabaseError else {
            self.init("cannot \(doing) the history \(path): \(error)")
            return
        }
        let reason = Self.oneLine(error.message ?? "\(error.extendedResultCode)")
        switch error.resultCode {
        case .SQLITE_NOTADB: self.init(Self.noDatabase(path))
        case .SQLITE_CORRUPT: self.init(Self.damaged(path, reason))
        case .SQLITE_BUSY, .SQLITE_LOCKED:
            let seconds = patience == patience.rounded() ? "\(Int(patience))" : "\(patience)"
            self.init(
                "cannot \(doing) the history \(path): another program kept it locked for \(seconds) s; try again later"
            )
        case .SQLITE_READONLY, .SQLITE_PERM, .SQLITE_AUTH:
            self.init(
                "cannot \(doing) the history \(path): \(reason); make the file and its folder writable, or name another file"
            )
        case .SQLITE_FULL:
            self.init("cannot \(doing) the history \(path): \(reason); free some space; nothing was changed")
        default: self.init("cannot \(doing) the history \(path): \(reason); name another file")
        }
    }

    /// Creates the error for a failed system call.
    init(errno code: Int32, doing: String, path: String) {
        let reason = unsafe String(cString: strerror(code))
        if doing == "create" && code == ENOENT {
            self.init(
                "cannot create the history \(path): its folder does not exist; name a file in a folder that exists")
            return
        }
        self.init("cannot \(doing) the history \(path): \(reason); name another file")
    }

    static func noDatabase(_ path: String) -> String {
        "the history \(path) is not a SQLite file; name another file, or move it away to start a new history"
    }

    static func damaged(_ path: String, _ reason: String) -> String {
        "the history \(path) is damaged (\(oneLine(reason))); move it away, and recover what can be read with `sqlite3 FILE .recover`"
    }

    static func oneLine(_ text: String) -> String {
        text.split(whereSeparator: \.isNewline).joined(separator: " ")
    }
}
