public import Synchronization

/// A ticket lock augmented with a waiting array: only the next in turn looks at the word that the owner writes, all
/// others at places of the array that their tickets hash to.
///
/// Source: D. Dice and A. Kogan, *TWA – Ticket Locks Augmented with a Waiting Array*, Euro-Par 2019 (arXiv 1810.01573).
/// There one array serves all locks of a process; here each lock has its own, since processes share nothing else.
///
/// Memory ordering: as ``TicketLock``. The release store that calls a ticket comes before the (releasing) increment of
/// the place that the ticket after it waits at; a waiter reads its place, then the called ticket, so it either sees the
/// call or has read the place before the increment and sees that change. Deaths: as ``TicketLock``.
@_spi(Bench) @safe public struct TWALock<Policy: SpinPolicy>: LockPrimitive, ~Copyable {
    /// The paper's size of the array.
    @usableFromInline static var places: UInt32 { 4096 }
    private static var arrayOffset: Int { 2 * lineStride }

    @usableFromInline let next: UnsafeMutablePointer<Atomic<UInt32>>
    @usableFromInline let called: UnsafeMutablePointer<Atomic<UInt32>>
    @usableFromInline let array: UnsafeMutablePointer<Atomic<UInt32>>

    /// See ``LockPrimitive/properties``.
    public static var properties: LockProperties {
        LockProperties(
            name: "twa" + Policy.suffix, family: .spin, waiting: Policy.waiting, fairness: .fifo, ownerDeath: .hangs,
            pollsUntilDeadline: true, survivesWaiterDeath: false,
            summary: "ticket lock with a waiting array (Dice and Kogan)")
    }

    /// Two words, apart, and the array.
    public static func bytesNeeded(participants: Int) -> Int { arrayOffset + Int(places) * MemoryLayout<UInt32>.size }

    /// Ticket 0 is called, and has not been drawn.
    public static func initialise(_ area: UnsafeMutableRawPointer, participants: Int) {}

    /// Binds to the words.
    public init(_ binding: borrowing LockBinding) {
        unsafe next = binding.area.word(at: 0)
        unsafe called = binding.area.word(at: lineStride)
        unsafe array = binding.area.word(at: Self.arrayOffset)
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

    /// One load, one store and one increment: the release always tells the place of the ticket after next.
    @inlinable
    public borrowing func unlock() {
        let turn = unsafe called.pointee.load(ordering: .relaxed) &+ 1
        unsafe called.pointee.store(turn, ordering: .releasing)
        unsafe place(of: turn &+ 1).pointee.add(1, ordering: .releasing)
    }

    /// Where a ticket waits that is not the next in turn. Neighbours lie in different cache lines.
    @inlinable @inline(__always)
    borrowing func place(of ticket: UInt32) -> UnsafeMutablePointer<Atomic<UInt32>> {
        unsafe array + Int((ticket &* 127) % Self.places)
    }

    @inlinable @inline(never)
    borrowing func wait(for mine: UInt32) {
        let place = unsafe place(of: mine)
        var looks: UInt32 = 0
        while true {
            let seen = unsafe place.pointee.load(ordering: .acquiring)
            // Not next in turn: the place changes when this ticket becomes that, or another's with the same place.
            guard mine &- (unsafe called.pointee.load(ordering: .acquiring)) > 1 else { break }
            while unsafe place.pointee.load(ordering: .acquiring) == seen {
                Policy.rest(after: looks)
                looks &+= 1
            }
        }
        looks = 0
        while unsafe called.pointee.load(ordering: .acquiring) != mine {
            Policy.rest(after: looks)
            looks &+= 1
        }
    }
}

extension LockKind {
    /// A ticket lock with a waiting array.
    public static let twa = LockKind(TWALock<Spinning>.self)
    /// A ticket lock with a waiting array that yields the CPU.
    public static let twaYield = LockKind(TWALock<Yielding>.self)
}
