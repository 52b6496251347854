package import ShmCore

/// The value of `--locks`: names of the catalogue, `all`, `survivors`, or a family's name.
package enum LockSelection {
    /// - Parameter option: the option or the key whose value is read.
    package static func kinds(_ names: [String], for option: String = "--locks") throws -> [LockKind] {
        var kinds: [LockKind] = []
        for name in names {
            // `futex` is both; a lock goes before its family.
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

    /// What help texts say about them.
    package static let help = "all, survivors, a family or names from `shmbench list`"

    /// Names that stand for several locks.
    package static let groups = ["all", "survivors"] + LockProperties.Family.allCases.map(\.rawValue)

    /// The locks of such a name: never those that `shmbench list` says this machine cannot have.
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

    /// The name that was meant, perhaps.
    package static func nearest(to name: String, among known: [String]) -> String? {
        // A part of a name is meant more likely than a short name with as many other letters.
        let nearest =
            known.map { candidate in
                let isPart = name.count >= 3 && candidate.contains(name)
                return (name: candidate, distance: isPart ? 0 : editDistance(candidate, name))
            }
            .min { $0.distance < $1.distance }
        return nearest.flatMap { $0.distance <= max(2, name.count / 2) ? $0.name : nil }
    }

    /// Insertions, deletions and substitutions that lead from one name to the other (Levenshtein).
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
    /// The elements in order, each once.
    package func uniqued() -> [Element] {
        var seen: Set<Element> = []
        return filter { seen.insert($0).inserted }
    }
}
