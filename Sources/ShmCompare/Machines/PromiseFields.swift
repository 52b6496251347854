package import ShmRecord

/// A promise of a lock over several machines, in JSON.
package struct PromiseRow {
    package let machines: [String]
    package let line: PromiseMap.Line

    package static func rows(_ map: PromiseMap) -> [PromiseRow] {
        map.lines.map { PromiseRow(machines: map.machines, line: $0) }
    }

    fileprivate func names(_ indices: [Int]) -> Value { .list(indices.map { .text(machines[$0]) }) }
}

/// A member of `promises` in JSON documents.
package typealias PromiseColumn = Field<PromiseRow>

extension Field where Subject == PromiseRow {
    package static let all: [Field<PromiseRow>] = [
        Field("lock", kind: .text, roles: .present, "name of the lock") { .text($0.line.lock) },
        Field("fault", kind: .text, "name of the fault; empty for crash tests") { Value($0.line.fault) },
        Field("kept", kind: .list, roles: .present, "machines on which the lock kept its promise") {
            $0.names($0.line.kept)
        },
        Field("broken", kind: .list, roles: .present, "machines on which the lock broke its promise") {
            $0.names($0.line.broken)
        },
        Field("untested", kind: .list, roles: .present, "machines on which the promise was not tested") {
            $0.names($0.line.untested)
        },
        Field("partial_paths", kind: .list, roles: .present, "paths that only some of the machines tested") {
            .list($0.line.partialPaths.map { .text($0.path) })
        },
    ]
}
