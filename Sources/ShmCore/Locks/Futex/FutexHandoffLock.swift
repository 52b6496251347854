public import Synchronization

/// A ticket lock whose waiters sleep: fair hand-off, each release wakes the next waiter and no other.
///
/// The price of fairness with sleeping waiters is that the lock stands still for a wake-up at each hand-over (the lock
/// convoy of M. Blasgen, J. Gray, M. Mitoma and T. Price, *The Convoy Phenomenon*, ACM SIGOPS OSR 13(2), 1979).
///
/// Source: the ticket lock of J. M. Mellor-Crummey and M. L. Scott (1991) on `futex(2)`: waiters sleep on the word that
/// calls tickets, with the bit of their ticket modulo 32 (`FUTEX_WAIT_BITSET`).
///
/// Memory ordering: a waiter sees its ticket called by an acquire load, and calling the next is a release. Calling and
/// looking for waiters, drawing and looking at the call are sequentially consistent: of a caller and a waiter that meet,
/// one sees the other. Owner death: all wait for ever; so they do once the ticket of a *waiter* that died is called.
@_spi(Bench) @safe public struct FutexHandoffLock: LockPrimitive, ~Copyable {
    @usableFromInline let next: UnsafeMutablePointer<Atomic<UInt32>>
    @usableFromInline let called: UnsafeMutablePointer<Atomic<UInt32>>

    /// See ``LockPrimitive/properties``.
    public static var properties: LockProperties {
        LockProperties(
            name: "futex-handoff", family: .futex, fairness: .fifo, ownerDeath: .hangs, pollsUntilDeadline: true,
            survivesWaiterDeath: false, summary: "ticket lock whose waiters sleep: fair hand-off")
    }

    /// Two words, apart.
    public static func bytesNeeded(participants: Int) -> Int { lineStride + MemoryLayout<UInt32>.size }

    /// Ticket 0 is called, and has not been drawn.
    public static func initialise(_ area: UnsafeMutableRawPointer, participants: Int) {}

    /// Binds to the words.
    public init(_ binding: borrowing LockBinding) {
        unsafe next = binding.area.word(at: 0)
        unsafe called = binding.area.word(at: lineStride)
    }

    /// One fetch-and-add and a look when free.
    @inlinable
    public borrowing func lock() -> LockOutcome {
        let mine = unsafe next.pointee.add(1, ordering: .sequentiallyConsistent).oldValue
        if unsafe called.pointee.load(ordering: .acquiring) != mine { sleep(until: mine) }
        return .acquired
    }

    /// Draws the ticket that is called, if it has not been drawn.
    @inlinable
    public borrowing func tryLock() -> LockOutcome {
        let turn = unsafe called.pointee.load(ordering: .acquiring)
        let drawn = unsafe next.pointee.compareExchange(
            expected: turn, desired: turn &+ 1, successOrdering: .sequentiallyConsistent, failureOrdering: .relaxed)
        return drawn.exchanged ? .acquired : .busy
    }

    /// Tries again and again, with pauses that double from 20 µs to 500 µs: a ticket cannot be given back.
    public borrowing func lock(until deadline: Deadline) -> LockOutcome { tryAgainSleeping(until: deadline) }

    /// One addition and a look; a system call where there are waiters.
    @inlinable
    public borrowing func unlock() {
        let turn = unsafe called.pointee.add(1, ordering: .sequentiallyConsistent).newValue
        if unsafe next.pointee.load(ordering: .sequentiallyConsistent) != turn { call(turn) }
    }

    @usableFromInline @inline(never)
    borrowing func sleep(until mine: UInt32) {
        while true {
            let turn = unsafe called.pointee.load(ordering: .sequentiallyConsistent)
            if turn == mine { return }
            _ = unsafe Futex.wait(called, while: turn, bits: Self.bit(of: mine), until: nil)
        }
    }

    /// Wakes the waiter with that ticket, and those whose tickets differ from it by multiples of 32.
    @usableFromInline @inline(never)
    borrowing func call(_ ticket: UInt32) {
        unsafe Futex.wake(called, bits: Self.bit(of: ticket), count: .max)
    }

    private static func bit(of ticket: UInt32) -> UInt32 { 1 << (ticket % 32) }
}

extension LockKind {
    /// A fair futex lock.
    public static let futexHandoff = LockKind(FutexHandoffLock.self)
}
