public import Synchronization

/// What one process of a crash test reports to the coordinator, in the arena. Only that process writes it; it outlives
/// the process.
public struct CrashSlot: ~Copyable {
    /// The states of a survivor.
    public enum State: UInt32, Sendable {
        /// Not at its first statement yet.
        case absent = 0
        /// Bound to the lock; waits for an order.
        case idle = 1
        /// Inside its call of `lock`.
        case locking = 2
        /// Holds the lock until it is ordered to release it.
        case holding = 3
        /// Failed: the lock returned an error, which is ``CrashSlot/errorNumber``.
        case failed = 4
    }

    /// Where a target is relative to its region.
    public enum Position: UInt32, Sendable {
        /// Before the region.
        case before = 0
        /// Between its last statement before the region and its first one after it.
        case within = 1
        /// After the region.
        case after = 2
    }

    /// ``State``.
    public let state = Atomic<UInt32>(0)
    /// ``Position``.
    public let position = Atomic<UInt32>(0)
    /// The errno of a failed lock, or of a refused `ptrace(2)`.
    public let errorNumber = Atomic<Int32>(0)
    /// Time of the last acquisition, in ns of ``Clock``.
    public let acquiredAt = Atomic<UInt64>(0)
    /// Critical sections completed.
    public let sections = Atomic<UInt64>(0)
    /// Critical sections in which the process met another owner, or found related words that do not agree.
    public let overlaps = Atomic<UInt64>(0)
    /// Acquisitions to which the lock reported the previous owner's death.
    public let ownerDeaths = Atomic<UInt64>(0)
}
