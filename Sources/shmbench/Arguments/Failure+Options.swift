internal import ShmRecord

extension Failure {
    /// Of two options that cannot be given together.
    static func conflict(_ option: String, _ other: String, _ advice: String) -> Failure {
        Failure("\(option) and \(other) exclude each other: \(advice)", code: .usage)
    }

    /// Of an option without another that it needs.
    static func missing(_ needed: String, for option: String, _ advice: String) -> Failure {
        Failure("\(option) needs \(needed): \(advice)", code: .usage)
    }

    /// Of a name that does not exist, with the nearest one that does.
    static func unknown(_ name: String, for option: String, expected: String, among known: [String]) -> Failure {
        let hint = LockSelection.nearest(to: name, among: known).map { "; did you mean `\($0)`?" } ?? ""
        return invalid(name, for: option, expected: expected + hint)
    }
}
