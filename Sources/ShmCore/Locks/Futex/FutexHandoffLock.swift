public import Synchronization

/// A ticket lock whose waiters sleep. It hands off fairly: each release wakes the next waiter and no other.
///
/// The cost of fairness with sleeping waiters: the lock stays idle for one wake-up at each hand-over (the lock convoy
/// of M. Blasgen, J. Gray, M. Mitoma and T. Price, *The Convoy Phenomenon*, ACM SIGOPS OSR 13(2), 1979).
///
/// Source: the ticket lock of J. M. Mellor-Crummey and M. L. Scott (1991) on `futex(2)`: waiters sleep on the word that
/// holds the ticket now served, with the bit of their ticket modulo 32 (`FUTEX_WAIT_BITSET`).
///
/// Memory ordering: a waiter observes its ticket by an acquire load; serving the next ticket is a release. Two pairs
/// are sequentially consistent: serving a ticket and then checking for waiters, and drawing a ticket and then checking
/// the one now served. So of a releaser and a concurrent waiter, at least one observes the other. Owner death: all
/// others wait for ever. They do so as well once the ticket of a *waiter* that died is served.
@_spi(Bench) @safe public struct FutexHandoffLock: LockPrimitive, ~Copyable {
    @usableFromInline let next: UnsafeMutablePointer<Atomic<UInt32>>
    @usableFromInline let nowServing: UnsafeMutablePointer<Atomic<UInt32>>

    /// See ``LockPrimitive/properties``.
    public static var properties: LockProperties {
        LockProperties(
            name: "futex-handoff", family: .futex, fairness: .fifo, ownerDeath: .hangs, pollsUntilDeadline: true,
            survivesWaiterDeath: false, summary: "ticket lock whose waiters sleep: fair handoff")
    }

    /// Two words on cache lines of their own.
    public static func bytesNeeded(participants: Int) -> Int { lineStride + MemoryLayout<UInt32>.size }

    /// Binds to the words.
    public init(_ binding: borrowing LockBinding) {
        unsafe next = binding.area.word(at: 0)
        unsafe nowServing = binding.area.word(at: lineStride)
    }

    /// One fetch-and-add and one load when free.
    @inlinable
    public borrowing func lock() -> LockOutcome {
        let mine = unsafe next.pointee.add(1, ordering: .sequentiallyConsistent).oldValue
        if unsafe nowServing.pointee.load(ordering: .acquiring) != mine { sleep(until: mine) }
        return .acquired
    }

    /// Takes the ticket that is now served, if no participant has drawn it.
    @inlinable
    public borrowing func tryLock() -> LockOutcome {
        let ticket = unsafe nowServing.pointee.load(ordering: .acquiring)
        let drawn = unsafe next.pointee.compareExchange(
            expected: ticket, desired: ticket &+ 1, successOrdering: .sequentiallyConsistent, failureOrdering: .relaxed)
        return drawn.exchanged ? .acquired : .busy
    }

    /// Polls with ``tryLock()``, with pauses that double from 20 µs to 500 µs, because a drawn ticket cannot be
    /// returned.
    public borrowing func lock(until deadline: Deadline) -> LockOutcome { tryAgainSleeping(until: deadline) }

    /// One addition and one load; a system call if there are waiters.
    @inlinable
    public borrowing func unlock() {
        let ticket = unsafe nowServing.pointee.add(1, ordering: .sequentiallyConsistent).newValue
        if unsafe next.pointee.load(ordering: .sequentiallyConsistent) != ticket { wake(ticket) }
    }

    @usableFromInline @inline(never)
    borrowing func sleep(until mine: UInt32) {
        while true {
            let ticket = unsafe nowServing.pointee.load(ordering: .sequentiallyConsistent)
            if ticket == mine { return }
            _ = unsafe Futex.wait(nowServing, while: ticket, bits: Self.bit(of: mine), until: nil)
        }
    }

    /// Wakes the waiter with that ticket. Waiters whose tickets differ from it by a multiple of 32 wake, too.
    @usableFromInline @inline(never)
    borrowing func wake(_ ticket: UInt32) {
        unsafe Futex.wake(nowServing, bits: Self.bit(of: ticket), count: .max)
    }

    private static func bit(of ticket: UInt32) -> UInt32 { 1 << (ticket % 32) }
}

extension LockKind {
    /// A fair futex lock.
    public static let futexHandoff = LockKind(FutexHandoffLock.self)
}
