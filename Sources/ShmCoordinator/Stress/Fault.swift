public import ShmCore

/// What a stress test does to the processes around a lock, and what it lets them try of it.
public enum Fault: String, Sendable, CaseIterable {
    case killHolder = "kill-holder"
    case killWaiter = "kill-waiter"
    case killWoken = "kill-woken"
    case killRandom = "kill-random"
    case killMany = "kill-many"
    case freezeHolder = "freeze-holder"
    case freezeWaiter = "freeze-waiter"
    case interrupt
    case lowerPriority = "lower-priority"
    case fork
    case exhaustDescriptors = "exhaust-fds"
    case attachStorm = "attach-storm"
    case startStorm = "start-storm"
    case recreate
    case fillShm = "fill-shm"
    case killCoordinator = "kill-coordinator"
    case tryLock = "try-lock"
    case timedWait = "timed-wait"
    case readers
    case order
    case crowd
    case comeAndGo = "come-and-go"

    /// The name on the command line and in results.
    public var name: String { rawValue }

    /// One line for a person.
    public var summary: String {
        switch self {
        case .killHolder: "the owner is killed, at any point of its section, while others wait"
        case .killWaiter: "a process that waits is killed while another holds the lock"
        case .killWoken: "a process that waits is killed at the moment of the unlock, up to 20 µs before or after"
        case .killRandom: "any process is killed, wherever it is"
        case .killMany: "the owner and half of the others are killed at once"
        case .freezeHolder: "the owner is stopped (SIGSTOP) for 5 ms, then goes on"
        case .freezeWaiter: "a process that waits is stopped for 5 ms while the lock is released, then goes on"
        case .interrupt: "all processes get signals that interrupt their waits (EINTR)"
        case .lowerPriority: "the owner gets the lowest priority (nice 19) while it is inside"
        case .fork: "the owner forks inside, and its child executes another program"
        case .exhaustDescriptors: "a process uses up all its descriptors and goes on locking"
        case .attachStorm: "a process attaches and detaches all the time"
        case .startStorm: "as many processes again start at once, take part, and leave"
        case .recreate: "the segment is destroyed and made anew, again and again, under load"
        case .fillShm: "/dev/shm is full"
        case .killCoordinator: "this program is killed: workers, segments and semaphores must go"
        case .tryLock: "all processes only try the lock, while one stays inside and while none does"
        case .timedWait: "all waits have deadlines, which pass while one stays inside, or as it unlocks"
        case .readers: "two readers stay inside side by side, and writers wait for them"
        case .order: "waiters queue one after the other, and the order of their grants is compared"
        case .crowd: "as many take part as the lock was made for, and one more; a process of them is killed"
        case .comeAndGo: "participants come and go; descriptors and kernel objects are counted before and after"
        }
    }

    /// What the lock offers that this tries; `nil` where processes are harmed instead.
    public var exercise: Exercise? {
        switch self {
        case .tryLock: .tryLock
        case .timedWait: .timedWait
        case .readers: .readers
        case .order: .order
        case .crowd: .participants
        case .comeAndGo: .objects
        default: nil
        }
    }

    /// Whether somebody dies that may own the lock, or be just about to.
    public var killsOwners: Bool {
        switch self {
        case .killHolder, .killWoken, .killRandom, .killMany: true
        default: false
        }
    }

    /// Whether a lock with these properties promises that the others go on.
    public func isPromised(by properties: LockProperties) -> Bool {
        if !properties.excludes { return false }
        return switch self {
        case .killHolder, .killWoken: properties.survivesOwnerDeath
        case .killRandom, .killMany: properties.survivesOwnerDeath && properties.survivesWaiterDeath
        case .killWaiter: properties.survivesWaiterDeath
        default: true
        }
    }
}
