public import Synchronization
public import SystemPackage

/// Arrivals push themselves on a stack; whoever finds its own segment of waiters exhausted detaches all that arrived
/// meanwhile, and the lock passes through that segment from its newest to its oldest.
///
/// Within a segment the last to come is served first, and nobody of a later segment before it is through: a waiter is
/// passed at most once by each other. Hence bounded bypass, but not first come, first served.
///
/// Source: D. Dice and A. Kogan, *Reciprocating Locks*, PPoPP 2025 (arXiv 2501.02380).
///
/// Memory ordering: the exchange of the arrivals word publishes the element (release) and, where nobody holds the lock,
/// acquires. A grant is a release store to the waiter's gate, which its acquire load pairs with; giving the lock up is a
/// release. Owner death: all wait for ever; so they do behind a *waiter* that died.
@_spi(Bench) @safe public struct ReciprocatingLock: LockPrimitive, ~Copyable {
    /// Held, with an empty stack.
    @usableFromInline static var empty: UInt32 { 1 }

    /// 0 where the lock is free, ``empty``, or the newest participant's number plus 2.
    @usableFromInline let arrivals: UnsafeMutablePointer<Atomic<UInt32>>
    /// Whose first words are gates: 0 is closed, else it says where the segment ends that is being served.
    @usableFromInline let places: ParticipantPlaces
    @usableFromInline let name: UInt32
    @usableFromInline let gate: UnsafeMutablePointer<Atomic<UInt32>>
    @usableFromInline let tenure: UnsafeMutablePointer<Tenure>

    /// What an owner must remember until it releases.
    @usableFromInline struct Tenure {
        /// The next to be served in this segment; 0 for none.
        @usableFromInline var successor: UInt32
        /// Where the segment ends.
        @usableFromInline var end: UInt32

        @inlinable
        init(successor: UInt32, end: UInt32) {
            self.successor = successor
            self.end = end
        }
    }

    /// See ``LockPrimitive/properties``.
    public static var properties: LockProperties {
        LockProperties(
            name: "reciprocating", family: .queue, waiting: .spins, fairness: .bounded, ownerDeath: .hangs,
            nodesPerParticipant: 1, pollsUntilDeadline: true, onePIDNamespace: true, survivesWaiterDeath: false,
            summary: "arrivals on a stack, served in segments (Dice and Kogan)")
    }

    /// The arrivals word, the table of participants and their gates.
    public static func bytesNeeded(participants: Int) -> Int {
        ParticipantPlaces.bytesNeeded(participants: participants)
    }

    /// Zero is free.
    public static func initialise(_ area: UnsafeMutableRawPointer, participants: Int) {}

    /// Claims a gate. Throws `ENOSPC` where there is none.
    public init(_ binding: borrowing LockBinding) throws(Errno) {
        let word = unsafe binding.area.word(at: 0)
        places = try unsafe ParticipantPlaces(binding) { (_, _) in
            unsafe word.pointee.load(ordering: .acquiring) == 0
        }
        unsafe arrivals = word
        name = places.number + 2
        unsafe gate = places.mine.word(at: 0)
        unsafe tenure = .allocate(capacity: 1)
        unsafe tenure.initialize(to: Tenure(successor: 0, end: 0))
    }

    deinit { unsafe tenure.deallocate() }

    /// One exchange when free.
    @inlinable
    public borrowing func lock() -> LockOutcome {
        unsafe gate.pointee.store(0, ordering: .relaxed)
        let newest = unsafe arrivals.pointee.exchange(name, ordering: .acquiringAndReleasing)
        if newest != 0 { return wait(before: newest) }
        unsafe tenure.pointee = Tenure(successor: 0, end: name)
        return .acquired
    }

    /// One compare-exchange.
    @inlinable
    public borrowing func tryLock() -> LockOutcome {
        let entered = unsafe arrivals.pointee.compareExchange(
            expected: 0, desired: name, successOrdering: .acquiringAndReleasing, failureOrdering: .relaxed)
        guard entered.exchanged else { return .busy }
        unsafe tenure.pointee = Tenure(successor: 0, end: name)
        return .acquired
    }

    /// Tries again and again: a waiter cannot leave the stack.
    @inlinable
    public borrowing func lock(until deadline: Deadline) -> LockOutcome { tryAgain(until: deadline, Spinning.self) }

    /// One store within a segment; at its end one compare-exchange without new arrivals, else an exchange and a store.
    @inlinable
    public borrowing func unlock() {
        let (successor, end) = unsafe (tenure.pointee.successor, tenure.pointee.end)
        if successor != 0 { return open(successor, end) }
        // There are no new arrivals: what the word says is where this segment ends.
        if unsafe arrivals.pointee.compareExchange(
            expected: end, desired: 0, successOrdering: .releasing, failureOrdering: .relaxed
        ).exchanged {
            return
        }
        // Acquire: the newest has closed its gate before it came.
        open(unsafe arrivals.pointee.exchange(Self.empty, ordering: .acquiringAndReleasing), end)
    }

    @inlinable @inline(__always)
    borrowing func open(_ successor: UInt32, _ end: UInt32) {
        unsafe places.place(successor &- 2)?.pointee.store(end, ordering: .releasing)
    }

    /// Waits; the one that came before is the successor, unless it ends the segment: the owner when the segment began.
    @inlinable @inline(never)
    borrowing func wait(before newest: UInt32) -> LockOutcome {
        var successor = newest == Self.empty ? 0 : newest
        var end: UInt32
        while true {
            end = unsafe gate.pointee.load(ordering: .acquiring)
            if end != 0 { break }
            Spinning.rest(after: 0)
        }
        if successor == end {
            successor = 0
            end = Self.empty
        }
        unsafe tenure.pointee = Tenure(successor: successor, end: end)
        return .acquired
    }
}

extension LockKind {
    /// A reciprocating lock.
    public static let reciprocating = LockKind(ReciprocatingLock.self)
}
