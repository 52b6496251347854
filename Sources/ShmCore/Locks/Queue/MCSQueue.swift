public import Synchronization
internal import SystemPackage

/// The queue of an MCS lock: a tail that names the last node, and nodes that name the next. Names count from 1; 0 is
/// nobody. See ``MCSLock`` for the ordering.
///
/// The lock's own word is the tail; a place holds who comes next, and whether the lock was handed over.
@safe @usableFromInline struct MCSQueue: ~Copyable {
    @usableFromInline let tail: UnsafeMutablePointer<Atomic<UInt32>>
    private let places: ParticipantPlaces
    /// What others call this participant.
    @usableFromInline let name: UInt32
    /// The successor; 0 while none has linked itself.
    @usableFromInline let next: UnsafeMutablePointer<Atomic<UInt32>>
    /// Whether the lock was handed over; what the values mean beyond 0 is the lock's business.
    @usableFromInline let granted: UnsafeMutablePointer<Atomic<UInt32>>

    init(_ binding: borrowing LockBinding) throws(Errno) {
        let word = unsafe binding.area.word(at: 0)
        places = try unsafe ParticipantPlaces(binding) { (_, _) in
            unsafe word.pointee.load(ordering: .acquiring) == 0
        }
        unsafe tail = word
        name = places.number + 1
        unsafe next = places.mine.word(at: 0)
        unsafe granted = places.mine.word(at: 4)
    }

    /// Joins the queue; returns who was last, 0 where it was empty and the lock is this participant's.
    @inlinable @inline(__always)
    borrowing func enter() -> UInt32 {
        unsafe next.pointee.store(0, ordering: .relaxed)
        return unsafe tail.pointee.exchange(name, ordering: .acquiringAndReleasing)
    }

    /// Joins the queue if it is empty.
    @inlinable @inline(__always)
    borrowing func enterIfEmpty() -> Bool {
        unsafe next.pointee.store(0, ordering: .relaxed)
        return unsafe tail.pointee.compareExchange(
            expected: 0, desired: name, successOrdering: .acquiringAndReleasing, failureOrdering: .relaxed
        ).exchanged
    }

    /// Tells the last in the queue that this participant is next. `false` where there is none: the memory is corrupt.
    @usableFromInline
    borrowing func link(behind last: UInt32) -> Bool {
        guard let theirNext = unsafe places.place(last &- 1) else { return false }
        unsafe granted.pointee.store(0, ordering: .relaxed)
        unsafe theirNext.pointee.store(name, ordering: .releasing)
        return true
    }

    /// Leaves the queue; returns where the lock is to be handed over, `nil` where there is no waiter.
    @inlinable @inline(__always)
    borrowing func leave() -> UnsafeMutablePointer<Atomic<UInt32>>? {
        if unsafe next.pointee.load(ordering: .relaxed) == 0,
            unsafe tail.pointee.compareExchange(
                expected: name, desired: 0, successOrdering: .releasing, failureOrdering: .relaxed
            ).exchanged
        {
            return nil
        }
        return unsafe self.successor()
    }

    /// A successor that has not linked itself yet is about to.
    @usableFromInline @inline(never)
    borrowing func successor() -> UnsafeMutablePointer<Atomic<UInt32>>? {
        var looks: UInt32 = 0
        while true {
            let successor = unsafe next.pointee.load(ordering: .acquiring)
            if successor != 0 { return unsafe places.place(successor &- 1).map { unsafe $0 + 1 } }
            Yielding.rest(after: looks)
            looks &+= 1
        }
    }
}
