/// The progress of a check: rounds, those that confirm changes included, so that one estimate holds for the whole check.
struct CheckProgress {
    /// All rounds: at most, until it is known whether changes must be confirmed.
    private var rounds = 1
    private var done = 0
    private var line = ProgressLine()

    /// The first sign of life.
    init() { line.show(0, "first round") }

    /// A measurement begins.
    ///
    /// - Parameters:
    ///   - rounds: its number of rounds.
    ///   - more: the maximum number of rounds after it.
    mutating func expect(_ rounds: Int, atMost more: Int) { self.rounds = done + rounds + more }

    /// The part that is done.
    var share: Double { Double(done) / Double(max(1, rounds)) }

    /// A round begins.
    mutating func begin(_ what: String) {
        line.show(share, "round \(done + 1) of at most \(rounds): \(what)")
        done += 1
    }

    func clear() { line.clear() }
}
