package import ShmCore

/// The value of `--locks`: names of locks, `all`, `survivors`, or the name of a family.
package enum LockSelection {
    /// The locks that the names stand for, in their order, each once.
    ///
    /// - Parameter option: the option or key that has the names, for the message of the error.
    /// - Throws: ``Failure`` with the code `usage` if a name is unknown or there is none.
    package static func kinds(_ names: [String], for option: String = "--locks") throws -> [LockKind] {
        var kinds: [LockKind] = []
        for name in names {
            // `futex` names a lock and a family; the lock takes precedence.
            if let kind = LockKind(named: name) {
                kinds.append(kind)
            } else if let group = group(name) {
                if group.isEmpty, name == LockProperties.Family.plugin.rawValue {
                    throw Failure.invalid(name, for: option, expected: "--lock-plugin FILE beside it")
                }
                kinds += group
            } else {
                throw unknown(name, option)
            }
        }
        if kinds.isEmpty { throw Failure.invalid("", for: option, expected: help) }
        return kinds.uniqued()
    }

    /// The one lock of a request between processes.
    ///
    /// - Throws: ``Failure`` if this program does not have it, or this machine does not support it.
    static func supported(_ name: String) throws -> LockKind {
        let kinds = try kinds([name], for: "lock")
        guard kinds.count == 1, let kind = kinds.first else {
            throw Failure.invalid(name, for: "lock", expected: "the name of one lock")
        }
        if let obstacle = kind.obstacle { throw Failure("this machine does not support \(kind): \(obstacle)") }
        return kind
    }

    /// The names, for help and messages.
    package static let help = "all, survivors, a family or names from `shmbench list`"

    /// Names that stand for several locks.
    package static let groups = ["all", "survivors"] + LockProperties.Family.allCases.map(\.rawValue)

    /// The locks of a group, without those that this machine does not support; `nil` if no group has the name.
    private static func group(_ name: String) -> [LockKind]? {
        let available = LockKind.all.filter { $0.obstacle == nil }
        switch name {
        case "all": return available
        case "survivors": return available.filter(\.properties.survivesOwnerDeath)
        default:
            return LockProperties.Family(rawValue: name).map { family in
                available.filter { $0.properties.family == family }
            }
        }
    }

    private static func unknown(_ name: String, _ option: String) -> Failure {
        let known = LockKind.all.map(\.name) + groups
        let hint = nearest(to: name, among: known).map { "; did you mean `\($0)`?" } ?? ""
        return Failure.invalid(name, for: option, expected: help + hint)
    }

    /// The most similar name; `nil` if none is similar.
    package static func nearest(to name: String, among known: [String]) -> String? {
        // A name that contains the text is a likelier match than a short name that differs in every letter.
        let nearest =
            known.map { candidate in
                let isPart = name.count >= 3 && candidate.contains(name)
                return (name: candidate, distance: isPart ? 0 : editDistance(candidate, name))
            }
            .min { $0.distance < $1.distance }
        return nearest.flatMap { $0.distance <= max(2, name.count / 2) ? $0.name : nil }
    }

    /// The least number of insertions, deletions and substitutions between two names (Levenshtein distance).
    package static func editDistance(_ from: String, _ to: String) -> Int {
        let target = Array(to)
        var row = Array(0...target.count)
        for (index, character) in from.enumerated() {
            var previous = row[0]
            row[0] = index + 1
            for column in target.indices {
                let substituted = previous + (target[column] == character ? 0 : 1)
                previous = row[column + 1]
                row[column + 1] = min(substituted, previous + 1, row[column] + 1)
            }
        }
        return row[target.count]
    }
}

extension Sequence where Element: Hashable {
    /// The elements in order, without repetitions.
    package func uniqued() -> [Element] {
        var seen: Set<Element> = []
        return filter { seen.insert($0).inserted }
    }
}
