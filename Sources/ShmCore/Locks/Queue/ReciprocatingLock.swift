public import Synchronization
public import SystemPackage

/// Arrivals push themselves on a stack. An owner whose segment of waiters is exhausted detaches all that arrived
/// meanwhile as the next segment, and the lock passes through it from the newest waiter to the oldest.
///
/// Within a segment the last arrival is served first, and no waiter of a later segment is served before the segment is
/// exhausted. So each waiter is overtaken at most once by each other participant: bounded bypass, but not first come,
/// first served.
///
/// Source: D. Dice and A. Kogan, *Reciprocating Locks*, PPoPP 2025 (arXiv 2501.02380).
///
/// Memory ordering: the exchange of the arrivals word publishes the element (release), and is an acquire in case the
/// lock is free. A grant is a release store to the waiter's gate, which pairs with its acquire load. Freeing the lock
/// is a release. Owner death: all others wait for ever. They do so as well behind a *waiter* that died.
@_spi(Bench) @safe public struct ReciprocatingLock: LockPrimitive, ~Copyable {
    /// Held, with an empty stack.
    @usableFromInline static var empty: UInt32 { 1 }

    /// 0 if the lock is free; ``empty``; or the newest participant's number plus 2.
    @usableFromInline let arrivals: UnsafeMutablePointer<Atomic<UInt32>>
    /// The slots; the first word of each is its participant's gate. 0 is closed; any other value names the end of the
    /// segment that is being served.
    @usableFromInline let slots: ParticipantSlots
    @usableFromInline let name: UInt32
    @usableFromInline let gate: UnsafeMutablePointer<Atomic<UInt32>>
    @usableFromInline let tenure: UnsafeMutablePointer<Tenure>

    /// Process-private state from the acquisition to the release.
    @usableFromInline struct Tenure {
        /// The next waiter of this segment; 0 for none.
        @usableFromInline var successor: UInt32
        /// The end of the segment.
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
        ParticipantSlots.bytesNeeded(participants: participants)
    }

    /// Claims a gate. Throws `ENOSPC` if there is none.
    public init(_ binding: borrowing LockBinding) throws(Errno) {
        let word = unsafe binding.area.word(at: 0)
        slots = try unsafe ParticipantSlots(binding) { (_, _) in
            unsafe word.pointee.load(ordering: .acquiring) == 0
        }
        unsafe arrivals = word
        name = slots.number + 2
        unsafe gate = slots.mine.word(at: 0)
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

    /// Polls with ``tryLock()``, because a waiter cannot leave the stack.
    @inlinable
    public borrowing func lock(until deadline: Deadline) -> LockOutcome { tryAgain(until: deadline, Spinning.self) }

    /// One store within a segment. At its end: one compare-exchange without new arrivals, otherwise an exchange and a
    /// store.
    @inlinable
    public borrowing func unlock() {
        let (successor, end) = unsafe (tenure.pointee.successor, tenure.pointee.end)
        if successor != 0 { return open(successor, end) }
        // Without new arrivals the word still names the end of this segment.
        if unsafe arrivals.pointee.compareExchange(
            expected: end, desired: 0, successOrdering: .releasing, failureOrdering: .relaxed
        ).exchanged {
            return
        }
        // Acquire: the newest arrival closed its gate before it pushed itself.
        open(unsafe arrivals.pointee.exchange(Self.empty, ordering: .acquiringAndReleasing), end)
    }

    @inlinable @inline(__always)
    borrowing func open(_ successor: UInt32, _ end: UInt32) {
        unsafe slots.slot(successor &- 2)?.pointee.store(end, ordering: .releasing)
    }

    /// Waits for the grant. The previous arrival becomes the successor, unless it ends the segment: then it was the
    /// owner when the segment began.
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
