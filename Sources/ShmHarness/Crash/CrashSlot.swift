public import Synchronization

/// What one process of a crash test tells the coordinator, in the arena. Written by that process alone; it outlives the
/// process.
public struct CrashSlot: ~Copyable {
    /// Where a survivor is.
    public enum Stage: UInt32, Sendable {
        /// Not come to its first statement.
        case absent = 0
        /// Takes part in the lock; waits for an order.
        case idle = 1
        /// Called lock, and is not back yet.
        case locking = 2
        /// Holds the lock until it is told to release it.
        case holding = 3
        /// Gave up: the lock failed; ``CrashSlot/errorNumber`` says why.
        case failed = 4
    }

    /// Where a target is.
    public enum Progress: UInt32, Sendable {
        /// Not come to the region yet.
        case before = 0
        /// Between its last statement before the region and its first one behind it.
        case within = 1
        /// The region is over.
        case after = 2
    }

    /// ``Stage``.
    public let stage = Atomic<UInt32>(0)
    /// ``Progress``.
    public let progress = Atomic<UInt32>(0)
    /// The errno of a lock that failed, or of a `ptrace(2)` that was refused.
    public let errorNumber = Atomic<Int32>(0)
    /// When the last acquisition succeeded, ns on ``Clock``.
    public let acquiredAt = Atomic<UInt64>(0)
    /// Critical sections completed.
    public let sections = Atomic<UInt64>(0)
    /// Critical sections in which another owner was met, or related words did not agree.
    public let overlaps = Atomic<UInt64>(0)
    /// Acquisitions to which the lock reported the previous owner's death.
    public let ownerDeaths = Atomic<UInt64>(0)
}
