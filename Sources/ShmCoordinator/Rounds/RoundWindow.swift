internal import ShmHarness

/// The throughput window of a round, counted by the coordinator from outside at both ends: the last section of a worker
/// that waits at the window's end falls outside of it.
struct RoundWindow {
    /// Which workers contended at its start.
    let contending: [Bool]
    /// Each worker's sections so far, at its start, at each observation and at its end.
    private(set) var counts: [[UInt64]]
    /// Share of the machine's CPU time that the hypervisor stole meanwhile; `nil` if unknown.
    var stolenShare: Double?
    private let start: UInt64
    private var end: UInt64

    /// Starts a window now.
    init(_ scene: RoundScene) {
        contending = scene.contending()
        start = Clock.now()
        end = start
        counts = [scene.sections()]
    }

    /// The windows of several turns as one: without the time between them.
    ///
    /// - Parameters:
    ///   - parts: each worker's sections in each turn.
    ///   - nanoseconds: the sum of the turns' lengths.
    init(parts: [[UInt64]], nanoseconds: UInt64) {
        contending = (parts.first ?? []).map { _ in true }
        (start, end) = (0, nanoseconds)
        counts = parts.reduce(into: [contending.map { _ in 0 }]) { sums, part in
            sums.append(zip(sums[sums.count - 1], part).map { $0 &+ $1 })
        }
    }

    /// Records the workers' counts.
    mutating func count(_ sections: [UInt64]) { counts.append(sections) }

    /// Ends the window now.
    mutating func end(_ sections: [UInt64]) {
        counts.append(sections)
        end = Clock.now()
    }

    /// Start and end, ``Clock/now()``; never empty.
    var interval: Range<UInt64> { start..<max(end, start + 1) }

    /// Each worker's sections between two counts.
    var parts: [[UInt64]] { zip(counts.dropFirst(), counts).map { zip($0, $1).map { $0 - $1 } } }
}
