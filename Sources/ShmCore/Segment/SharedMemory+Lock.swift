public import CShm
internal import Glibc
public import Synchronization
internal import SystemPackage

extension SharedMemory {
    /// Waits for the segment's lock and takes it. The segment need not be attached.
    ///
    /// An acquire operation: what the previous owner wrote before ``unlock()`` is visible from here on.
    ///
    /// - Returns: ``Acquisition/ownerDied`` where the previous owner was killed while it held the lock: the data may
    ///   be half written. ``ownerDied`` keeps the answer.
    /// - Throws: `lockError` where the calling thread holds the lock already, through this handle or another, where no
    ///   segment has this key, and where the segment was destroyed (also while waiting); `permissionDenied` where this
    ///   process may only read it.
    @available(*, noasync, message: "it blocks its thread, and unlock() must run on the same one; use withLock(_:)")
    @inlinable @inline(__always)
    @discardableResult
    public func lock() throws(SharedMemoryError) -> Acquisition {
        // Everything but the lock's own work is a comparison of the step and the thread, a store to the step, and a
        // load of the life word: this is what keeps the handle within a tenth of its primitive. Where the handle
        // holds the lock already, or is the child's of a fork, the step is none of these.
        let hot = unsafe hot
        switch unsafe hot.pointee.step {
        case .wordFree:
            guard unsafe shm_thread_serial() == hot.pointee.thread else { return try lockOnSlowPath() }
            let word = unsafe hot.pointee.object.unsafelyUnwrapped.assumingMemoryBound(to: Atomic<UInt32>.self)
            let taken = unsafe word.pointee.compareExchange(
                expected: 0, desired: hot.pointee.held, successOrdering: .acquiring, failureOrdering: .relaxed)
            guard taken.exchanged else { return try lockOnSlowPath() }
            unsafe hot.pointee.step = .wordHeld
        case .callsFree:
            guard unsafe shm_thread_serial() == hot.pointee.thread else { return try lockOnSlowPath() }
            let failure = unsafe hot.pointee.take.unsafelyUnwrapped(hot.pointee.object.unsafelyUnwrapped)
            guard failure == 0 else { return try lockSettling(failure) }
            unsafe hot.pointee.step = .callsHeld
        default: return try lockOnSlowPath()
        }
        // The lock's acquire orders this after the mark of a destroyer that held the lock: it is always noticed.
        guard unsafe hot.pointee.life.unsafelyUnwrapped.pointee.load(ordering: .relaxed) == 1 else {
            return try lockedDestroyedSegment()
        }
        return .released
    }

    /// Takes the lock if it is free; returns `nil` at once otherwise, also where the calling thread holds it through
    /// another handle. Throws as ``lock()`` does in all other cases.
    @available(*, noasync, message: "unlock() must run on the same thread; use withLock(_:)")
    public func tryLock() throws(SharedMemoryError) -> Acquisition? {
        try lock(timeout: .zero)
    }

    /// Waits for the lock for a limited time; returns `nil` when that is over. Throws as ``lock()`` does.
    @available(*, noasync, message: "it blocks its thread, and unlock() must run on the same one; use withLock(_:)")
    public func lock(timeout: Duration) throws(SharedMemoryError) -> Acquisition? {
        if let acquisition = takeIfFree(waiting: timeout > .zero) { return acquisition }
        return try lockSlowly(until: timeout > .zero ? .after(timeout) : nil, waiting: timeout > .zero)
    }

    /// Releases the lock that this handle holds: a release operation.
    ///
    /// Throws `lockError` where this handle does not hold it, or holds it for another thread. The child of a fork holds
    /// nothing of what its parent held.
    @available(*, noasync, message: "it must run on the thread that locked; use withLock(_:)")
    @inlinable @inline(__always)
    public func unlock() throws(SharedMemoryError) {
        let hot = unsafe hot
        switch unsafe hot.pointee.step {
        case .wordHeld:
            guard unsafe shm_thread_serial() == hot.pointee.thread else { return try unlockOnAnotherThread() }
            unsafe hot.pointee.step = .wordFree
            let word = unsafe hot.pointee.object.unsafelyUnwrapped.assumingMemoryBound(to: Atomic<UInt32>.self)
            let released = unsafe word.pointee.compareExchange(
                expected: hot.pointee.held, desired: 0, successOrdering: .releasing, failureOrdering: .relaxed)
            if !released.exchanged { releaseOnSlowPath() }
        case .callsHeld:
            guard unsafe shm_thread_serial() == hot.pointee.thread else { return try unlockOnAnotherThread() }
            unsafe hot.pointee.step = .callsFree
            let failure = unsafe hot.pointee.release.unsafelyUnwrapped(hot.pointee.object.unsafelyUnwrapped)
            if failure != 0 { try unlockFailed(failure) }
        default: try unlockOnSlowPath()
        }
    }

