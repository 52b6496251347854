public import Synchronization
internal import SystemPackage

/// The queue of an MCS lock: a tail that names the last node, and nodes that name their successors. Names start at 1; 0
/// means none. ``MCSLock`` describes the memory ordering.
///
/// The tail is the lock's own word. A participant's slot holds its successor's name and the word that the lock is
/// handed over with.
@safe @usableFromInline struct MCSQueue: ~Copyable {
    @usableFromInline let tail: UnsafeMutablePointer<Atomic<UInt32>>
    private let slots: ParticipantSlots
    /// The name by which other nodes refer to this participant.
    @usableFromInline let name: UInt32
    /// The successor; 0 while none has linked itself.
    @usableFromInline let next: UnsafeMutablePointer<Atomic<UInt32>>
    /// 0 until the lock is handed over. The lock defines all other values.
    @usableFromInline let granted: UnsafeMutablePointer<Atomic<UInt32>>

    init(_ binding: borrowing LockBinding) throws(Errno) {
        let word = unsafe binding.area.word(at: 0)
        slots = try unsafe ParticipantSlots(binding) { (_, _) in
            unsafe word.pointee.load(ordering: .acquiring) == 0
        }
        unsafe tail = word
        name = slots.number + 1
        unsafe next = slots.mine.word(at: 0)
        unsafe granted = slots.mine.word(at: 4)
    }

    /// Enqueues this participant. Returns the previous tail; 0 if the queue was empty, and then this participant holds
    /// the lock.
    @inlinable @inline(__always)
    borrowing func enter() -> UInt32 {
        unsafe next.pointee.store(0, ordering: .relaxed)
        return unsafe tail.pointee.exchange(name, ordering: .acquiringAndReleasing)
    }

    /// Enqueues this participant if the queue is empty.
    @inlinable @inline(__always)
    borrowing func enterIfEmpty() -> Bool {
        unsafe next.pointee.store(0, ordering: .relaxed)
        return unsafe tail.pointee.compareExchange(
            expected: 0, desired: name, successOrdering: .acquiringAndReleasing, failureOrdering: .relaxed
        ).exchanged
    }

    /// Links this participant behind `last`. Returns `false` if there is no such slot, which means that memory is
    /// corrupt.
    @usableFromInline
    borrowing func link(behind last: UInt32) -> Bool {
        guard let theirNext = unsafe slots.slot(last &- 1) else { return false }
        unsafe granted.pointee.store(0, ordering: .relaxed)
        unsafe theirNext.pointee.store(name, ordering: .releasing)
        return true
    }

    /// Leaves the queue. Returns the word to hand the lock over with; `nil` if there is no waiter.
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

    /// Waits for the link of a successor that has already exchanged the tail.
    @usableFromInline @inline(never)
    borrowing func successor() -> UnsafeMutablePointer<Atomic<UInt32>>? {
        var iterations: UInt32 = 0
        while true {
            let successor = unsafe next.pointee.load(ordering: .acquiring)
            if successor != 0 { return unsafe slots.slot(successor &- 1).map { unsafe $0 + 1 } }
            Yielding.rest(after: iterations)
            iterations &+= 1
        }
    }
}
