internal import CShm
internal import Synchronization
public import SystemPackage

/// Mutual exclusion without a read-modify-write instruction: loads, stores and fences alone. It shows what atomic
/// instructions save: an acquisition here reads a word of every participant that ever existed.
///
/// A participant draws a number larger than all numbers that it reads, then waits for every participant that is drawing
/// or has a smaller number.
///
/// Source: L. Lamport, *A New Solution of Dijkstra's Concurrent Programming Problem*, CACM 17(8), 1974. The count of
/// slots in use is an addition of this implementation: claiming a slot does use a compare-exchange, once per
/// participant.
///
/// Memory ordering: a participant's "drawing" flag, and its number, must be visible before it reads those of others. No
/// acquire or release gives that order, so sequentially consistent fences separate them. Giving the number back is a
/// release store; a waiter reads it with acquire. A newcomer raises the count of slots in use before it draws for the
/// first time: a participant that read the count before that has already written its number, so the newcomer draws a
/// larger one.
/// Owner death: all others wait for ever. They do so as well after the death of a *waiter*.
@_spi(Bench) @safe public struct BakeryLock: LockPrimitive, ~Copyable {
    /// The number of slots in use.
    private let used: UnsafeMutablePointer<Atomic<UInt32>>
    /// Each slot has two 64-bit words: the "drawing" flag, and the number, which is 0 while the participant does not
    /// want the lock.
    private let slots: ParticipantSlots
    private let me: Int

    /// See ``LockPrimitive/properties``.
    public static var properties: LockProperties {
        LockProperties(
            name: "bakery", family: .classic, waiting: .yields, fairness: .fifo, ownerDeath: .hangs,
            nodesPerParticipant: 1, pollsUntilDeadline: true, onePIDNamespace: true, survivesWaiterDeath: false,
            summary: "Lamport's bakery: loads, stores and fences alone")
    }

    /// The count, the table of participants and their slots.
    public static func bytesNeeded(participants: Int) -> Int {
        ParticipantSlots.bytesNeeded(participants: participants)
    }

    /// Claims a slot. Throws `ENOSPC` if there is none.
    public init(_ binding: borrowing LockBinding) throws(Errno) {
        // A slot may change owners while no participant has a number: either its dead owner had none, or the lock hangs
        // anyway.
        slots = try unsafe ParticipantSlots(binding) { (first, count) in
            (0..<count).allSatisfy {
                unsafe first.longWord(at: $0 * lineStride + 8).pointee.load(ordering: .sequentiallyConsistent) == 0
            }
        }
        unsafe used = binding.area.word(at: 0)
        me = Int(slots.number)
        unsafe drawing(me).pointee.store(0, ordering: .relaxed)
        unsafe _ = used.pointee.max(slots.number + 1, ordering: .sequentiallyConsistent)
    }

    /// Draws a number and waits for all smaller ones.
    public borrowing func lock() -> LockOutcome {
        let mine = draw()
        let count = inUse
        var other = 0
        while other < count {
            var iterations: UInt32 = 0
            while isBefore(other, mine) {
                Yielding.rest(after: iterations)
                iterations &+= 1
            }
            other += 1
        }
        return .acquired
    }

    /// Draws a number, and gives it back unless it is the smallest.
    public borrowing func tryLock() -> LockOutcome {
        // Do not draw while another participant has a number: each draw delays the others.
        if largestNumber != 0 { return .busy }
        let mine = draw()
        let count = inUse
        var other = 0
        while other < count {
            if isBefore(other, mine) {
                unlock()
                return .busy
            }
            other += 1
        }
        return .acquired
    }

    /// Polls with ``tryLock()``.
    public borrowing func lock(until deadline: Deadline) -> LockOutcome { tryAgain(until: deadline, Yielding.self) }

    /// One store.
    public borrowing func unlock() { unsafe ticket(me).pointee.store(0, ordering: .releasing) }

    private borrowing func draw() -> UInt64 {
        let (mine, drawing) = unsafe (ticket(me), drawing(me))
        unsafe drawing.pointee.store(1, ordering: .relaxed)
        atomicMemoryFence(ordering: .sequentiallyConsistent)
        let number = largestNumber &+ 1
        unsafe mine.pointee.store(number, ordering: .relaxed)
        // The number becomes visible before the flag is cleared, and both before the others' words are read.
        unsafe drawing.pointee.store(0, ordering: .releasing)
        atomicMemoryFence(ordering: .sequentiallyConsistent)
        return number
    }

    private var largestNumber: UInt64 {
        let count = inUse
        var (other, largest) = (0, UInt64(0))
        while other < count {
            let theirs = unsafe ticket(other).pointee.load(ordering: .relaxed)
            if theirs > largest { largest = theirs }
            other += 1
        }
        return largest
    }

    /// Whether another participant precedes this participant's number, or may do so.
    private borrowing func isBefore(_ other: Int, _ mine: UInt64) -> Bool {
        if other == me { return false }
        if unsafe drawing(other).pointee.load(ordering: .acquiring) != 0 { return true }
        let theirs = unsafe ticket(other).pointee.load(ordering: .acquiring)
        return theirs != 0 && (theirs < mine || theirs == mine && other < me)
    }

    private var inUse: Int { min(Int(slots.count), Int(unsafe used.pointee.load(ordering: .sequentiallyConsistent))) }

    private borrowing func drawing(_ slot: Int) -> UnsafeMutablePointer<Atomic<UInt64>> {
        unsafe slots.first.longWord(at: slot * lineStride)
    }

    private borrowing func ticket(_ slot: Int) -> UnsafeMutablePointer<Atomic<UInt64>> {
        unsafe slots.first.longWord(at: slot * lineStride + 8)
    }
}

extension LockKind {
    /// Lamport's bakery.
    public static let bakery = LockKind(BakeryLock.self)
}
