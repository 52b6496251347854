internal import ShmCore
internal import ShmRecord

extension Report {
    /// The catalogue of locks: a case per lock, skipped if this machine does not support it.
    package static var catalogue: Report {
        let obstacles = Catalogue.kinds.compactMap { kind in kind.obstacle.map { (kind.name, $0) } }
        return Report(
            "list", text: { Catalogue.text($0) }, markdown: { Catalogue.markdown },
            records: Records(schema: LockColumn.schema, LockColumn.all, Catalogue.kinds),
            suites: [
                Suite(
                    "list",
                    Catalogue.kinds.map { kind in
                        kind.obstacle.map { Check(kind.name, .skipped, $0) }
                            ?? Check(kind.name, .passed, kind.properties.summary)
                    })
            ],
            notices: obstacles.map { Notice(.warning, $0.0, "not supported by this machine: \($0.1)") }
                + [count])
    }

    /// The names of all locks, a line each.
    package static var lockNames: Report {
        let kinds = LockKind.all
        return Report(
            "list", text: { _ in kinds.map { "\($0.name)\n" }.joined() },
            markdown: { kinds.map { "- `\($0.name)`\n" }.joined() },
            records: Records(schema: LockColumn.schema, LockColumn.names, kinds), notices: [count])
    }

    private static var count: Notice { Notice(.notice, "shmbench", "\(Catalogue.kinds.count) locks and controls") }
}
