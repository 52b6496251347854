public import ShmHarness

/// The result of one round.
public struct RoundResult: Sendable {
    /// Verdicts of the oracle.
    public enum Integrity: String, Sendable, CaseIterable {
        /// No update is lost, and no two workers met.
        case ok
        /// Updates are lost, or workers met inside the critical section.
        case failed
        /// No worker made progress within the watchdog's limit.
        case stuck
    }

    /// Start of the round, in seconds since 1970.
    public var startedAt: Int
    /// The oracle's verdict.
    public var integrity = Integrity.ok
    /// The sum of the counters' differences from their expected value.
    public var lostUpdates: UInt64 = 0
    /// Critical sections in which a worker met another, or found related words that do not agree.
    public var overlaps: UInt64 = 0
    /// Acquisitions to which the lock reported the previous owner's death.
    public var ownerDeaths: UInt64 = 0
    /// The measurements; `nil` if the round got stuck.
    public var figures: Figures?
    /// Whether the workers were killed because they took too long to exit although they made progress: the latency
    /// window is incomplete, and so is the cost of the throughput window.
    public var isCutShort = false
    /// Time that it took to sum up the workers' records, in ns.
    public var mergeNanoseconds: UInt64 = 0
    /// Whether throughput was steady when the warm-up ended.
    public var wasSteady = true
    /// Share of the machine's CPU time that the hypervisor stole during the throughput window; `nil` if unknown.
    public var stolenShare: Double?
    /// For a stuck round: the state of each worker, a line each.
    public var whereabouts: [String] = []
    /// Why the round is void and must be repeated: its workers stood still. It then has no measurements, and no verdict
    /// other than that of an overlap.
    public var standstill: Standstill?
    /// Pauses of the coordinator during which its workers continued: the windows are longer than asked for, and
    /// complete.
    public var ownPauses: [ProcessPause] = []
    /// Short pauses of all processes that the measurements include, in the last of several tries that all had pauses.
    public var bornePauses: [ProcessPause] = []
    /// From the first spawn until all workers had arrived at the barrier, in ns.
    public var startupNanoseconds: UInt64 = 0

    /// How long the workers held the lock in the order window.
    public struct Holding: Sendable {
        /// The time for which each worker held it, ns.
        public var held: [Double]
        /// How often each worker acquired it.
        public var acquisitions: [Double]
        /// From the first acquisition to the last release, ns.
        public var duration: Double
    }

    /// The measurements of a round's windows.
    public struct Figures: Sendable {
        /// Length of the throughput window, in s.
        public var duration: Double
        /// Critical sections of each worker in each 10 ms of the throughput window.
        public var windows: [[UInt64]]
        /// User CPU time of all workers in the throughput window, in s.
        public var userSeconds: Double
        /// System CPU time of all workers in the throughput window, in s.
        public var systemSeconds: Double
        /// Voluntary context switches of all workers in the throughput window.
        public var voluntarySwitches: UInt64
        /// Involuntary context switches of all workers in the throughput window.
        public var involuntarySwitches: UInt64
        /// Minor page faults of all workers in the throughput window.
        public var minorFaults: UInt64
        /// Bytes allocated on the heap by all workers in the throughput window.
        public var heapBytes: UInt64
        /// The largest resident set of a worker after the windows, in KiB.
        public var residentKilobytes: UInt64
        /// The sums of all workers' histograms, cell by cell.
        public var histograms: [Arena.Timed: [UInt64]] = [:]
        /// The longest acquisition of the latency window, in ns.
        public var longestAcquisition: UInt64
        /// Time in the throughput window during which workers were runnable and waited for a CPU, in s; `nil` if the
        /// kernel does not report it.
        public var runQueueWaitSeconds: Double?
        /// CPU cycles in user mode over the throughput window; `nil` if the machine has no counter.
        public var cycles: UInt64?
        /// Instructions in user mode over the throughput window; `nil` if the machine has no counter.
        public var instructions: UInt64?
        /// Misses of the last-level cache in user mode over the throughput window; `nil` if the machine has no counter.
        public var cacheMisses: UInt64?
        /// Whether every worker's heap counter has counted an allocation made to test it.
        public var heapCounterWorks = true
        /// The share of the throughput window in which all workers contended.
        public var overlap: Double = 1
        /// In a block of turns: the mean of Jain's index of the workers' acquisitions over the turns; `nil` in a round.
        public var turnFairness: Double?
        /// How long each worker held the lock in the order window; `nil` if none did.
        public var holding: Holding?
        /// The class of critical sections of each worker; empty if all are equal.
        public var sectionClasses: [Int] = []
        /// The owners in the order window, oldest first, as far back as the log reaches.
        public var owners: [UInt16] = []
        /// Of a traced round: the last events of each worker's order window, with times in ns.
        public var events: [[FlightEvent]] = []
        /// In an open loop: acquisitions of the latency window that were due.
        public var arrivalsDue: UInt64 = 0
        /// Those of them that were done by its end.
        public var arrivalsDone: UInt64 = 0
        /// The age of the oldest acquisition that was due and had not begun at its end, in ns.
        public var backlogAge: UInt64 = 0
        /// Length of the latency window, in s; 0 if there was none.
        public var latencyDuration = 0.0
        /// Duration of the delay inside the critical section in ns, measured after the windows; `nil` if there is none.
        public var sectionDelay: Double?
        /// Duration of the think time in ns, measured after the windows; `nil` if there is none.
        public var thinkDelay: Double?
        /// Readings of the clock that were smaller than an earlier one; such intervals are in no histogram.
        public var clockAnomalies: UInt64 = 0

        /// Critical sections of each worker in the throughput window.
        public var sections: [UInt64] {
            windows.dropFirst().reduce(windows.first ?? []) { sums, window in zip(sums, window).map { $0 + $1 } }
        }

        /// Acquisitions of all workers in the throughput window.
        public var acquisitions: UInt64 { sections.reduce(0, +) }
    }
}
