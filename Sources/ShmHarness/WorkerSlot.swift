public import Synchronization

/// What one worker reports to the coordinator, in the arena. Only that worker writes it; it outlives the worker.
public struct WorkerSlot: ~Copyable {
    /// The states of a worker.
    public enum State: UInt32, Sendable {
        /// Not started, or not at its first statement yet.
        case absent = 0
        /// Attached; about to wait at the barrier.
        case ready = 1
        /// Past the barrier.
        case contending = 2
        /// Finished; its measurements are complete.
        case done = 3
        /// Failed: its lock returned an error, which is ``errorNumber``.
        case failed = 4
    }

    /// The maximum number of sections that a worker has completed and not counted yet.
    public static let longestBurst: UInt64 = 64

    /// ``State``.
    public let state = Atomic<UInt32>(0)
    /// The errno of the failed lock.
    public let errorNumber = Atomic<Int32>(0)
    /// Set by the coordinator: the CPU to run on plus one, or 0 for any.
    public let cpuPlusOne = Atomic<UInt32>(0)
    /// The phase that the worker has seen last.
    public let phase = Atomic<UInt32>(0)
    /// Critical sections completed in all phases. They show progress; less ``reads``, they sum up to the expected value
    /// of each counter.
    public let sections = Atomic<UInt64>(0)
    /// Those of them that were read-only.
    public let reads = Atomic<UInt64>(0)
    /// Critical sections in which the worker met another owner, or found related words that do not agree.
    public let overlaps = Atomic<UInt64>(0)
    /// Acquisitions to which the lock reported the previous owner's death.
    public let ownerDeaths = Atomic<UInt64>(0)
    /// CPU time in user mode in the throughput window, µs.
    public let userMicroseconds = Atomic<UInt64>(0)
    /// CPU time in the kernel in the throughput window, µs.
    public let systemMicroseconds = Atomic<UInt64>(0)
    /// Voluntary context switches (waits) in the throughput window.
    public let voluntarySwitches = Atomic<UInt64>(0)
    /// Involuntary context switches (preemptions) in the throughput window.
    public let involuntarySwitches = Atomic<UInt64>(0)
    /// Minor page faults in the throughput window.
    public let minorFaults = Atomic<UInt64>(0)
    /// Bytes allocated on the heap in the throughput window.
    public let heapBytes = Atomic<UInt64>(0)
    /// The worker's resident set after the windows, in KiB.
    public let residentKilobytes = Atomic<UInt64>(0)
    /// The longest acquisition of the latency window, in ns.
    public let longestAcquisition = Atomic<UInt64>(0)
    /// Time in the throughput window during which the worker was runnable and waited for a CPU, in ns.
    public let runQueueWait = Atomic<UInt64>(WorkerSlot.unknown)
    /// Hardware counters over the throughput window, by ``HardwareCounters/Event``.
    public let cycles = Atomic<UInt64>(WorkerSlot.unknown)
    /// See ``cycles``.
    public let instructions = Atomic<UInt64>(WorkerSlot.unknown)
    /// See ``cycles``.
    public let cacheMisses = Atomic<UInt64>(WorkerSlot.unknown)
    /// Whether the heap counter has counted an allocation made to test it.
    public let heapCounterWorks = Atomic<UInt32>(0)
    /// Set by the coordinator: whether this worker measures the delay inside its critical sections after the windows.
    public let measuresSection = Atomic<UInt32>(0)
    /// When the worker saw the throughput window begin; ``Clock/now()``.
    public let windowEntered = Atomic<UInt64>(0)
    /// When the worker saw the throughput window end; ``Clock/now()``.
    public let windowLeft = Atomic<UInt64>(0)
    /// In an open loop: acquisitions of the latency window that were due by its end.
    public let arrivalsDue = Atomic<UInt64>(0)
    /// Those of them that were done by its end.
    public let arrivalsDone = Atomic<UInt64>(0)
    /// The age of the oldest acquisition that was due and had not begun by then, in ns; 0 if there was none.
    public let backlogAge = Atomic<UInt64>(0)
    /// Readings of the clock that were smaller than an earlier one. Such intervals are in no histogram.
    public let clockAnomalies = Atomic<UInt64>(0)
    /// The duration of a critical section's delay after the windows, in tenths of a ns; 0 if there is no delay, or
    /// the worker does not measure it (``measuresSection``).
    public let sectionDelayTenths = Atomic<UInt64>(0)
    /// The same for the think time.
    public let thinkDelayTenths = Atomic<UInt64>(0)

    /// Set by the coordinator: iterations of ``Delay/spin(_:)`` inside this worker's critical sections plus one, or 0
    /// for those of the plan.
    public let sectionIterationsPlusOne = Atomic<UInt64>(0)
    /// Time for which the worker held the lock in the order window, once all workers were inside, in ns.
    public let held = Atomic<UInt64>(0)
    /// When it acquired the lock first in that time, in ticks of the plan's clock; 0 if it never did.
    public let firstAcquired = Atomic<UInt64>(0)
    /// When it began to release the lock last in that time, in ticks.
    public let lastReleased = Atomic<UInt64>(0)

    /// The value of a measurement that is not available on this machine.
    public static let unknown = UInt64.max
}
