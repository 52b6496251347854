public import CShm
public import Synchronization

/// Draw a ticket, wait until it is called: first come, first served, on two words.
///
/// With more workers than CPUs it falls off a cliff: whoever is called must first be scheduled, while those that are not
/// spin through their time slices.
///
/// Source: J. M. Mellor-Crummey and M. L. Scott, *Algorithms for Scalable Synchronization on Shared-Memory
/// Multiprocessors*, ACM TOCS 9(1), 1991, algorithm 2; ``Backoff`` is that algorithm's proportional backoff.
///
/// Memory ordering: a waiter sees its ticket called by an acquire load, and calling the next is a release. Drawing needs
/// no order of its own. Owner death: no ticket is called any more, and all wait for ever; so they do once the ticket of a
/// *waiter* that died is called.
@_spi(Bench) @safe public struct TicketLock<Policy: SpinPolicy, Pace: TicketPace>: LockPrimitive, ~Copyable {
    /// The next ticket to draw.
    @usableFromInline let next: UnsafeMutablePointer<Atomic<UInt32>>
    /// The ticket that is called. At a constant distance: a second pointer would cost the loop a register.
    @inlinable @inline(__always)
    var called: UnsafeMutablePointer<Atomic<UInt32>> { unsafe next + 32 }

    /// See ``LockPrimitive/properties``.
    public static var properties: LockProperties {
        LockProperties(
            name: "ticket" + Pace.suffix + Policy.suffix, family: .spin, waiting: Policy.waiting, fairness: .fifo,
            ownerDeath: .hangs, pollsUntilDeadline: true, survivesWaiterDeath: false,
            summary: "ticket lock\(Pace.remark)")
    }

    /// Two words, apart.
    public static func bytesNeeded(participants: Int) -> Int { 33 * MemoryLayout<UInt32>.size }

    /// Ticket 0 is called, and has not been drawn.
    public static func initialise(_ area: UnsafeMutableRawPointer, participants: Int) {}

    /// Binds to the words.
    public init(_ binding: borrowing LockBinding) {
        unsafe next = binding.area.word(at: 0)
    }

    /// One fetch-and-add and a look when free.
    @inlinable
    public borrowing func lock() -> LockOutcome {
        let mine = unsafe next.pointee.add(1, ordering: .relaxed).oldValue
        if unsafe called.pointee.load(ordering: .acquiring) != mine { wait(for: mine) }
        return .acquired
    }

    /// Draws the ticket that is called, if it has not been drawn.
    @inlinable
    public borrowing func tryLock() -> LockOutcome {
        let turn = unsafe called.pointee.load(ordering: .acquiring)
        let drawn = unsafe next.pointee.compareExchange(
            expected: turn, desired: turn &+ 1, successOrdering: .acquiring, failureOrdering: .relaxed)
        return drawn.exchanged ? .acquired : .busy
    }

    /// Tries again and again: a ticket cannot be given back.
    @inlinable
    public borrowing func lock(until deadline: Deadline) -> LockOutcome { tryAgain(until: deadline, Policy.self) }

    /// One load and one store: only the owner writes this word.
    @inlinable
    public borrowing func unlock() {
        let mine = unsafe called.pointee.load(ordering: .relaxed)
        unsafe called.pointee.store(mine &+ 1, ordering: .releasing)
    }

    @inlinable @inline(never)
    borrowing func wait(for mine: UInt32) {
        var looks: UInt32 = 0
        while true {
            let turn = unsafe called.pointee.load(ordering: .acquiring)
            if turn == mine { return }
            Pace.approach(distance: mine &- turn)
            Policy.rest(after: looks)
            looks &+= 1
        }
    }
}

/// How long a waiter of a ticket lock stays away from the word that all of them read.
@_spi(Bench) public protocol TicketPace: SendableMetatype {
    /// What the lock's name goes on with.
    static var suffix: String { get }
    /// What its summary goes on with.
    static var remark: String { get }
    /// Passes time for a waiter with so many before it.
    static func approach(distance: UInt32)
}

/// Not at all.
@_spi(Bench) public enum Eager: TicketPace {
    /// None.
    public static var suffix: String { "" }
    /// None.
    public static var remark: String { "" }
    /// Nothing.
    @inlinable @inline(__always)
    public static func approach(distance: UInt32) {}
}

/// About as long as those before it take.
@_spi(Bench) public enum Backoff: TicketPace {
    /// What the lock's name goes on with.
    public static var suffix: String { "-backoff" }
    /// What its summary goes on with.
    public static var remark: String { " with proportional backoff" }
    /// Pauses, 16 for each who is before.
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
