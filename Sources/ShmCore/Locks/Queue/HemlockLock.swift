public import Synchronization
public import SystemPackage

/// A queue lock with one word per participant and no nodes. A waiter polls its predecessor's word, takes the grant from
/// it, and so acknowledges that the word can be reused.
///
/// The releaser waits for that acknowledgement, so with more workers than CPUs the release collapses as well. The
/// paper's main advantage, one word for all locks that a thread holds, does not appear here, because each participant
/// has a word per lock.
///
/// Source: D. Dice and A. Kogan, *Hemlock: Compact and Scalable Mutual Exclusion*, SPAA 2021 (arXiv 2102.03863), the
/// basic version.
///
/// Memory ordering: the exchange of the tail is a release, and an acquire in case the queue is empty. The grant is a
/// release store and an acquire load; so is the acknowledgement, because the next grant must not overtake it. Owner
/// death: all others wait for ever. They do so as well behind a *waiter* that died.
@_spi(Bench) @safe public struct HemlockLock: LockPrimitive, ~Copyable {
    /// The last participant's number plus one; 0 if the lock is free and has no waiters.
    @usableFromInline let tail: UnsafeMutablePointer<Atomic<UInt32>>
    /// The slots; the first word of each is its participant's grant.
    @usableFromInline let slots: ParticipantSlots
    @usableFromInline let name: UInt32
    @usableFromInline let grant: UnsafeMutablePointer<Atomic<UInt32>>

    /// See ``LockPrimitive/properties``.
    public static var properties: LockProperties {
        LockProperties(
            name: "hemlock", family: .queue, waiting: .spins, fairness: .fifo, ownerDeath: .hangs,
            nodesPerParticipant: 1, pollsUntilDeadline: true, onePIDNamespace: true, survivesWaiterDeath: false,
            summary: "compact queue lock (Dice and Kogan)")
    }

    /// The tail, the table of participants and their words.
    public static func bytesNeeded(participants: Int) -> Int {
        ParticipantSlots.bytesNeeded(participants: participants)
    }

    /// Claims a word. Throws `ENOSPC` if there is none.
    public init(_ binding: borrowing LockBinding) throws(Errno) {
        let word = unsafe binding.area.word(at: 0)
        slots = try unsafe ParticipantSlots(binding) { (_, _) in
            unsafe word.pointee.load(ordering: .acquiring) == 0
        }
        unsafe tail = word
        name = slots.number + 1
        unsafe grant = slots.mine.word(at: 0)
        // A dead participant with the same number may have left a grant that no waiter took.
        unsafe grant.pointee.store(0, ordering: .relaxed)
    }

    /// One exchange when free.
    @inlinable
    public borrowing func lock() -> LockOutcome {
        let before = unsafe tail.pointee.exchange(name, ordering: .acquiringAndReleasing)
        return before == 0 ? .acquired : wait(behind: before)
    }

    /// One compare-exchange.
    @inlinable
    public borrowing func tryLock() -> LockOutcome {
        unsafe tail.pointee.compareExchange(
            expected: 0, desired: name, successOrdering: .acquiringAndReleasing, failureOrdering: .relaxed
        ).exchanged ? .acquired : .busy
    }

    /// Polls with ``tryLock()``, because a waiter cannot leave the queue.
    @inlinable
    public borrowing func lock(until deadline: Deadline) -> LockOutcome { tryAgain(until: deadline, Spinning.self) }

    /// One compare-exchange if there is no waiter; otherwise one store, and a wait for the successor's acknowledgement.
    @inlinable
    public borrowing func unlock() {
        if unsafe tail.pointee.compareExchange(
            expected: name, desired: 0, successOrdering: .releasing, failureOrdering: .relaxed
        ).exchanged {
            return
        }
        handOver()
    }

    @inlinable @inline(never)
    borrowing func wait(behind before: UInt32) -> LockOutcome {
        guard let word = unsafe slots.slot(before &- 1) else { return .failed(.invalidArgument) }
        while unsafe word.pointee.load(ordering: .acquiring) == 0 { Spinning.rest(after: 0) }
        unsafe word.pointee.store(0, ordering: .releasing)
        return .acquired
    }

    @inlinable @inline(never)
    borrowing func handOver() {
        unsafe grant.pointee.store(1, ordering: .releasing)
        while unsafe grant.pointee.load(ordering: .acquiring) != 0 { Spinning.rest(after: 0) }
    }
}

extension LockKind {
    /// Hemlock.
    public static let hemlock = LockKind(HemlockLock.self)
}