    /// Locks, runs the body and unlocks, however the body ends. A body that destroys the segment, or unlocks it
    /// itself, is fine.
    ///
    /// - Throws: ``SharedMemoryError`` as ``lock()`` does, and what the body throws. ``SharedMemoryError/Convertible`` says
    ///   when that is typed.
    public func withLock<R>(_ body: (Acquisition) throws -> R) throws -> R {
        try locked({ $0 }, body)
    }

    func locked<R, Failure: Error>(
        _ wrap: (SharedMemoryError) -> Failure, _ body: (Acquisition) throws(Failure) -> R
    ) throws(Failure) -> R {
        let acquisition: Acquisition
        do { acquisition = try lock() } catch { throw wrap(error) }
        defer { if holdsLock { try? unlock() } }
        return try body(acquisition)
    }

    /// One more participant in this segment's lock, for code that is compiled for its kind and measures or wraps it.
    ///
    /// The participant is independent of the handle's own lock state, and ends with its value. It must not outlive
    /// the handle. Throws `lockError` where the segment's lock is of another kind, and as ``lock()`` does.
    package func participant<L: LockPrimitive & ~Copyable>(in _: L.Type) throws(SharedMemoryError) -> L {
        try attempt("take part in the lock of") { () throws(SegmentFailure) in
            let binding = try lockable()
            guard binding.header.lockName == L.properties.name else {
                throw SegmentFailure(
                    .lockError, "its lock is of kind \(binding.header.lockName), not \(L.properties.name)")
            }
            // What the participant points into stays mapped as long as the handle lives, whatever the handle does.
            if pinned.last !== binding { pinned.append(binding) }
            binding.hasParticipants = true
            return try binding.participant(in: L.self)
        }
    }

    // MARK: Inside

    /// The slow path: the lock is not bound yet, is taken, or has no fast path.
    @usableFromInline @inline(never)
    func lockOnSlowPath() throws(SharedMemoryError) -> Acquisition {
        if let acquisition = takeIfFree(waiting: true) { return acquisition }
        return try lockSlowly(until: nil) ?? .released
    }

    /// A fast call said something else than "acquired", and may have taken the lock even so.
    @usableFromInline @inline(never)
    func lockSettling(_ failure: Int32) throws(SharedMemoryError) -> Acquisition {
        guard let binding, let lock = binding.lock else { return try lockOnSlowPath() }
        let outcome = lock.settle(failure)
        guard outcome.isHeld else { return try lockOnSlowPath() }
        let acquisition = took(outcome)
        return binding.isAlive ? acquisition : try lockedDestroyedSegment()
    }

    /// The lock was free, but the segment is dead: passes the lock on, and tries what is left to try.
    @usableFromInline @inline(never)
    func lockedDestroyedSegment() throws(SharedMemoryError) -> Acquisition {
        releaseOnSlowPath()
        return try lockSlowly(until: nil) ?? .released
    }

    /// The lock has no fast path, or is not held.
    @usableFromInline @inline(never)
    func unlockOnSlowPath() throws(SharedMemoryError) {
        if holdsLock {
            guard unsafe shm_thread_serial() == hot.pointee.thread else { return try unlockOnAnotherThread() }
            return releaseOnSlowPath()
        }
        try attempt("unlock") { () throws(SegmentFailure) in
            throw SegmentFailure(.lockError, "this handle does not hold the lock; lock it first")
        }
    }

    /// The primitive did not release: this is not the thread that locked, as a rule. The handle goes on holding the
    /// lock.
    @usableFromInline @inline(never)
    func unlockFailed(_ failure: Int32) throws(SharedMemoryError) {
        unsafe hot.pointee.step = .callsHeld
        try refuseUnlock(Errno(rawValue: failure))
    }

    @usableFromInline @inline(never)
    func unlockOnAnotherThread() throws(SharedMemoryError) { try refuseUnlock(.notPermitted) }

    private func refuseUnlock(_ errno: Errno) throws(SharedMemoryError) {
        try attempt("unlock") { () throws(SegmentFailure) in
            throw SegmentFailure(
                .lockError, "the lock was not released; unlock it on the thread that locked it",
                errno: errno)
        }
    }

    /// Releases the lock that this handle holds, through the primitive.
    @usableFromInline @inline(never)
    func releaseOnSlowPath() {
        unsafe hot.pointee.released()
        if let lock = unsafe hot.pointee.lock { unsafe lock._withUnsafeGuaranteedRef { $0.unlock() } }
    }

