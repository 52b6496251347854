internal import CShm
internal import Synchronization
internal import SystemPackage

/// The changes between quiet mode, contended mode and bias. A thread changes them only while it owns the word, except
/// that a waiter begins contended mode.
extension RobustFutexLock {
    /// The longest sleep of a revoking thread, in ns. The thread with the bias does not set `list_op_pending`, so its
    /// death between its release and its wake-up costs so long a delay.
    private static var revocationSlice: Int64 { 5_000_000 }

    /// The thread that the biased word names; 0 if none.
    var biasedOwner: UInt32 { unsafe words.biased.pointee.load(ordering: .relaxed) & Futex.ownerMask }

    // MARK: Contended mode

    /// Begins contended mode, or confirms it if another waiter has begun it.
    ///
    /// An unlocker that saw quiet mode after its plain store did so before the barrier, so its store is visible after
    /// it; a later one sees contended mode, and wakes a waiter. Only that permits sleep: a waiter that relied on another
    /// one's unfinished barrier could have its mark overwritten. The epoch tells a barrier that followed an earlier
    /// beginning.
    borrowing func beginContendedMode() throws(Errno) {
        let begun = words.change { $0.isContended ? nil : $0.contending } ?? words.current
        try Membarrier.barrier()
        words.change {
            $0.isContended && $0.epoch == begun.epoch && begun.isContended
                ? RobustState(bits: $0.bits | RobustState.confirmed) : nil
        }
        words.suggestContended()
    }

    /// Ends contended mode if no waiter sleeps and none has slept for some milliseconds. Called by the owner of the word.
    ///
    /// Owners of the word go on releasing it by a compare-exchange, this one as well, until one of them settles again:
    /// either the release finds a waiter's mark, or the waiter marks the word later and finds that the mode has ended.
    private borrowing func endContendedModeIfIdle(_ now: Int64) {
        let lastSleep = Int64(bitPattern: unsafe words.lastSleep.pointee.load(ordering: .relaxed))
        guard now &- lastSleep > RobustTuning.current.quietAfter, !sleepers.isAnyAsleep(at: now) else { return }
        words.change { $0.isContended && !$0.isPlain ? $0.quiet : nil }
    }

    // MARK: Ownership

    /// Completes an acquisition of the word: takes the bias away from another thread, and asks for it.
    ///
    /// - Parameter outcome: how the word was taken.
    borrowing func settle(_ outcome: LockOutcome, until deadline: Deadline?, waiting: Bool) -> LockOutcome {
        var died = outcome == .ownerDied
        while words.current.isObstructed {
            let state = words.current
            // The thread that gave itself the bias may have been killed before it did so.
            words.set(mode: RobustWords.Mode.closed)
            var failure: LockOutcome?
            // While a thread has the bias, an owner of the word is not inside: one that died had nothing to report.
            if state.biased != 0 { died = false }
            if state.isRemoved {
                restoreRemoval()
                return .failed(.identifierRemoved)
            } else if state.biased == 0 {
                // A revocation of no thread's bias: a destroyer's, that came late.
                words.change { $0.unbiased }
            } else if state.biased != me {
                failure = revoke(state.biased, until: deadline, waiting: waiting, &died)
            } else if biasedOwner != me {
                // A former thread of this id may have died inside.
                if endBias(former: 0) { died = true }
            } else {
                failure = waiting ? .failed(.deadlock) : .busy
            }
            if let failure {
                releaseWord()
                return failure
            }
        }
        // This thread is here, and not about to store to the biased word.
        if unsafe words.former.pointee.load(ordering: .relaxed) == me {
            unsafe words.former.pointee.store(0, ordering: .relaxed)
        }
        let hold = words.current.isContended ? RobustRegistration.Hold.contended : .quiet
        words.set(mode: hold.mode)
        adopt(hold)
        if unsafe registration.pointee.credit <= 1 { endRun() }
        return died ? .ownerDied : .acquired
    }

    /// Makes this thread take a word with the mode word of `hold` on the fast path, and release it as `hold` says.
    borrowing func adopt(_ hold: RobustRegistration.Hold) {
        if unsafe registration.pointee.hold == hold { return }
        unsafe registration.pointee.use(hold)
        if unsafe registration.pointee.biasedSince == 0 { beginRun() }
    }

    /// Ends the bias of a thread that is not inside. Returns whether it died inside.
    ///
    /// In this order: if this thread dies before the state has changed, the next owner of the word begins again; if it
    /// dies afterwards, the word's mark reports it. A mark that stays in the biased word means nothing without a bias.
    ///
    /// - Parameter former: the thread that may still be about to store to the biased word, or 0.
    private borrowing func endBias(former: UInt32) -> Bool {
        let left = unsafe words.biased.pointee.load(ordering: .acquiring)
        let hasDied = left & Futex.ownerDied != 0
        unsafe words.former.pointee.store(hasDied ? 0 : former, ordering: .relaxed)
        words.change { $0.unbiased }
        if left != 0 { unsafe words.biased.pointee.store(0, ordering: .relaxed) }
        return hasDied
    }

    // MARK: Bias

