internal import ShmStatistics

/// What was counted in the window of one turn.
public struct Turn: Sendable {
    /// Critical sections of each worker.
    public let sections: [UInt64]
    /// The length of the window, ns.
    public let nanoseconds: UInt64
    /// CPU time of all workers in the window, µs.
    public let cpuMicroseconds: UInt64
    /// The part of the window in which all workers contended, ns.
    let shared: UInt64

    /// Acquisitions of all workers.
    public var acquisitions: UInt64 { sections.reduce(0, +) }

    /// Jain's index of the workers' acquisitions; `nil` if there were none.
    public var fairness: Double? { jainIndex(sections.map { Double($0) }) }
}
