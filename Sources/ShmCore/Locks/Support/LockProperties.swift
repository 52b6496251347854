/// The properties by which a user chooses a lock.
public struct LockProperties: Sendable, Hashable {
    /// The family of algorithms that a lock belongs to.
    public enum Family: String, Sendable, CaseIterable {
        /// Not a lock: the baseline, or a negative control.
        case control
        /// All waiters poll the same words in shared memory.
        case spin
        /// Waiters queue up in shared memory; each polls a word of its own.
        case queue
        /// No atomic read-modify-write instruction: loads, stores and fences alone.
        case classic
        /// A word in shared memory, and `futex(2)` under contention.
        case futex
        /// glibc's mutexes, process-shared.
        case pthread
        /// An object in the kernel; each operation is a system call.
        case kernel
        /// A shared object loaded at run time; see `shm_lock_plugin.h`.
        case plugin
    }

    /// How a waiter waits.
    public enum Waiting: String, Sendable, CaseIterable {
        /// Sleeps in the kernel until it is woken.
        case blocks
        /// Busy-waits.
        case spins
        /// Busy-waits for a bounded time, then yields the CPU between two attempts.
        case yields
        /// Busy-waits for a bounded time, then sleeps in the kernel.
        case parks
        /// Does not wait.
        case never
    }

    /// The order in which waiters get the lock.
    public enum Fairness: String, Sendable, CaseIterable {
        /// No order: a running process can take the lock ahead of a waiter that is being woken.
        case barging
        /// In the order of arrival.
        case fifo
        /// In another order, but no waiter is overtaken by another more than once.
        case bounded
        /// No order, because there is no exclusion.
        case unordered = "none"

        /// The former name of ``unordered``. In an optional context `.none` means `nil`, which is why it was renamed.
        @available(*, deprecated, renamed: "unordered")
        public static var none: Fairness { .unordered }
    }

    /// What the next process observes when an owner was killed while it held the lock.
    public enum OwnerDeath: String, Sendable, CaseIterable {
        /// It waits for ever.
        case hangs
        /// It gets the lock and the report of the death (``SharedMemory/Acquisition/ownerDied``).
        case reported
        /// There is no lock to hold.
        case notApplicable = "n/a"
    }

    /// The maximum length of a name, in bytes: a segment's header has room for so many.
    static let longestName = 31

    /// The name in options and in results: lower-case letters, digits and hyphens, at most 31 bytes.
    public var name: String
    /// The family of algorithms.
    public var family: Family
    /// How a waiter waits.
    public var waiting: Waiting
    /// The order in which waiters get the lock.
    public var fairness: Fairness
    /// What happens when the owner dies.
    public var ownerDeath: OwnerDeath
    /// The kernel object that the lock needs beside its shared memory, if any.
    public var kernelObject: String?
    /// Whether the owner inherits the priority of its waiters.
    public var priorityInheritance: Bool
    /// Whether the other participants continue when a process is killed while it waits for the lock; `false` if a dead
    /// waiter blocks the queue behind it.
    public var survivesWaiterDeath: Bool
    /// Nodes in shared memory that each participant needs; 0 if the lock has no per-participant state.
    public var nodesPerParticipant: Int
    /// Whether threads of one process can contend, each with a participant of its own; `false` if the kernel regards
    /// the process as one owner.
    public var threads: Bool
    /// Whether a wait with a deadline polls, out of order, because a waiter cannot leave the lock's queue.
    public var pollsUntilDeadline: Bool
    /// Whether readers share the lock.
    public var sharesReaders: Bool
    /// Whether all participants must be in one PID namespace, because the lock names its owner by thread id.
    public var onePIDNamespace: Bool
    /// Whether all participants must be in one IPC namespace, `ipc_namespaces(7)`, because the lock is an object in it.
    public var oneIPCNamespace: Bool
    /// Whether the lock itself returns `EDEADLK` to a participant that locks twice, or to a second participant of the
    /// same thread, instead of waiting for ever. A ``SharedMemory`` handle detects that for every kind.
    public var detectsRelock: Bool
    /// Whether the lock has a quiet mode, and a bias towards a thread that has it to itself.
    public var changesModes: Bool
    /// Whether the lock excludes; `false` only for negative controls, which must fail the integrity check.
    public var excludes: Bool
    /// A one-line description for the user.
    public var summary: String

    /// Whether the lock survives its owner's death.
    public var survivesOwnerDeath: Bool { ownerDeath == .reported }

    /// Describes a lock. The defaults are those of most locks.
    public init(
        name: String, family: Family, waiting: Waiting = .blocks, fairness: Fairness = .barging, ownerDeath: OwnerDeath,
        kernelObject: String? = nil, priorityInheritance: Bool = false, nodesPerParticipant: Int = 0,
        threads: Bool = true, pollsUntilDeadline: Bool = false, sharesReaders: Bool = false,
        onePIDNamespace: Bool = false, oneIPCNamespace: Bool = false, detectsRelock: Bool = false,
        survivesWaiterDeath: Bool = true, changesModes: Bool = false, excludes: Bool = true, summary: String
    ) {
        self.name = name
        self.family = family
        self.waiting = waiting
        self.fairness = fairness
        self.ownerDeath = ownerDeath
        self.kernelObject = kernelObject
        self.priorityInheritance = priorityInheritance
        self.nodesPerParticipant = nodesPerParticipant
        self.threads = threads
        self.pollsUntilDeadline = pollsUntilDeadline
        self.sharesReaders = sharesReaders
        self.onePIDNamespace = onePIDNamespace
        self.oneIPCNamespace = oneIPCNamespace
        self.detectsRelock = detectsRelock
        self.survivesWaiterDeath = survivesWaiterDeath
        self.changesModes = changesModes
        self.excludes = excludes
        self.summary = summary
    }
}
