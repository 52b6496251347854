internal import ShmHarness

/// The throughput window of a round, as the coordinator sees it. It counts from outside at both ends: a worker that waits at
/// the window's end completes its section outside it.
struct RoundWindow {
    /// Which workers took part when it began.
    let contending: [Bool]
    /// Each worker's sections so far, at its begin, at each look and at its end.
    private(set) var counts: [[UInt64]]
    /// The share of the machine's CPU time that its hypervisor gave to others meanwhile; `nil` where that is not known.
    var stolenShare: Double?
    private let start: UInt64
    private var end: UInt64

    /// A window that begins now.
    init(_ scene: RoundScene) {
        contending = scene.contending()
        start = Clock.now()
        end = start
        counts = [scene.sections()]
    }

    /// Workers have come so far.
    mutating func count(_ sections: [UInt64]) { counts.append(sections) }

    /// It ends now.
    mutating func end(_ sections: [UInt64]) {
        counts.append(sections)
        end = Clock.now()
    }

    /// Its begin and end, ``Clock/now()``; never empty.
    var interval: Range<UInt64> { start..<max(end, start + 1) }

    /// Each worker's sections between two counts.
    var parts: [[UInt64]] { zip(counts.dropFirst(), counts).map { zip($0, $1).map { $0 - $1 } } }
}
