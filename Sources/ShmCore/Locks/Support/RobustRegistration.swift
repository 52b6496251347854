public import CShm
public import Synchronization

/// A participant's view of the registered thread: its ``RobustListEntry``, and what its lock and unlock need without a
/// call.
@safe @usableFromInline struct RobustRegistration {
    /// What remains to be done after ``take()`` or ``release()``. The raw value passes through
    /// ``LockPrimitive/settle(_:)``.
    @usableFromInline enum Rest: Int32 {
        case nothing = 0
        /// The lock is taken by another, or not in a state for the fast path: the slow path begins from the start.
        case all
        /// The thread stored its id in the biased word, and then found that it no longer has the bias.
        case withdrawal
        /// The thread owns the word. The state decides whether it owns the lock.
        case settling
        /// The word is to be released, with a wake-up if it is marked.
        case release
        /// The word is released; a waiter may sleep on it, or the segment was destroyed.
        case wakeUp
        /// The biased word is released; another thread waits for that.
        case biasedWakeUp
    }

    /// How the thread takes and releases the lock. Only the slow path changes it.
    enum Hold {
        /// By a plain store to the word, or by a compare-exchange of it, which is safe in every mode.
        case quiet, contended
        /// By a plain store to the biased word.
        case biased

        /// The mode word of a free lock that the thread takes through the word.
        var mode: UInt32 { self == .quiet ? RobustWords.Mode.quiet : RobustWords.Mode.contended }
    }

    /// The serial number of the registered thread; `.max`, which no thread has, if none is registered.
    var thread: UInt64 = .max
    // The same number where the thread may take the lock in that way, and `.max` elsewhere: one comparison tells the
    // thread and the way.
    /// Through the word.
    @usableFromInline private(set) var wordThread: UInt64 = .max
    /// Through the word, with a release by a plain store.
    @usableFromInline private(set) var quietThread: UInt64 = .max
    /// Through the biased word.
    @usableFromInline private(set) var biasedThread: UInt64 = .max
    /// The word and the mode word of a free lock, as the thread expects them, and of one that it owns. A wrong guess
    /// leads to the slow path.
    @usableFromInline private(set) var (free, owned): (UInt64, UInt64) = (0, 0)
    @usableFromInline let words: RobustWords
    /// The `list_op_pending` field of the thread's robust-list head.
    @usableFromInline var pending: UnsafeMutablePointer<Atomic<UInt>>?
    /// The address of the lock's node in the thread's robust list.
    @usableFromInline var node: UInt = 0
    @usableFromInline var threadID: UInt32 = 0
    /// How many acquisitions are left until the thread looks at the state on the slow path: 1 or less if the next does.
    @usableFromInline var credit = RobustTuning.current.contendedRun
    /// The state's key with which this thread has, or last had, the bias.
    @usableFromInline var bias: UInt32 = 0
    private(set) var hold = Hold.contended
    /// ``shm_generation()`` of the process that registered.
    var generation: UInt32 = 0
    /// When the thread last got the lock after it slept for it, in ns on `CLOCK_MONOTONIC`.
    var lastSlept: Int64 = 0
    /// When `tryLock()` last asked whether the owner exists, on the same clock.
    var lastAsked: Int64 = 0
    /// When the thread last yielded its CPU while the lock was taken, on the same clock.
    var lastYielded: Int64 = 0
    /// The run of acquisitions after which the thread next asks for the bias.
    var run = RobustTuning.current.shortestRun
    /// When the thread got the bias, on the same clock; 0 if it has not had it, or has noticed that it lost it.
    var biasedSince: Int64 = 0
    var entry: RobustListEntry.Pointer?
    /// The PID namespace in which the thread ids in the words are valid.
    let pidNamespace: UInt64

    /// No thread is registered.
    init(_ words: RobustWords, pidNamespace: UInt64) {
        self.words = words
        self.pidNamespace = pidNamespace
    }

    /// From now on the registered thread takes the lock, and releases it, in this way.
    mutating func use(_ hold: Hold) {
        self.hold = hold
        wordThread = hold == .biased ? .max : thread
        quietThread = hold == .quiet ? thread : .max
        biasedThread = hold == .biased ? thread : .max
        free = UInt64(hold.mode) << 32
        owned = free | UInt64(threadID)
    }

    /// Forgets the thread.
    mutating func reset() { self = RobustRegistration(words, pidNamespace: pidNamespace) }

