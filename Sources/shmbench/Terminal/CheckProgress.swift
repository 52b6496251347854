/// The progress of a check: rounds.
struct CheckProgress {
    private let rounds: Int
    private var done = 0
    private var line: ProgressLine

    /// - Parameter line: the line that already shows that the check begins.
    init(rounds: Int, _ line: ProgressLine) {
        self.rounds = rounds
        self.line = line
    }

    /// A round begins.
    mutating func begin(_ what: String) {
        line.show(Double(done) / Double(max(1, rounds)), "round \(done + 1)/\(rounds): \(what)")
        done += 1
    }

    func clear() { line.clear() }
}