    /// Takes the bias away from a thread, and waits until it is not inside.
    ///
    /// The state says `revoking` until that is known: if this thread dies, the next owner of the word begins again. The
    /// thread stays `former` until it is known not to be about to store to the biased word: it may have been preempted
    /// after it saw that it has the bias. Meanwhile no other thread gets the bias.
    ///
    /// - Parameter died: set if the thread died inside.
    /// - Returns: why the caller does not own the lock; `nil` if the state no longer stands in its way.
    private borrowing func revoke(
        _ thread: UInt32, until deadline: Deadline?, waiting: Bool, _ died: inout Bool
    ) -> LockOutcome? {
        // A barrier costs more than an attempt is worth.
        if !waiting, biasedOwner == thread, !mayAskAsTry() { return .busy }
        words.set(RobustState.revoking)
        do throws(Errno) { try Membarrier.barrier() } catch { return .failed(error) }
        var iterations = waiting ? SpinLimit.most : 0
        while true {
            let seen = unsafe words.biased.pointee.load(ordering: .acquiring)
            if seen & Futex.ownerMask != thread {
                if endBias(former: thread) { died = true }
                return nil
            }
            if words.current.isRemoved { return nil }
            if iterations > 0 {
                iterations -= 1
                SpinLimit.pause()
                continue
            }
            let now = Deadline.now
            if let deadline, deadline <= now { return .busy }
            if waiting, !sleepOnBiased(seen, until: deadline, now) { continue }
            // As with the word, a thread that executed another program may have gone without the kernel's mark.
            if !shm_any_thread_exists(thread) {
                markVanished(thread)
            } else if !waiting {
                return .busy
            }
        }
    }

    /// Does what the kernel does when a thread ends that the biased word names. The thread may have released the lock
    /// before it ended.
    private borrowing func markVanished(_ thread: UInt32) {
        let seen = unsafe words.biased.pointee.load(ordering: .relaxed)
        guard seen & Futex.ownerMask == thread else { return }
        _ = unsafe words.biased.pointee.compareExchange(
            expected: seen, desired: Futex.ownerDied, ordering: .acquiringAndReleasing)
    }

    /// Returns whether the slice passed without a wake-up.
    private borrowing func sleepOnBiased(_ seen: UInt32, until deadline: Deadline?, _ now: Deadline) -> Bool {
        // The kernel wakes a waiter of a dead owner only if the word is marked. The owner's plain store may overwrite
        // the mark; the owner then sees that its bias is being revoked.
        if seen & Futex.waiters == 0 {
            let marked = unsafe words.biased.pointee.compareExchange(
                expected: seen, desired: seen | Futex.waiters, ordering: .acquiringAndReleasing)
            guard marked.exchanged else { return false }
        }
        var end = Deadline(nanoseconds: now.nanoseconds + Self.revocationSlice)
        if let deadline, deadline < end { end = deadline }
        return unsafe Futex.wait(words.biased, while: seen | Futex.waiters, until: end) == .timedOut
    }

    /// The run of acquisitions is over. In contended mode, ends the mode if it is idle; in quiet mode, asks for the bias,
    /// unless the thread has just lost it.
    private borrowing func endRun() {
        let now = Deadline.now.nanoseconds
        let since = unsafe registration.pointee.biasedSince
        if since != 0 {
            let run = unsafe registration.pointee.run
            let tuning = RobustTuning.current
            let wasShort = now - since < tuning.worthwhileBias
            unsafe registration.pointee.run =
                wasShort ? run > tuning.longestRun / 2 ? tuning.longestRun : run * 2 : max(run / 2, tuning.shortestRun)
            unsafe registration.pointee.biasedSince = 0
        } else if unsafe registration.pointee.hold == .contended {
            endContendedModeIfIdle(now)
        } else if takeBias() {
            unsafe registration.pointee.biasedSince = now
            // The first acquisition of the word after a loss of the bias ends a run.
            unsafe registration.pointee.credit = 1
            return
        }
        beginRun()
    }

    /// Begins to count anew.
    borrowing func beginRun() {
        unsafe registration.pointee.credit =
            registration.pointee.hold == .contended ? RobustTuning.current.contendedRun : registration.pointee.run
    }

    /// Gives this thread, the owner of the word, the bias if the lock is quiet, and moves its ownership to the biased
    /// word. From then on every other thread finds the mode word closed and, when it owns the word, the bias in the state.
    ///
    /// In this order: if the thread is killed in between, both words are marked, and the first one's report is used
    /// only without a bias.
    private borrowing func takeBias() -> Bool {
        let state = words.current
        guard state.permitsBias else { return false }
        let former = unsafe words.former.pointee.load(ordering: .relaxed)
        if former != 0 {
            guard !shm_any_thread_exists(former) else { return false }
            unsafe words.former.pointee.store(0, ordering: .relaxed)
        }
        guard unsafe RobustListEntry.linkBias(registration) else { return false }
        unsafe words.biased.pointee.store(me, ordering: .relaxed)
        guard let granted = words.change({ $0.permitsBias ? $0.biased(to: me) : nil }) else {
            unsafe words.biased.pointee.store(0, ordering: .relaxed)
            return false
        }
        words.set(mode: RobustWords.Mode.closed)
        unsafe registration.pointee.bias = granted.key
        unsafe registration.pointee.use(.biased)
        releaseWord()
        return true
    }
}