    @inlinable @inline(__always)
    static var currentThread: UInt64 { shm_thread_serial() }

    /// Points `list_op_pending` at the node, if it does not: the thread is about to change the word, or to act on a
    /// change.
    ///
    /// It stays there until libc, or another lock of this kind, changes it. Then a death at any other moment makes the
    /// kernel wake one waiter of a free word, which is harmless, and a load here is cheaper than two stores.
    @inlinable @inline(__always)
    func announce() {
        let pending = unsafe pending.unsafelyUnwrapped
        if _slowPath(unsafe pending.pointee.load(ordering: .relaxed) != node) {
            unsafe pending.pointee.store(node, ordering: .releasing)
        }
    }

    // MARK: Fast paths

    /// Takes a free lock: with one compare-exchange, or with the bias by a plain store. On a thread that is not the
    /// registered one, all remains to be done.
    ///
    /// With the bias, the store to the biased word and the load of the state are a Dekker pair with the thread that
    /// revokes the bias, which changes the state and then loads the word. That thread executes `membarrier(2)` in
    /// between, so here only the compiler must keep the order: either this thread's load sees the change, or its store
    /// came before the barrier and is seen.
    @inlinable @inline(__always)
    mutating func take(_ thread: UInt64 = currentThread) -> Rest {
        if _fastPath(thread == wordThread) {
            // A load of the state would fetch a contended line twice: the mode word says what the owner must know.
            let taken = unsafe words.pair.pointee.compareExchange(
                expected: free, desired: owned, successOrdering: .acquiring, failureOrdering: .relaxed)
            guard _fastPath(taken.exchanged) else { return .all }
            credit &-= 1
            return _fastPath(credit > 0) ? .nothing : .settling
        }
        // The thread may have acknowledged the loss of this bias through another participant, and may not store then.
        guard _fastPath(thread == biasedThread),
            unsafe _fastPath(RobustState(bits: words.state.pointee.load(ordering: .relaxed)).key == bias),
            unsafe _fastPath(words.biased.pointee.load(ordering: .relaxed) == 0)
        else { return .all }
        unsafe words.biased.pointee.store(threadID, ordering: .relaxed)
        shm_compiler_barrier()
        let state = RobustState(bits: unsafe words.state.pointee.load(ordering: .acquiring))
        return _fastPath(state.key == bias) ? .nothing : .withdrawal
    }

    /// Releases the lock: in contended mode with one compare-exchange, otherwise by a plain store.
    ///
    /// The plain store and the load of the state that follows are a Dekker pair, as in ``take()``, with a waiter that
    /// begins contended mode and with a thread that revokes the bias. A store that overwrites a waiter's mark therefore
    /// comes with a load that sees contended mode.
    ///
    /// On a thread that is not the registered one it does nothing.
    @inlinable @inline(__always)
    func release(_ thread: UInt64 = currentThread) -> Rest {
        if _fastPath(thread == quietThread) {
            // Comparing the whole word is part of the way back to quiet mode: a mark that is visible is not
            // overwritten.
            guard _fastPath(unsafe words.word.pointee.load(ordering: .relaxed) == threadID) else { return .release }
            // If this thread is killed between the store and a wake-up, the kernel wakes a waiter instead.
            announce()
            // Quiet mode's word and mode word. What a waiter has just written to the latter is in the state as well.
            unsafe words.pair.pointee.store(0, ordering: .releasing)
            shm_compiler_barrier()
            let state = unsafe words.state.pointee.load(ordering: .relaxed)
            return _fastPath(state & (RobustState.contended | RobustState.removed) == 0) ? .nothing : .wakeUp
        }
        if _fastPath(thread == biasedThread) {
            // The thread may have lost the bias through another participant, and another thread may be inside.
            guard unsafe _fastPath(words.biased.pointee.load(ordering: .relaxed) == threadID) else { return .release }
            unsafe words.biased.pointee.store(0, ordering: .releasing)
            shm_compiler_barrier()
            let state = RobustState(bits: unsafe words.state.pointee.load(ordering: .relaxed))
            return _fastPath(state.key == bias) ? .nothing : .biasedWakeUp
        }
        guard _fastPath(thread == wordThread) else { return .nothing }
        let released = unsafe words.pair.pointee.compareExchange(
            expected: owned, desired: free, successOrdering: .releasing, failureOrdering: .relaxed)
        return _fastPath(released.exchanged) ? .nothing : .release
    }
}
