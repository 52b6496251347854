internal import CShm
internal import Synchronization
public import SystemPackage

/// Mutual exclusion without a read-modify-write instruction: loads, stores and fences alone. Here as a lesson in what
/// atomics buy: an acquisition reads what every participant that ever was has written.
///
/// Draw a number that is larger than all that you see, then let all pass that are drawing or have a smaller one.
///
/// Source: L. Lamport, *A New Solution of Dijkstra's Concurrent Programming Problem*, CACM 17(8), 1974. The numbers of
/// places in use is this implementation's: claiming a place does use a compare-exchange, once a participant.
///
/// Memory ordering: a participant's "I am drawing" and its number must be visible before it reads the others', which no
/// acquire or release gives: sequentially consistent fences stand between. The release of the number is a release store;
/// whoever waits for it reads with acquire. A newcomer raises the count of places in use before it draws for the first
/// time: one that read the count before that has its number written already, so the newcomer draws a larger one.
/// Owner death: all wait for ever; so they do for a *waiter* that died.
@_spi(Bench) @safe public struct BakeryLock: LockPrimitive, ~Copyable {
    /// Places in use.
    private let used: UnsafeMutablePointer<Atomic<UInt32>>
    /// Each with two 64-bit words: drawing, and the number; 0 where the participant does not want the lock.
    private let places: ParticipantPlaces
    private let me: Int

    /// See ``LockPrimitive/properties``.
    public static var properties: LockProperties {
        LockProperties(
            name: "bakery", family: .classic, waiting: .yields, fairness: .fifo, ownerDeath: .hangs,
            nodesPerParticipant: 1, pollsUntilDeadline: true, onePIDNamespace: true, survivesWaiterDeath: false,
            summary: "Lamport's bakery: loads, stores and fences alone")
    }

    /// The count, the table of participants and their places.
    public static func bytesNeeded(participants: Int) -> Int {
        ParticipantPlaces.bytesNeeded(participants: participants)
    }

    /// No participant wants the lock.
    public static func initialise(_ area: UnsafeMutableRawPointer, participants: Int) {}

    /// Claims a place. Throws `ENOSPC` where there is none.
    public init(_ binding: borrowing LockBinding) throws(Errno) {
        // A place may change hands while no participant has a number: its dead owner had none, or the lock hangs anyway.
        places = try unsafe ParticipantPlaces(binding) { (first, count) in
            (0..<count).allSatisfy {
                unsafe first.longWord(at: $0 * lineStride + 8).pointee.load(ordering: .sequentiallyConsistent) == 0
            }
        }
        unsafe used = binding.area.word(at: 0)
        me = Int(places.number)
        unsafe drawing(me).pointee.store(0, ordering: .relaxed)
        unsafe _ = used.pointee.max(places.number + 1, ordering: .sequentiallyConsistent)
    }

    /// Draws, and waits for all that are before.
    public borrowing func lock() -> LockOutcome {
        let mine = draw()
        let count = inUse
        var other = 0
        while other < count {
            var looks: UInt32 = 0
            while isBefore(other, mine) {
                Yielding.rest(after: looks)
                looks &+= 1
            }
            other += 1
        }
        return .acquired
    }

    /// Draws, and gives the number back unless it is the smallest.
    public borrowing func tryLock() -> LockOutcome {
        // Without drawing where another is before: those that draw hold each other up.
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

    /// Tries again and again.
    public borrowing func lock(until deadline: Deadline) -> LockOutcome { tryAgain(until: deadline, Yielding.self) }

    /// One store.
    public borrowing func unlock() { unsafe ticket(me).pointee.store(0, ordering: .releasing) }

    private borrowing func draw() -> UInt64 {
        let (mine, drawing) = unsafe (ticket(me), drawing(me))
        unsafe drawing.pointee.store(1, ordering: .relaxed)
        atomicMemoryFence(ordering: .sequentiallyConsistent)
        let number = largestNumber &+ 1
        unsafe mine.pointee.store(number, ordering: .relaxed)
        // The number is visible before it is said that it is drawn, and both before the others are read.
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

    /// Whether another one is before a number of this participant, or may be.
    private borrowing func isBefore(_ other: Int, _ mine: UInt64) -> Bool {
        if other == me { return false }
        if unsafe drawing(other).pointee.load(ordering: .acquiring) != 0 { return true }
        let theirs = unsafe ticket(other).pointee.load(ordering: .acquiring)
        return theirs != 0 && (theirs < mine || theirs == mine && other < me)
    }

    private var inUse: Int { min(Int(places.count), Int(unsafe used.pointee.load(ordering: .sequentiallyConsistent))) }

    private borrowing func drawing(_ place: Int) -> UnsafeMutablePointer<Atomic<UInt64>> {
        unsafe places.first.longWord(at: place * lineStride)
    }

    private borrowing func ticket(_ place: Int) -> UnsafeMutablePointer<Atomic<UInt64>> {
        unsafe places.first.longWord(at: place * lineStride + 8)
    }
}

extension LockKind {
    /// Lamport's bakery.
    public static let bakery = LockKind(BakeryLock.self)
}
