public import Synchronization

/// First come, first served by *values*: each acquisition has a number of its own that never comes again (a hapax). An
/// arrival exchanges the last arrival's number for its own, and has the lock when that last one has departed.
///
/// No node, no address and no participant's number passes between processes, so nothing is claimed when a participant
/// comes and nothing has to be given back when it goes or dies beside the lock. Waiters look at a place of an array that
/// the awaited number hashes to, so that few of them look at the same line.
///
/// Source: D. Dice and A. Kogan, *Hapax Locks: Scalable Value-Based Mutual Exclusion*, arXiv 2511.14608, 2025; numbers
/// are drawn in blocks from a counter, and the waiting array is that of ``TWALock``.
///
/// Memory ordering: the exchange of the arrivals word is an acquire, where the last arrival has departed already. A
/// departure is a release store, which the acquire load of whoever waits for it pairs with; it comes before the release
/// store to the array's place, whose waiter reads the place first and the departures then: it sees the departure, or the
/// place changes. Owner death: all wait for ever; so they do behind a *waiter* that died.
@_spi(Bench) @safe public struct HapaxLock: LockPrimitive, ~Copyable {
    //     0     the last arrival's number
    //     128   the last departure's number
    //     256   the next block of numbers
    //     384   waiting array
    @usableFromInline static var places: UInt64 { 1024 }
    @usableFromInline static var block: UInt64 { 1 << 16 }
    private static var arrayOffset: Int { 3 * lineStride }

    @usableFromInline let arrived: UnsafeMutablePointer<Atomic<UInt64>>
    @usableFromInline let departed: UnsafeMutablePointer<Atomic<UInt64>>
    @usableFromInline let blocks: UnsafeMutablePointer<Atomic<UInt64>>
    @usableFromInline let array: UnsafeMutablePointer<Atomic<UInt64>>
    /// The number of this participant's latest arrival; the next one follows it unless a block begins there.
    @usableFromInline let latest: UnsafeMutablePointer<UInt64>

    /// See ``LockPrimitive/properties``.
    public static var properties: LockProperties {
        LockProperties(
            name: "hapax", family: .queue, waiting: .spins, fairness: .fifo, ownerDeath: .hangs,
            pollsUntilDeadline: true, survivesWaiterDeath: false,
            summary: "value-based queue lock (Dice and Kogan)")
    }

    /// Three words, apart, and the array.
    public static func bytesNeeded(participants: Int) -> Int { arrayOffset + Int(places) * MemoryLayout<UInt64>.size }

    /// Arrival 0 has departed.
    public static func initialise(_ area: UnsafeMutableRawPointer, participants: Int) {}

    /// Binds to the words.
    public init(_ binding: borrowing LockBinding) {
        unsafe arrived = binding.area.longWord(at: 0)
        unsafe departed = binding.area.longWord(at: lineStride)
        unsafe blocks = binding.area.longWord(at: 2 * lineStride)
        unsafe array = binding.area.longWord(at: Self.arrayOffset)
        unsafe latest = .allocate(capacity: 1)
        unsafe latest.initialize(to: Self.block - 1)
    }

    deinit { unsafe latest.deallocate() }

    /// One exchange and a look when free.
    @inlinable
    public borrowing func lock() -> LockOutcome {
        let before = unsafe arrived.pointee.exchange(draw(), ordering: .acquiringAndReleasing)
        if unsafe departed.pointee.load(ordering: .acquiring) != before { wait(for: before) }
        return .acquired
    }

    /// A look, and one compare-exchange when free. Numbers never come again, so it cannot mistake one arrival for another.
    @inlinable
    public borrowing func tryLock() -> LockOutcome {
        let last = unsafe departed.pointee.load(ordering: .acquiring)
        guard unsafe arrived.pointee.load(ordering: .relaxed) == last else { return .busy }
        let entered = unsafe arrived.pointee.compareExchange(
            expected: last, desired: draw(), successOrdering: .acquiringAndReleasing, failureOrdering: .relaxed)
        return entered.exchanged ? .acquired : .busy
    }

    /// Tries again and again: an arrival cannot be taken back.
    @inlinable
    public borrowing func lock(until deadline: Deadline) -> LockOutcome { tryAgain(until: deadline, Spinning.self) }

    /// Two stores: departed, and the place where whoever waits for that looks.
    @inlinable
    public borrowing func unlock() {
        let mine = unsafe latest.pointee
        unsafe departed.pointee.store(mine, ordering: .releasing)
        unsafe place(of: mine).pointee.store(mine, ordering: .releasing)
    }

    /// A number that never was and never will be again: 2⁴⁸ blocks last for ever.
    @inlinable @inline(__always)
    borrowing func draw() -> UInt64 {
        var next = unsafe latest.pointee &+ 1
        if next % Self.block == 0 {
            next = (unsafe blocks.pointee.add(1, ordering: .relaxed).newValue &* Self.block) &+ 1
        }
        unsafe latest.pointee = next
        return next
    }

    /// Numbers of one block that follow each other lie in different cache lines.
    @inlinable @inline(__always)
    borrowing func place(of number: UInt64) -> UnsafeMutablePointer<Atomic<UInt64>> {
        unsafe array + Int(((number &* 17) ^ (number >> 16)) % Self.places)
    }

    @inlinable @inline(never)
    borrowing func wait(for before: UInt64) {
        let place = unsafe place(of: before)
        while true {
            let seen = unsafe place.pointee.load(ordering: .acquiring)
            if unsafe departed.pointee.load(ordering: .acquiring) == before { return }
            while unsafe place.pointee.load(ordering: .acquiring) == seen { Spinning.rest(after: 0) }
        }
    }
}

extension LockKind {
    /// A value-based queue lock.
    public static let hapax = LockKind(HapaxLock.self)
}
