public import Synchronization

/// A word beside a lock that the kernel releases without notice when its owner dies. It lets the next owner detect the
/// death.
///
/// The owner sets the word right after it acquires the lock and clears it right before it releases the lock, so an
/// acquirer that finds it set knows that the previous owner died in between. An owner killed before it set the word has
/// written nothing yet; one killed after it cleared the word has finished. Both accesses happen under the lock, whose
/// ordering covers them, so they are relaxed.
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
