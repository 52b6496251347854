/// Episodes since the data were looked at.
struct StressChecks {
    /// When the last one began.
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

    /// They have been looked at.
    mutating func pass() { self = StressChecks() }

    /// Their workers are gone, so what they did is unknown: they do not count.
    mutating func forget(_ result: inout StressResult) {
        result.episodes -= episodes
        (pending, episodes) = (0, 0)
    }

    /// The same where that came of the look itself.
    mutating func lose(_ standstill: Standstill?, _ result: inout StressResult) throws(RoundFailure) {
        forget(&result)
        lostInARow += 1
        if let standstill, lostInARow > Standstill.repetitions { throw .failed(Standstill.tooOften(standstill)) }
    }
}
