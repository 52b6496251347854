/// What a user chooses a lock by.
public struct LockProperties: Sendable, Hashable {
    /// The family a lock belongs to.
    public enum Family: String, Sendable, CaseIterable {
        /// Not a lock: a negative control.
        case control
        /// Words in shared memory that every waiter looks at again and again.
        case spin
        /// Waiters in a queue whose nodes lie in shared memory, each looking at a place of its own.
        case queue
        /// From before atomic instructions: loads, stores and fences alone.
        case classic
        /// A word in shared memory, and `futex(2)` when it is contended.
        case futex
        /// glibc's mutexes, process-shared.
        case pthread
        /// An object that the kernel keeps; each operation is a system call.
        case kernel
        /// A shared object that was loaded, see `shm_lock_plugin.h`.
        case plugin
    }

    /// What a waiter does.
    public enum Waiting: String, Sendable {
        /// Sleeps in the kernel until it is woken.
        case blocks
        /// Burns CPU time.
        case spins
        /// Burns CPU time for a while, then yields the CPU between its looks.
        case yields
        /// Burns CPU time for a bounded while, then sleeps in the kernel.
        case parks
        /// Does not wait.
        case never
    }

    /// In which order waiters get the lock.
    public enum Fairness: String, Sendable {
        /// Any: the first to try takes it, and a running process is faster than one that is being woken.
        case barging
        /// In the order of arrival.
        case fifo
        /// In another order, but no waiter is passed by another more than once.
        case bounded
        /// There is no exclusion, and so no order.
        case unordered = "none"

        /// The former name of ``unordered``. Beside an optional, `.none` is `nil`, and always was.
        @available(*, deprecated, renamed: "unordered")
        public static var none: Fairness { .unordered }
    }

    /// What the next process meets when the owner was killed while holding the lock.
    public enum OwnerDeath: String, Sendable {
        /// It waits for ever.
        case hangs
        /// It gets the lock and learns of the death (``SharedMemory/Acquisition/ownerDied``).
        case reported
        /// There is nothing to hold.
        case notApplicable = "n/a"
    }

    /// The name by which users ask for the lock and results name it: lower case, digits and hyphens, at most 31
    /// bytes.
    public var name: String
    /// The family.
    public var family: Family
    /// What a waiter does.
    public var waiting: Waiting
    /// The order of grants.
    public var fairness: Fairness
    /// What happens when the owner dies.
    public var ownerDeath: OwnerDeath
    /// The kernel object that the lock needs beyond its bytes, if any.
    public var kernelObject: String?
    /// Whether the owner inherits the priority of those who wait for it.
    public var priorityInheritance: Bool
    /// Whether the others go on when a process is killed while it waits for the lock; `false` where waiters stand in a
    /// queue that a dead one blocks.
    public var survivesWaiterDeath: Bool
    /// Nodes in shared memory that each participant needs; 0 where a word or an object suffices.
    public var nodesPerParticipant: Int
    /// Whether threads of one process may take part side by side, each with a participant of its own; `false` where
    /// the kernel takes a process for one owner.
    public var threads: Bool
    /// Whether a wait with a deadline tries again and again, out of turn, because a waiter cannot leave the lock's
    /// queue.
    public var pollsUntilDeadline: Bool
    /// Whether readers share the lock.
    public var sharesReaders: Bool
    /// Whether all participants must be in one PID namespace, since the lock names its owner by thread id.
    public var onePIDNamespace: Bool
    /// Whether all participants must be in one IPC namespace, `ipc_namespaces(7)`, since the lock is an object in it.
    public var oneIPCNamespace: Bool
    /// Whether a participant that locks twice, or a second one of the same thread, gets `EDEADLK` from the lock itself
    /// instead of waiting for ever. A ``SharedMemory`` handle finds that out for every kind.
    public var detectsRelock: Bool
    /// Whether the lock excludes at all; `false` only for negative controls, which must fail the integrity check.
    public var excludes: Bool
    /// One line for a person.
    public var summary: String

    /// Whether the lock survives its owner's death.
    public var survivesOwnerDeath: Bool { ownerDeath == .reported }

    /// Describes a lock. The defaults are what most locks are.
    public init(
        name: String, family: Family, waiting: Waiting = .blocks, fairness: Fairness = .barging, ownerDeath: OwnerDeath,
        kernelObject: String? = nil, priorityInheritance: Bool = false, nodesPerParticipant: Int = 0,
        threads: Bool = true, pollsUntilDeadline: Bool = false, sharesReaders: Bool = false,
        onePIDNamespace: Bool = false, oneIPCNamespace: Bool = false, detectsRelock: Bool = false,
        survivesWaiterDeath: Bool = true, excludes: Bool = true, summary: String
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
        self.excludes = excludes
        self.summary = summary
    }
}
