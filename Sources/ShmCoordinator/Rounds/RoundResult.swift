public import ShmHarness

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
    /// Acquisitions to which the lock reported the previous owner's death.
    public var ownerDeaths: UInt64 = 0
    /// What was measured; `nil` where the round got stuck.
    public var figures: Figures?
    /// Whether the workers were ended before they had ended by themselves, since that took too long though they made
    /// progress: the latency window is incomplete, and so is the account of what the throughput window cost.
    public var isCutShort = false
    /// What it took to sum up what the workers wrote, ns.
    public var mergeNanoseconds: UInt64 = 0
    /// Whether throughput was steady when the warm-up ended.
    public var wasSteady = true
    /// The share of the machine's CPU time that its hypervisor gave to others meanwhile; `nil` where that is not known.
    public var stolenShare: Double?
    /// For a stuck round: which worker was where, a line each.
    public var whereabouts: [String] = []
    /// Why the round is no measure and is to be done again: its workers stood still. It has no figures then, and no verdict
    /// but that of an overlap that was seen.
    public var standstill: Standstill?
    /// Pauses of the coordinator in which its workers went on: the windows are longer than asked for, and whole.
    public var ownPauses: [ProcessPause] = []
    /// Pauses of all in the last of several tries, all of which had some: short ones, which the figures include.
    public var bornePauses: [ProcessPause] = []
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
        /// What all workers' histograms counted: of each kind, counts by cell.
        public var histograms: [Arena.Timed: [UInt64]] = [:]
        /// The longest acquisition of the latency window, ns.
        public var longestAcquisition: UInt64
        /// Time for which workers could run and had no CPU, in the throughput window; `nil` where the kernel does not tell.
        public var runQueueWaitSeconds: Double?
        /// Hardware counters over the throughput window, in user mode; `nil` where the machine has none.
        public var cycles: UInt64?
        /// Likewise.
        public var instructions: UInt64?
        /// Likewise, of the last level.
        public var cacheMisses: UInt64?
        /// Whether every worker's count of heap bytes saw an allocation that was made to be seen.
        public var heapCounterWorks = true
        /// The share of the throughput window in which all workers took part.
        public var overlap: Double = 1
        /// The owners in the order window, oldest first, as far as the log holds them.
        public var owners: [UInt16] = []
        /// Of a traced round: the last events of each worker's order window, times in ns.
        public var events: [[FlightEvent]] = []
        /// In an open loop: acquisitions of the latency window that were due.
        public var arrivalsDue: UInt64 = 0
        /// Those of them that were done.
        public var arrivalsDone: UInt64 = 0
        /// How long the oldest of those that had not begun had been due at its end, ns.
        public var backlogAge: UInt64 = 0
        /// Length of the latency window, s; 0 where there was none.
        public var latencyDuration = 0.0
        /// What the delay inside the critical section took, ns, as measured after the windows; `nil` where there is none.
        public var sectionDelay: Double?
        /// Likewise, between two sections.
        public var thinkDelay: Double?
        /// Pairs of clock readings whose later one was smaller; they are in no histogram.
        public var clockAnomalies: UInt64 = 0

        /// Critical sections of each worker in the throughput window.
        public var sections: [UInt64] {
            windows.dropFirst().reduce(windows.first ?? []) { sums, window in zip(sums, window).map { $0 + $1 } }
        }

        /// Acquisitions of all workers in the throughput window.
        public var acquisitions: UInt64 { sections.reduce(0, +) }
    }
}
