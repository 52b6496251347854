internal import CShm
internal import Glibc
internal import Synchronization
internal import SystemPackage

extension RobustFutexLock {
    /// The longest sleep, in ns. After it a sleeper checks the word again.
    static var recheckInterval: Int64 { 50_000_000 }
    /// The starvation threshold, in ns: a waiter requests a handoff after so long a wait. It is also the minimum
    /// interval between handoffs.
    private static var starvationThreshold: Int64 { 1_000_000 }
    /// The handoff grace period, in ns: for so long other waiters leave the lock to the target.
    private static var gracePeriod: Int64 { 100_000 }
    /// A thread's time slice at a contended lock, in ns. After it the thread makes room: it sleeps if others sleep, and
    /// it yields its CPU in any case.
    private static var timeSlice: Int64 { 100_000 }
    /// A sleep of at least this length, in ns, shows that critical sections are long and that spinning did not help.
    private static var brief: Int64 { 100_000 }
    /// The minimum interval, in ns, at which one participant's `tryLock()` asks whether the owner still exists.
    private static var tryInterval: Int64 { 10_000_000 }

    private var spinLimit: SpinLimit { unsafe SpinLimit(word: words.limit) }
    var sleepers: SleeperCount { unsafe SleeperCount(words: words.sleepers) }

    /// Takes the lock where the fast path could not.
    ///
    /// - Parameter rest: what the fast path left to do.
    @usableFromInline @inline(never)
    borrowing func lockSlowly(
        _ rest: RobustRegistration.Rest, until deadline: Deadline?, waiting: Bool
    ) -> LockOutcome {
        if !isRegistered {
            do throws(Errno) { try register() } catch { return .failed(error) }
        }
        // If this thread is killed from here on, the kernel wakes a waiter where the word names no owner: this thread
        // may have consumed the wake-up that was meant for the next owner.
        unsafe registration.pointee.announce()
        if rest == .settling { return settle(.acquired, until: deadline, waiting: waiting) }
        if rest == .withdrawal { withdraw() }
        if biasedOwner == me { return waiting ? .failed(.deadlock) : .busy }
        return wait(until: deadline, waiting: waiting)
    }

