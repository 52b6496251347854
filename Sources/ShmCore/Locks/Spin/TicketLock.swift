public import CShm
public import Synchronization

/// Draw a ticket and wait until it is served: first come, first served, on two words.
///
/// With more workers than CPUs the throughput collapses: the waiter that is served must first be scheduled, while the
/// other waiters spin through their time slices.
///
/// Source: J. M. Mellor-Crummey and M. L. Scott, *Algorithms for Scalable Synchronization on Shared-Memory
/// Multiprocessors*, ACM TOCS 9(1), 1991, algorithm 2; ``Backoff`` is that algorithm's proportional backoff.
///
/// Memory ordering: a waiter observes its ticket by an acquire load; serving the next ticket is a release store.
/// Drawing needs no ordering. Owner death: no further ticket is served and all others wait for ever. They do so as well
/// once the ticket of a *waiter* that died is served.
@_spi(Bench) @safe public struct TicketLock<Policy: SpinPolicy, Pace: TicketPace>: LockPrimitive, ~Copyable {
    /// The next ticket to draw.
    @usableFromInline let next: UnsafeMutablePointer<Atomic<UInt32>>
    /// The ticket that is now served. It lies at a constant distance: a second pointer would cost the loop a register.
    @inlinable @inline(__always)
    var nowServing: UnsafeMutablePointer<Atomic<UInt32>> { unsafe next + 32 }

    /// See ``LockPrimitive/properties``.
    public static var properties: LockProperties {
        LockProperties(
            name: "ticket" + Pace.suffix + Policy.suffix, family: .spin, waiting: Policy.waiting, fairness: .fifo,
            ownerDeath: .hangs, pollsUntilDeadline: true, survivesWaiterDeath: false,
            summary: "ticket lock\(Pace.remark)")
    }

    /// Two words on cache lines of their own.
    public static func bytesNeeded(participants: Int) -> Int { 33 * MemoryLayout<UInt32>.size }

    /// Binds to the words.
    public init(_ binding: borrowing LockBinding) {
        unsafe next = binding.area.word(at: 0)
    }

    /// One fetch-and-add and one load when free.
    @inlinable
    public borrowing func lock() -> LockOutcome {
        let mine = unsafe next.pointee.add(1, ordering: .relaxed).oldValue
        if unsafe nowServing.pointee.load(ordering: .acquiring) != mine { wait(for: mine) }
        return .acquired
    }

    /// Takes the ticket that is now served, if no participant has drawn it.
    @inlinable
    public borrowing func tryLock() -> LockOutcome {
        let turn = unsafe nowServing.pointee.load(ordering: .acquiring)
        let drawn = unsafe next.pointee.compareExchange(
            expected: turn, desired: turn &+ 1, successOrdering: .acquiring, failureOrdering: .relaxed)
        return drawn.exchanged ? .acquired : .busy
    }

    /// Polls with ``tryLock()``, because a drawn ticket cannot be returned.
    @inlinable
    public borrowing func lock(until deadline: Deadline) -> LockOutcome { tryAgain(until: deadline, Policy.self) }

    /// One load and one store: only the owner writes this word.
    @inlinable
    public borrowing func unlock() {
        let mine = unsafe nowServing.pointee.load(ordering: .relaxed)
        unsafe nowServing.pointee.store(mine &+ 1, ordering: .releasing)
    }

    @inlinable @inline(never)
    borrowing func wait(for mine: UInt32) {
        var iterations: UInt32 = 0
        while true {
            let turn = unsafe nowServing.pointee.load(ordering: .acquiring)
            if turn == mine { return }
            Pace.approach(distance: mine &- turn)
            Policy.rest(after: iterations)
            iterations &+= 1
        }
    }
}

/// How long a waiter of a ticket lock waits between two loads of the word that all waiters read.
@_spi(Bench) public protocol TicketPace: SendableMetatype {
    /// The suffix of the lock's name, before that of the ``SpinPolicy``.
    static var suffix: String { get }
    /// The suffix of the lock's summary.
    static var remark: String { get }
    /// Pauses, with `distance` waiters ahead.
    static func approach(distance: UInt32)
}

/// No pause.
@_spi(Bench) public enum Eager: TicketPace {
    /// No suffix.
    public static var suffix: String { "" }
    /// No suffix.
    public static var remark: String { "" }
    /// Does not pause.
    @inlinable @inline(__always)
    public static func approach(distance: UInt32) {}
}

/// Pauses in proportion to the number of waiters ahead.
@_spi(Bench) public enum Backoff: TicketPace {
    /// The suffix of the lock's name.
    public static var suffix: String { "-backoff" }
    /// The suffix of the lock's summary.
    public static var remark: String { " with proportional backoff" }
    /// Pauses 16 times for each waiter ahead, up to 64 waiters.
    @inlinable @inline(__always)
    public static func approach(distance: UInt32) {
        shm_cpu_relax_for(16 &* (distance < 64 ? distance : 64))
    }
}

extension LockKind {
    /// A ticket lock.
    public static let ticket = LockKind(TicketLock<Spinning, Eager>.self)
    /// A ticket lock that yields the CPU.
    public static let ticketYield = LockKind(TicketLock<Yielding, Eager>.self)
    /// A ticket lock with proportional backoff.
    public static let ticketBackoff = LockKind(TicketLock<Spinning, Backoff>.self)
    /// A ticket lock with proportional backoff that yields the CPU.
    public static let ticketBackoffYield = LockKind(TicketLock<Yielding, Backoff>.self)
}
