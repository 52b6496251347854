public import Synchronization

/// A word beside a lock that the kernel frees silently when its owner dies: it lets the next owner notice.
///
/// The owner sets it right after it acquired and clears it right before it releases, so an acquirer that finds it
/// set knows that the previous owner died in between. An owner killed before it could set the mark has written
/// nothing yet; one killed after clearing it has finished. Both accesses happen under the lock, whose own ordering
/// covers them, so relaxed ones suffice.
@safe @usableFromInline
struct OwnerMark: ~Copyable {
    @usableFromInline let word: UnsafeMutablePointer<Atomic<UInt32>>

    init(_ address: UnsafeMutableRawPointer) {
        unsafe word = address.assumingMemoryBound(to: Atomic<UInt32>.self)
    }

    borrowing func set() -> LockOutcome {
        let found = unsafe word.pointee.load(ordering: .relaxed)
        unsafe word.pointee.store(1, ordering: .relaxed)
        return found == 0 ? .acquired : .ownerDied
    }

    borrowing func clear() {
        unsafe word.pointee.store(0, ordering: .relaxed)
    }
}
