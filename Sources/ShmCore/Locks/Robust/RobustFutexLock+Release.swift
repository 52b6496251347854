internal import Synchronization

extension RobustFutexLock {
    /// Releases the lock where the fast path could not.
    ///
    /// - Parameter rest: what the fast path left to do.
    @usableFromInline @inline(never)
    borrowing func releaseSlowly(_ rest: RobustRegistration.Rest) {
        // If this thread is killed between the release and the wake-up, the kernel wakes a waiter instead.
        unsafe registration.pointee.announce()
        switch rest {
        case .wakeUp where words.current.isRemoved: restoreRemoval()
        case .wakeUp:
            // The mode word says quiet mode, as this release has written. The next acquisition settles that.
            adopt(.contended)
            wakeOne()
        case .biasedWakeUp: unsafe Futex.wake(words.biased, count: 1)
        default:
            if biasedOwner == me { return withdraw() }
            releaseWord()
        }
    }

    /// Releases a word that this thread owns, marked or not, and wakes a waiter.
    borrowing func releaseWord() {
        let me = me
        var seen = unsafe words.word.pointee.load(ordering: .relaxed)
        while seen & Futex.ownerMask == me {
            if words.current.isRemoved { return restoreRemoval() }
            // While the lock is reserved for a target, the released word is not 0, so no fast path takes it.
            let hasTarget = unsafe words.handoffTarget.pointee.load(ordering: .relaxed) != 0
            let released = unsafe words.word.pointee.compareExchange(
                expected: seen, desired: hasTarget ? Futex.waiters : 0, successOrdering: .acquiringAndReleasing,
                failureOrdering: .relaxed)
            if released.exchanged {
                // In contended mode an unmarked word has no sleeper.
                if seen & Futex.waiters != 0 || hasTarget { wakeOne() }
                return
            }
            seen = released.original
        }
    }

    /// Clears the biased word that holds this thread's id, and wakes the thread that revokes the bias.
    borrowing func withdraw() {
        unsafe words.biased.pointee.store(0, ordering: .releasing)
        unsafe Futex.wake(words.biased, count: 1)
    }

    /// Marks the word as removed again: a plain store has overwritten the mark. An owner that has taken the word
    /// meanwhile finds the mark, or the state, when it releases the word.
    borrowing func restoreRemoval() {
        var seen = unsafe words.word.pointee.load(ordering: .relaxed)
        while seen != Self.gone, seen & Futex.ownerMask == 0 || seen & Futex.ownerMask == me {
            let marked = unsafe words.word.pointee.compareExchange(
                expected: seen, desired: Self.gone, ordering: .acquiringAndReleasing)
            if marked.exchanged { break }
            seen = marked.original
        }
        unsafe Futex.wake(words.word, count: .max)
    }

    /// Wakes the handoff target if it sleeps, otherwise another waiter.
    private borrowing func wakeOne() {
        // A target that does not sleep is about to take the lock, or is dead.
        if unsafe words.handoffTarget.pointee.load(ordering: .relaxed) != 0,
            unsafe Futex.wake(words.word, bits: Self.targetOnly, count: 1) > 0
        {
            return
        }
        unsafe Futex.wake(words.word, count: 1)
    }
}
