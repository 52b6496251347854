/// The episodes since the data were last checked.
struct StressChecks {
    /// Start of the last episode.
    var began: UInt64 = 0
    private(set) var pending = 0
    private var episodes = 0
    private var lostInARow = 0

    mutating func add(_ episode: Episode, _ result: inout StressResult) {
        pending += 1
        if episode.wasIdle { return }
        episodes += 1
        result.episodes += 1
    }

    /// The data have been checked.
    mutating func pass() { self = StressChecks() }

    /// Discards the episodes: their workers are gone, so their effect is unknown.
    mutating func forget(_ result: inout StressResult) {
        result.episodes -= episodes
        (pending, episodes) = (0, 0)
    }

    /// Discards the episodes because of a failed check.
    mutating func lose(_ standstill: Standstill?, _ result: inout StressResult) throws(RoundFailure) {
        forget(&result)
        lostInARow += 1
        if let standstill, lostInARow > Standstill.repetitions { throw .failed(Standstill.tooOften(standstill)) }
    }
}
