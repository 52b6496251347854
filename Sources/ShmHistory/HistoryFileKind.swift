internal import Glibc

/// What a path leads to, as far as the file system tells.
enum HistoryFileKind {
    case missing, empty, file
    /// A folder, a device, a pipe.
    case other(String)

    /// - Returns: also its length, in bytes.
    static func look(_ path: String) throws(HistoryError) -> (kind: HistoryFileKind, bytes: Int) {
        var facts = stat()
        guard unsafe stat(path, &facts) == 0 else {
            if errno == ENOENT { return (.missing, 0) }
            throw HistoryError(errno: errno, doing: "open", path: path)
        }
        switch facts.st_mode & S_IFMT {
        case S_IFREG: return (facts.st_size == 0 ? .empty : .file, Int(facts.st_size))
        case S_IFDIR: return (.other("a folder"), 0)
        default: return (.other("no ordinary file"), 0)
        }
    }
}