    /// Takes the lock of the live segment that this handle is attached to, without waiting.
    private func takeIfFree(waiting: Bool) -> Acquisition? {
        guard unsafe hot.pointee.isAttached, let lock = unsafe hot.pointee.lock, let life = unsafe hot.pointee.life,
            !holdsLock
        else { return nil }
        // The lock is reserved for a starving waiter: do not barge.
        if waiting, unsafe hot.pointee.isWordTaken { return nil }
        // A kind whose owner is the process would give this thread again what it has.
        if unsafe lock._withUnsafeGuaranteedRef({ $0.isOfProcess }), unsafe isHeldByThisThread(hot.pointee.segment) {
            return nil
        }
        let outcome = unsafe lock._withUnsafeGuaranteedRef { $0.tryLock() }
        guard outcome.isHeld else { return nil }
        guard unsafe life.pointee.load(ordering: .acquiring) == SegmentBinding.Life.alive else {
            unsafe lock._withUnsafeGuaranteedRef { $0.unlock() }
            return nil
        }
        return took(outcome)
    }

    private func took(_ outcome: LockOutcome) -> Acquisition {
        noteUse()
        unsafe hot.pointee.acquired(ownerDied: outcome == .ownerDied)
        return outcome == .ownerDied ? .ownerDied : .released
    }

    /// Waits are cut into slices, after each of which the segment's life is looked at: a waiter notices that the
    /// segment was destroyed even where the lock's owner never releases it.
    private static var slice: Int64 { 50_000_000 }

    @inline(never)
    private func lockSlowly(until deadline: Deadline?, waiting: Bool = true) throws(SharedMemoryError) -> Acquisition? {
        try attempt("lock") { () throws(SegmentFailure) in try acquire(until: deadline, waiting: waiting) }
    }

    /// Binds the lock where that is still to be done, and waits for it, or tries it once. `nil` when the deadline
    /// passed or the try failed.
    ///
    /// - Parameter giveUp: called after each slice; whether to end the wait with `nil`.
    func acquire(
        until deadline: Deadline?, waiting: Bool = true, unless giveUp: (SegmentBinding) -> Bool = { _ in false }
    ) throws(SegmentFailure) -> Acquisition? {
        if holdsLock { throw SegmentFailure(.lockError, "this handle holds the lock already; unlock it first") }
        // A name that comes to mean another segment while this handle waits takes the handle along.
        while true {
            let binding: SegmentBinding
            do throws(SegmentFailure) { binding = try lockable(until: waiting ? deadline : .now) } catch {
                // There was no time to wait until it is initialised.
                if error.reason == SegmentFailure.beingInitialised.reason { return nil }
                throw error
            }
            if isHeldByThisThread(binding.identity) {
                // Some kinds would give a process again what it has; all others would wait for ever.
                if waiting { throw .heldThroughAnotherHandle }
                return nil
            }
            let lock = try binding.boundLock()
            // From now on the handle's fast path knows the lock.
            unsafe hot.pointee.bind(lock, of: binding.identity, life: binding.life)
            if isAttached { unsafe hot.pointee.attached(to: binding.identity) }
            var belongs = true
            while belongs {
                guard binding.isAlive else { throw .destroyedWhileLocking() }
                let sliceEnd = Deadline.after(nanoseconds: Self.slice)
                switch waiting ? lock.lockUntil(deadline.map { min($0, sliceEnd) } ?? sliceEnd) : lock.tryLock() {
                case .busy:
                    if !waiting || giveUp(binding) { return nil }
                    if let deadline, deadline.hasPassed { return nil }
                    belongs = isStillOf(binding)
                case .failed(let errno): throw binding.failure(ofLock: errno)
                case let outcome:
                    guard binding.isAlive else {
                        // The next waiter gets the lock in turn, finds the same and passes it on.
                        lock.unlock()
                        throw .destroyedWhileLocking()
                    }
                    belongs = isStillOf(binding)
                    if belongs { return took(outcome) }
                    lock.unlock()
                }
            }
        }
    }

    /// Whether this handle belongs to that segment still: it is attached to it, or its key's name names it.
    private func isStillOf(_ binding: SegmentBinding) -> Bool {
        if isAttached { return true }
        return (try? name()).map { names($0, binding) } ?? false
    }

    /// The segment to lock. Where there is none, that is `lockError`, as QSharedMemory has it.
    private func lockable(until deadline: Deadline? = nil) throws(SegmentFailure) -> SegmentBinding {
        do { return try existing(until: deadline) } catch {
            switch error.code {
            case .notFound where error.reason == SegmentFailure.beingInitialised.reason: throw error
            case .notFound, .keyError: throw SegmentFailure(.lockError, error.reason, errno: error.errno)
            default: throw error
            }
        }
    }
}
