public import Synchronization

/// A ticket lock with a waiting array: only the waiter that is next polls the word that the owner writes. All others
/// poll slots of the array, selected by a hash of the ticket.
///
/// Source: D. Dice and A. Kogan, *TWA – Ticket Locks Augmented with a Waiting Array*, Euro-Par 2019 (arXiv 1810.01573).
/// In the paper one array serves all locks of a process; here each lock has its own, because processes share no other
/// memory.
///
/// Memory ordering: as ``TicketLock``. The release store that serves a ticket comes before the (releasing) increment of
/// the slot at which the ticket after it waits. A waiter reads its slot, then the ticket now served. So either it
/// observes the new ticket, or it has read the slot before the increment and observes that change. Owner death: as
/// ``TicketLock``.
@_spi(Bench) @safe public struct TWALock<Policy: SpinPolicy>: LockPrimitive, ~Copyable {
    /// The size of the array in the paper.
    @usableFromInline static var slots: UInt32 { 4096 }
    private static var arrayOffset: Int { 2 * lineStride }

    @usableFromInline let next: UnsafeMutablePointer<Atomic<UInt32>>
    @usableFromInline let nowServing: UnsafeMutablePointer<Atomic<UInt32>>
    @usableFromInline let array: UnsafeMutablePointer<Atomic<UInt32>>

    /// See ``LockPrimitive/properties``.
    public static var properties: LockProperties {
        LockProperties(
            name: "twa" + Policy.suffix, family: .spin, waiting: Policy.waiting, fairness: .fifo, ownerDeath: .hangs,
            pollsUntilDeadline: true, survivesWaiterDeath: false,
            summary: "ticket lock with a waiting array (Dice and Kogan)")
    }

    /// Two words, apart, and the array.
    public static func bytesNeeded(participants: Int) -> Int { arrayOffset + Int(slots) * MemoryLayout<UInt32>.size }

    /// Binds to the words.
    public init(_ binding: borrowing LockBinding) {
        unsafe next = binding.area.word(at: 0)
        unsafe nowServing = binding.area.word(at: lineStride)
        unsafe array = binding.area.word(at: Self.arrayOffset)
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

    /// One load, one store and one increment: the release always notifies the slot of the ticket after next.
    @inlinable
    public borrowing func unlock() {
        let turn = unsafe nowServing.pointee.load(ordering: .relaxed) &+ 1
        unsafe nowServing.pointee.store(turn, ordering: .releasing)
        unsafe slot(of: turn &+ 1).pointee.add(1, ordering: .releasing)
    }

    /// The slot at which a ticket waits while it is not next. Adjacent tickets use different cache lines.
    @inlinable @inline(__always)
    borrowing func slot(of ticket: UInt32) -> UnsafeMutablePointer<Atomic<UInt32>> {
        unsafe array + Int((ticket &* 127) % Self.slots)
    }

    @inlinable @inline(never)
    borrowing func wait(for mine: UInt32) {
        let slot = unsafe slot(of: mine)
        var iterations: UInt32 = 0
        while true {
            let seen = unsafe slot.pointee.load(ordering: .acquiring)
            // Not next: the slot changes when this ticket becomes next, or another ticket with the same slot does.
            guard mine &- (unsafe nowServing.pointee.load(ordering: .acquiring)) > 1 else { break }
            while unsafe slot.pointee.load(ordering: .acquiring) == seen {
                Policy.rest(after: iterations)
                iterations &+= 1
            }
        }
        iterations = 0
        while unsafe nowServing.pointee.load(ordering: .acquiring) != mine {
            Policy.rest(after: iterations)
            iterations &+= 1
        }
    }
}

extension LockKind {
    /// A ticket lock with a waiting array.
    public static let twa = LockKind(TWALock<Spinning>.self)
    /// A ticket lock with a waiting array that yields the CPU.
    public static let twaYield = LockKind(TWALock<Yielding>.self)
}
