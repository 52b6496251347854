internal import Glibc

/// The kind of file at a path.
enum HistoryFileKind {
    case missing, empty, file
    /// Something other than a regular file, in words.
    case other(String)

    /// - Returns: the kind, and the length in bytes.
    static func look(_ path: String) throws(HistoryError) -> (kind: HistoryFileKind, bytes: Int) {
        var facts = stat()
        guard unsafe stat(path, &facts) == 0 else {
            if errno == ENOENT { return (.missing, 0) }
            throw HistoryError(errno: errno, doing: "open", path: path)
        }
        switch facts.st_mode & S_IFMT {
        case S_IFREG: return (facts.st_size == 0 ? .empty : .file, Int(facts.st_size))
        case S_IFDIR: return (.other("a folder"), 0)
        default: return (.other("not a regular file"), 0)
        }
    }
}
