/// What one round came to.
public struct RoundResult: Sendable {
    /// What the oracle says.
    public enum Integrity: String, Sendable {
        /// Every update is there, and no two workers met.
        case ok
        /// Updates are lost, or workers met inside the critical section.
        case failed
        /// No worker made progress for the watchdog's time.
        case stuck
    }

    /// When it began, seconds since 1970.
    public var startedAt: Int
    /// What the oracle says.
    public var integrity = Integrity.ok
    /// Counters' shortfall in sum.
    public var lostUpdates: UInt64 = 0
    /// Critical sections in which a worker met another, or found related words that do not agree.
    public var overlaps: UInt64 = 0
    /// Acquisitions that were told that the previous owner died.
    public var ownerDeaths: UInt64 = 0
    /// What was measured; `nil` where the round got stuck.
    public var figures: Figures?
    /// Whether the workers were ended before they had ended by themselves, since that took too long though they made
    /// progress: the latency window is incomplete, and so is the account of what the throughput window cost.
    public var isCutShort = false
    /// For a stuck round: which worker was where, a line each.
    public var whereabouts: [String] = []
    /// From the first spawn until all workers had arrived at the barrier, ns.
    public var startupNanoseconds: UInt64 = 0

    /// What a round's windows measured.
    public struct Figures: Sendable {
        /// Length of the throughput window, s.
        public var duration: Double
        /// Critical sections of each worker in each 10 ms of the throughput window.
        public var windows: [[UInt64]]
        /// Of all workers in the throughput window.
        public var userSeconds: Double
        /// Of all workers in the throughput window.
        public var systemSeconds: Double
        /// Of all workers in the throughput window.
        public var voluntarySwitches: UInt64
        /// Of all workers in the throughput window.
        public var involuntarySwitches: UInt64
        /// Of all workers in the throughput window.
        public var minorFaults: UInt64
        /// Of all workers in the throughput window.
        public var heapBytes: UInt64
        /// The memory that the largest worker had resident after the windows, KiB.
        public var residentKilobytes: UInt64
        /// The latency window's acquisitions of all workers: counts by smallest value of a histogram cell, ns.
        public var latencies: [(nanoseconds: UInt64, count: UInt64)]
        /// The longest of them, ns.
        public var longestAcquisition: UInt64

        /// Critical sections of each worker in the throughput window.
        public var sections: [UInt64] {
            windows.dropFirst().reduce(windows.first ?? []) { sums, window in zip(sums, window).map { $0 + $1 } }
        }

        /// Acquisitions of all workers in the throughput window.
        public var acquisitions: UInt64 { sections.reduce(0, +) }
    }
}

/// Why a round has no result.
public enum RoundFailure: Error, Sendable {
    /// Ctrl-C or its like.
    case interrupted
    /// Something that one line describes.
    case failed(String)
}