    private borrowing func wait(until deadline: Deadline?, waiting: Bool) -> LockOutcome {
        let me = me
        let word = unsafe words.word
        var wait = Wait()
        defer { endHandoff(wait) }
        while true {
            let seen = unsafe word.pointee.load(ordering: .relaxed)
            let owner = seen & Futex.ownerMask
            if owner == 0 {
                // The lock is reserved for a starving waiter: do not barge within the grace period.
                if seen == Futex.waiters, waiting, !wait.hasYielded, isReservedForAnother(me) {
                    wait.hasYielded = true
                    _ = unsafe Futex.wait(
                        word, while: seen, bits: Self.allOthers, until: .after(nanoseconds: Self.gracePeriod))
                    wait.hasSlept = true
                    continue
                }
                let taken = unsafe word.pointee.compareExchange(
                    expected: seen, desired: me | (seen & Futex.waiters) | mark(after: wait),
                    successOrdering: .acquiringAndReleasing, failureOrdering: .relaxed)
                if taken.exchanged {
                    conclude(wait)
                    let outcome = seen & Futex.ownerDied == 0 ? LockOutcome.acquired : .ownerDied
                    return settle(outcome, until: deadline, waiting: waiting)
                }
                if wait.iterations > 0 { wait.iterations -= 1 }
                continue
            }
            if owner == Self.gone { return .failed(.identifierRemoved) }
            if !waiting {
                guard mayAskAsTry(), takeFromVanished(seen, me) else { return .busy }
                return settle(.ownerDied, until: deadline, waiting: waiting)
            }
            if owner == me { return .failed(.deadlock) }
            if wait.since == 0 {
                begin(&wait, until: deadline)
                continue
            }
            if wait.iterations > 0 {
                wait.iterations -= 1
                SpinLimit.pause()
                continue
            }
            if !words.current.permitsSleep {
                do throws(Errno) { try beginContendedMode() } catch {
                    // This thread may have consumed a wake-up.
                    unsafe Futex.wake(word, count: 1)
                    return .failed(error)
                }
                continue
            }
            let now = Deadline.now.nanoseconds
            let sleeper = sleepers.add(at: now)
            defer { sleepers.remove(sleeper) }
            if seen & Futex.waiters == 0 {
                let marked = unsafe word.pointee.compareExchange(
                    expected: seen, desired: seen | Futex.waiters, ordering: .acquiringAndReleasing)
                guard marked.exchanged else { continue }
            }
            // An owner that ends contended mode releases by a compare-exchange. Either that one sees the mark, or this
            // load sees that the mode has ended, and a later owner could overwrite the mark.
            if !words.current.permitsSleep {
                wait.leftMark = true
                continue
            }
            unsafe words.lastSleep.pointee.store(UInt64(bitPattern: now), ordering: .relaxed)
            requestHandoff(&wait, me, now: now)
            // No generic code here: the language's runtime would allocate at its first use.
            var end = Deadline(nanoseconds: now + Self.recheckInterval)
            if let deadline, deadline < end { end = deadline }
            let bits = wait.isTarget ? Self.targetOnly : Self.allOthers
            switch unsafe Futex.wait(word, while: seen | Futex.waiters, bits: bits, until: end) {
            case .woken: break
            case .timedOut:
                if takeFromVanished(owner | Futex.waiters, me) {
                    return settle(.ownerDied, until: deadline, waiting: waiting)
                }
                if let deadline, end == deadline { return .busy }
            }
            if wait.spins, !wait.hasSlept { spinLimit.learn(worthwhile: Deadline.now.nanoseconds - now < Self.brief) }
            wait.hasSlept = true
        }
    }

    /// Takes the word over from an owner that ended without the kernel's mark. That happens in one case only: a thread
    /// that is not the thread-group leader executes another program. By the time the kernel walks the thread's robust
    /// list, the thread has the id of the leader, while the word holds its former id.
    private borrowing func takeFromVanished(_ seen: UInt32, _ me: UInt32) -> Bool {
        let owner = seen & Futex.ownerMask
        guard owner != me, !shm_any_thread_exists(owner) else { return false }
        return unsafe words.word.pointee.compareExchange(
            expected: seen, desired: me | (seen & Futex.waiters), successOrdering: .acquiringAndReleasing,
            failureOrdering: .relaxed
        ).exchanged
    }

    /// Whether a `tryLock()` may ask the kernel for the owner now: at most once in 10 ms.
    borrowing func mayAskAsTry() -> Bool {
        let now = Deadline.now.nanoseconds
        guard unsafe now - registration.pointee.lastAsked > Self.tryInterval else { return false }
        unsafe registration.pointee.lastAsked = now
        return true
    }

    // MARK: Waiting

    /// The state of one call of ``lockSlowly(until:waiting:)``.
    private struct Wait {
        /// When the call first found the lock taken, in ns on `CLOCK_MONOTONIC`; 0 before that.
        var since: Int64 = 0
        /// Remaining spin iterations before the thread sleeps.
        var iterations: UInt32 = 0
        /// Whether the thread spun before it slept.
        var spins = false
        var hasSlept = false
        /// Whether the thread set `FUTEX_WAITERS` and did not sleep. A sleeper may rely on that mark.
        var leftMark = false
        /// Whether the lock is reserved for this thread.
        var isTarget = false
        /// Whether the thread has left the lock to a handoff target.
        var hasYielded = false
    }

