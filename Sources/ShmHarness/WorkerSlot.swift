public import Synchronization

/// What one worker tells the coordinator, in the arena. Written by that worker alone; it outlives the worker.
public struct WorkerSlot: ~Copyable {
    /// Where a worker is in its life.
    public enum State: UInt32, Sendable {
        /// Not started, or not come to its first statement.
        case absent = 0
        /// Attached; waits at the barrier.
        case ready = 1
        /// Past the barrier.
        case contending = 2
        /// Finished; its figures are complete.
        case done = 3
        /// Gave up: the lock failed; ``errorNumber`` says why.
        case failed = 4
    }

    /// So many sections at most are done and not yet counted.
    public static let longestBurst: UInt64 = 64

    /// ``State``.
    public let state = Atomic<UInt32>(0)
    /// The errno of a lock that failed.
    public let errorNumber = Atomic<Int32>(0)
    /// Set by the coordinator: the CPU to run on plus one, or 0 for any.
    public let cpuPlusOne = Atomic<UInt32>(0)
    /// The phase that the worker has noticed.
    public let phase = Atomic<UInt32>(0)
    /// Critical sections completed in all phases: progress, and, but for ``reads``, what each counter must hold in sum.
    public let sections = Atomic<UInt64>(0)
    /// Those of them that only read.
    public let reads = Atomic<UInt64>(0)
    /// Critical sections in which another owner was met, or related words did not agree.
    public let overlaps = Atomic<UInt64>(0)
    /// Acquisitions to which the lock reported the previous owner's death.
    public let ownerDeaths = Atomic<UInt64>(0)
    /// CPU time in user mode in the throughput window, µs.
    public let userMicroseconds = Atomic<UInt64>(0)
    /// CPU time in the kernel in the throughput window, µs.
    public let systemMicroseconds = Atomic<UInt64>(0)
    /// Context switches by waiting, in the throughput window.
    public let voluntarySwitches = Atomic<UInt64>(0)
    /// Context switches by the scheduler, in the throughput window.
    public let involuntarySwitches = Atomic<UInt64>(0)
    /// Page faults without I/O in the throughput window.
    public let minorFaults = Atomic<UInt64>(0)
    /// Heap bytes allocated in the throughput window.
    public let heapBytes = Atomic<UInt64>(0)
    /// The memory that the worker had resident after the windows, KiB.
    public let residentKilobytes = Atomic<UInt64>(0)
    /// The longest acquisition of the latency window, ns.
    public let longestAcquisition = Atomic<UInt64>(0)
    /// Time in which the worker could run and waited for a CPU, in the throughput window, ns.
    public let runQueueWait = Atomic<UInt64>(WorkerSlot.unknown)
    /// Hardware counters over the throughput window, by ``HardwareCounters/Event``.
    public let cycles = Atomic<UInt64>(WorkerSlot.unknown)
    /// Likewise.
    public let instructions = Atomic<UInt64>(WorkerSlot.unknown)
    /// Likewise.
    public let cacheMisses = Atomic<UInt64>(WorkerSlot.unknown)
    /// Whether the count of heap bytes saw an allocation that was made to be seen.
    public let heapCounterWorks = Atomic<UInt32>(0)
    /// When the worker noticed the throughput window's begin, and its end: ``Clock/now()``.
    public let windowEntered = Atomic<UInt64>(0)
    /// Likewise.
    public let windowLeft = Atomic<UInt64>(0)
    /// In an open loop: acquisitions of the latency window that were due by its end, and those that were done.
    public let arrivalsDue = Atomic<UInt64>(0)
    /// Likewise.
    public let arrivalsDone = Atomic<UInt64>(0)
    /// How long the oldest of those that had not begun had been due then, ns; 0 where there was none.
    public let backlogAge = Atomic<UInt64>(0)
    /// Times at which a later reading of the clock was smaller than an earlier one. Such intervals are in no histogram.
    public let clockAnomalies = Atomic<UInt64>(0)
    /// What the delay of a critical section took after the windows, and that between two, tenths of a ns; 0 where there is
    /// none, or another worker measured it.
    public let sectionDelayTenths = Atomic<UInt64>(0)
    /// Likewise.
    public let thinkDelayTenths = Atomic<UInt64>(0)

    /// The value of what the machine does not tell.
    public static let unknown = UInt64.max
}
