public import Synchronization
public import SystemPackage

/// A queue lock with one word a participant and no node to pass around: a waiter looks at its predecessor's word, takes the
/// grant from it, and so tells the predecessor that the word is free again.
///
/// The releaser waits for that answer, so with more workers than CPUs the release, too, falls off the cliff. The
/// paper's point, one word for all locks that a thread holds, does not show here, where each participant has a word for
/// each lock.
///
/// Source: D. Dice and A. Kogan, *Hemlock: Compact and Scalable Mutual Exclusion*, SPAA 2021 (arXiv 2102.03863), the
/// plain version.
///
/// Memory ordering: the exchange of the tail publishes (release) and, where the queue is empty, acquires. The grant is a
/// release store and an acquire load; the answer likewise, since the next grant must not overtake it. Owner death: all
/// wait for ever; so they do behind a *waiter* that died.
@_spi(Bench) @safe public struct HemlockLock: LockPrimitive, ~Copyable {
    /// The last participant's number plus one; 0 where the lock is free and has no waiters.
    @usableFromInline let tail: UnsafeMutablePointer<Atomic<UInt32>>
    /// Whose first words are the grants.
    @usableFromInline let places: ParticipantPlaces
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
        ParticipantPlaces.bytesNeeded(participants: participants)
    }

    /// Zero is free.
    public static func initialise(_ area: UnsafeMutableRawPointer, participants: Int) {}

    /// Claims a word. Throws `ENOSPC` where there is none.
    public init(_ binding: borrowing LockBinding) throws(Errno) {
        let word = unsafe binding.area.word(at: 0)
        places = try unsafe ParticipantPlaces(binding) { (_, _) in
            unsafe word.pointee.load(ordering: .acquiring) == 0
        }
        unsafe tail = word
        name = places.number + 1
        unsafe grant = places.mine.word(at: 0)
        // A dead predecessor of the same number may have left a grant that was not taken.
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

    /// Tries again and again: a waiter cannot leave the queue.
    @inlinable
    public borrowing func lock(until deadline: Deadline) -> LockOutcome { tryAgain(until: deadline, Spinning.self) }

    /// One compare-exchange when there is no waiter; else a store, and a wait until the successor has seen it.
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
        guard let word = unsafe places.place(before &- 1) else { return .failed(.invalidArgument) }
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