    /// Yields the CPU if the thread's time slice is over, and sets the number of spin iterations before the first
    /// sleep.
    ///
    /// Two threads that spin pass the lock between them for as long as the scheduler lets both run, which is
    /// milliseconds. A thread that waits for a CPU, and not for the lock, cannot interrupt them. So a waiter yields its
    /// CPU once after its time slice, which costs 1 in 200 if no other thread wants the CPU. And if others sleep on the
    /// lock, a waiter that has not slept for a time slice sleeps at once, too.
    private borrowing func begin(_ wait: inout Wait, until deadline: Deadline?) {
        wait.since = Deadline.now.nanoseconds
        // A run of acquisitions that earns the bias has no wait in it.
        if unsafe registration.pointee.biasedSince == 0 { beginRun() }
        // A yield may take as long as a sleep, so a wait with a near deadline does not yield.
        var mayYield = true
        if let deadline { mayYield = deadline.nanoseconds - wait.since > Self.starvationThreshold }
        if mayYield, unsafe wait.since - registration.pointee.lastYielded > Self.timeSlice {
            sched_yield()
            unsafe registration.pointee.lastYielded = Deadline.now.nanoseconds
        }
        if unsafe wait.since - registration.pointee.lastSlept > Self.timeSlice, sleepers.isAnyAsleep(at: wait.since) {
            return
        }
        wait.iterations = spinLimit.iterations()
        wait.spins = true
    }

    /// The mark to take the word with: `FUTEX_WAITERS` or nothing.
    ///
    /// A waiter that has slept may have consumed the only wake-up, and the mark with it. While others sleep, it takes
    /// the word with the mark, because only the mark makes the next unlock wake a sleeper. A sleeper is counted before
    /// it sets the mark, so the count includes it when the mark is consumed. If no other thread sleeps, the mark would
    /// cost a useless system call, during which spinning threads take the lock: a waiter that slept once would keep
    /// losing it.
    private borrowing func mark(after wait: Wait) -> UInt32 {
        (wait.hasSlept || wait.leftMark) && sleepers.isAnyAsleep(at: Deadline.now.nanoseconds) ? Futex.waiters : 0
    }

    /// Records how the lock was acquired.
    private borrowing func conclude(_ wait: Wait) {
        if wait.hasSlept {
            unsafe registration.pointee.lastSlept = Deadline.now.nanoseconds
        } else if wait.spins {
            spinLimit.learn(worthwhile: true)
        }
    }

    // MARK: Handoff

    /// Becomes the handoff target after a long wait, unless there is a target or the last handoff was less than the
    /// starvation threshold ago: handoffs cost throughput.
    private borrowing func requestHandoff(_ wait: inout Wait, _ me: UInt32, now: Int64) {
        // A waiter that reserved the lock for this target in vain has removed it as target. It may then request again.
        if wait.isTarget { wait.isTarget = unsafe words.handoffTarget.pointee.load(ordering: .relaxed) == me }
        guard !wait.isTarget, now - wait.since > Self.starvationThreshold,
            now &- Int64(bitPattern: unsafe words.lastHandoff.pointee.load(ordering: .relaxed))
                > Self.starvationThreshold
        else { return }
        wait.isTarget = unsafe words.handoffTarget.pointee.compareExchange(expected: 0, desired: me, ordering: .relaxed)
            .exchanged
    }

    private borrowing func isReservedForAnother(_ me: UInt32) -> Bool {
        let named = unsafe words.handoffTarget.pointee.load(ordering: .relaxed)
        return named != 0 && named != me
    }

    /// Ends a handoff at the end of a wait, successful or not. A waiter that left the lock to a target in vain
    /// removes the target, which may be dead.
    private borrowing func endHandoff(_ wait: Wait) {
        guard wait.isTarget || wait.hasYielded else { return }
        if wait.isTarget {
            unsafe words.lastHandoff.pointee.store(UInt64(bitPattern: Deadline.now.nanoseconds), ordering: .relaxed)
        }
        unsafe words.handoffTarget.pointee.store(0, ordering: .relaxed)
    }
}
