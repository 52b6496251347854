public import CShm
internal import Glibc
public import Synchronization
internal import SystemPackage

extension SharedMemory {
    /// Waits for the segment's lock and takes it. The segment need not be attached.
    ///
    /// An acquire operation: what the previous owner wrote before ``unlock()`` is visible afterwards.
    ///
    /// - Returns: ``Acquisition/ownerDied`` if the previous owner was killed while it held the lock: the data may be
    ///   inconsistent. ``ownerDied`` keeps the answer.
    /// - Throws: `lockError` if the calling thread already holds the lock, through this handle or another, if no
    ///   segment has this key, and if the segment was destroyed (also while waiting); `permissionDenied` if this
    ///   process may only read it.
    @available(*, noasync, message: "it blocks its thread, and unlock() must run on the same one; use withLock(_:)")
    @inlinable @inline(__always)
    @discardableResult
    public func lock() throws(SharedMemoryError) -> Acquisition {
        // Beside the lock's own work, which compares threads for the default kind, this is a comparison of the step and
        // of the thread, a store to the step, and a load of the life word. That keeps the handle's cost within a tenth of its primitive's. If the handle already
        // holds the lock, or belongs to the child of a fork, the step matches neither case.
        let hot = unsafe hot
        // The default kind comes first, in a straight line.
        if unsafe _fastPath(hot.pointee.step == .robustFree) {
            // The registration compares the threads.
            let registration = unsafe hot.pointee.object.unsafelyUnwrapped
                .assumingMemoryBound(to: RobustRegistration.self)
            let rest = unsafe registration.pointee.take()
            guard _fastPath(rest == .nothing) else { return try lockSettling(rest.rawValue) }
            unsafe hot.pointee.step = .robustHeld
        } else if unsafe hot.pointee.step == .wordFree {
            guard unsafe shm_thread_serial() == hot.pointee.thread else { return try lockOnSlowPath() }
            let word = unsafe hot.pointee.object.unsafelyUnwrapped.assumingMemoryBound(to: Atomic<UInt32>.self)
            let taken = unsafe word.pointee.compareExchange(
                expected: 0, desired: hot.pointee.held, successOrdering: .acquiring, failureOrdering: .relaxed)
            guard _fastPath(taken.exchanged) else { return try lockOnSlowPath() }
            unsafe hot.pointee.step = .wordHeld
        } else if unsafe hot.pointee.step == .callsFree {
            guard unsafe shm_thread_serial() == hot.pointee.thread else { return try lockOnSlowPath() }
            let failure = unsafe hot.pointee.take.unsafelyUnwrapped(hot.pointee.object.unsafelyUnwrapped)
            guard _fastPath(failure == 0) else { return try lockSettling(failure) }
            unsafe hot.pointee.step = .callsHeld
        } else {
            return try lockOnSlowPath()
        }
        // The lock's acquire orders this load after the mark of a destroyer that held the lock, so the mark is always
        // noticed.
        guard unsafe _fastPath(hot.pointee.life.unsafelyUnwrapped.pointee.load(ordering: .relaxed) == 1) else {
            return try lockedDestroyedSegment()
        }
        return .released
    }

    /// Takes the lock if it is free; otherwise returns `nil` without waiting, also if the calling thread holds the lock
    /// through another handle. Throws as ``lock()`` does in all other cases.
    @available(*, noasync, message: "unlock() must run on the same thread; use withLock(_:)")
    public func tryLock() throws(SharedMemoryError) -> Acquisition? {
        try lock(timeout: .zero)
    }

    /// Waits for the lock until the timeout; returns `nil` once it has passed. Throws as ``lock()`` does.
    @available(*, noasync, message: "it blocks its thread, and unlock() must run on the same one; use withLock(_:)")
    public func lock(timeout: Duration) throws(SharedMemoryError) -> Acquisition? {
        if let acquisition = takeIfFree(waiting: timeout > .zero) { return acquisition }
        return try lockSlowly(until: timeout > .zero ? .after(timeout) : nil, waiting: timeout > .zero)
    }

    /// Releases the lock that this handle holds: a release operation.
    ///
    /// Throws `lockError` if this handle does not hold the lock, or holds it for another thread. The child of a fork
    /// holds none of its parent's locks.
    @available(*, noasync, message: "it must run on the thread that locked; use withLock(_:)")
    @inlinable @inline(__always)
    public func unlock() throws(SharedMemoryError) {
        let hot = unsafe hot
        if unsafe _fastPath(hot.pointee.step == .robustHeld) {
            let thread = shm_thread_serial()
            guard unsafe _fastPath(thread == hot.pointee.thread) else { return try unlockOnAnotherThread() }
            unsafe hot.pointee.step = .robustFree
            let registration = unsafe hot.pointee.object.unsafelyUnwrapped
                .assumingMemoryBound(to: RobustRegistration.self)
            let rest = unsafe registration.pointee.release(thread)
            if _slowPath(rest != .nothing) { settleRelease(rest.rawValue) }
        } else if unsafe hot.pointee.step == .wordHeld {
            guard unsafe shm_thread_serial() == hot.pointee.thread else { return try unlockOnAnotherThread() }
            unsafe hot.pointee.step = .wordFree
            let word = unsafe hot.pointee.object.unsafelyUnwrapped.assumingMemoryBound(to: Atomic<UInt32>.self)
            let released = unsafe word.pointee.compareExchange(
                expected: hot.pointee.held, desired: 0, successOrdering: .releasing, failureOrdering: .relaxed)
            if _slowPath(!released.exchanged) { releaseOnSlowPath() }
        } else if unsafe hot.pointee.step == .callsHeld {
            guard unsafe shm_thread_serial() == hot.pointee.thread else { return try unlockOnAnotherThread() }
            unsafe hot.pointee.step = .callsFree
            let failure = unsafe hot.pointee.release.unsafelyUnwrapped(hot.pointee.object.unsafelyUnwrapped)
            if _slowPath(failure != 0) { try unlockFailed(failure) }
        } else {
            try unlockOnSlowPath()
        }
    }

    /// Locks, runs the body and unlocks, whether the body returns or throws. The body may destroy the segment, or
    /// unlock it itself.
    ///
    /// - Throws: ``SharedMemoryError`` as ``lock()`` does, and what the body throws. ``SharedMemoryError/Convertible``
    ///   describes when that is typed.
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

    /// Makes another participant of this segment's lock, for code that is compiled for its kind and measures or wraps
    /// it.
    ///
    /// The participant is independent of the handle's own lock state and must not outlive the handle. Throws
    /// `lockError` if the segment's lock is of another kind, and as ``lock()`` does.
    package func participant<L: LockPrimitive & ~Copyable>(in _: L.Type) throws(SharedMemoryError) -> L {
        try attempt("take part in the lock of") { () throws(SegmentFailure) in
            let binding = try lockable()
            guard binding.header.lockName == L.properties.name else {
                throw SegmentFailure(
                    .lockError, "invalid lock type '\(L.properties.name)': expected \(binding.header.lockName)")
            }
            // The memory that the participant points to stays mapped for as long as the handle lives.
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

    /// A fast call returned an error. It may have taken the lock nevertheless.
    @usableFromInline @inline(never)
    func lockSettling(_ failure: Int32) throws(SharedMemoryError) -> Acquisition {
        guard let binding, let lock = unsafe hot.pointee.lock else { return try lockOnSlowPath() }
        let outcome = unsafe lock._withUnsafeGuaranteedRef { $0.settle(failure) }
        guard outcome.isHeld else { return try lockOnSlowPath() }
        let acquisition = took(outcome)
        return binding.isAlive ? acquisition : try lockedDestroyedSegment()
    }

    /// The lock was free, but the segment is dead: passes the lock on and takes the slow path.
    @usableFromInline @inline(never)
    func lockedDestroyedSegment() throws(SharedMemoryError) -> Acquisition {
        releaseOnSlowPath()
        return try lockSlowly(until: nil) ?? .released
    }

    /// Unlocks a lock without a fast path. Throws if the handle does not hold the lock.
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

    /// The primitive did not release the lock, usually because this thread is not the owner. The handle keeps the lock.
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

    /// The fast path has released the lock, or could not; the primitive completes that.
    @usableFromInline @inline(never)
    func settleRelease(_ rest: Int32) {
        if let lock = unsafe hot.pointee.lock { unsafe _ = lock._withUnsafeGuaranteedRef { $0.settle(rest) } }
    }

    /// Takes the lock of the live segment that this handle is attached to, without waiting.
    private func takeIfFree(waiting: Bool) -> Acquisition? {
        guard unsafe hot.pointee.isAttached, let lock = unsafe hot.pointee.lock, let life = unsafe hot.pointee.life,
            !holdsLock
        else { return nil }
        // The lock is reserved for a starving waiter: do not barge.
        if waiting, unsafe hot.pointee.isWordTaken { return nil }
        // The attempt may register this thread with the lock: what the handle knows is then another's.
        if unsafe hot.pointee.thread != shm_thread_serial() { unsafe hot.pointee.leaveFastPath() }
        // A kind whose owner is the process would grant this thread a lock that it already holds.
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

    /// The longest uninterrupted wait, in ns. After it the waiter checks the life word, so it notices that the
    /// segment was destroyed even if the lock's owner never releases it.
    private static var longestWait: Int64 { 50_000_000 }

    @inline(never)
    private func lockSlowly(until deadline: Deadline?, waiting: Bool = true) throws(SharedMemoryError) -> Acquisition? {
        try attempt("lock") { () throws(SegmentFailure) in try acquire(until: deadline, waiting: waiting) }
    }

    /// Binds the lock if necessary and waits for it, or tries it once. Returns `nil` if the deadline passed or the
    /// attempt failed.
    ///
    /// - Parameter giveUp: called after each such wait; returns whether to end the wait with `nil`.
    func acquire(
        until deadline: Deadline?, waiting: Bool = true, unless giveUp: (SegmentBinding) -> Bool = { _ in false }
    ) throws(SegmentFailure) -> Acquisition? {
        if holdsLock { throw SegmentFailure(.lockError, "this handle already holds the lock; unlock it first") }
        // If the name comes to refer to another segment during the wait, the handle continues with that segment.
        while true {
            let binding: SegmentBinding
            do throws(SegmentFailure) { binding = try lockable(until: waiting ? deadline : .now) } catch {
                // The deadline passed while the segment was being initialised.
                if error.reason == SegmentFailure.beingInitialised.reason { return nil }
                throw error
            }
            if isHeldByThisThread(binding.identity) {
                // Some kinds would grant the process a lock that it already holds; with all others it would wait for
                // ever.
                if waiting { throw .heldThroughAnotherHandle }
                return nil
            }
            let lock = try binding.boundLock()
            // From here on the handle's fast path can use the lock.
            unsafe hot.pointee.bind(lock, of: binding.identity, life: binding.life)
            if isAttached { unsafe hot.pointee.attached(to: binding.identity) }
            var belongs = true
            while belongs {
                guard binding.isAlive else { throw .destroyedWhileLocking() }
                let waitEnd = Deadline.after(nanoseconds: Self.longestWait)
                switch waiting ? lock.lockUntil(deadline.map { min($0, waitEnd) } ?? waitEnd) : lock.tryLock() {
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

    /// Whether this handle still belongs to that segment: it is attached to it, or its key still names it.
    private func isStillOf(_ binding: SegmentBinding) -> Bool {
        if isAttached { return true }
        return (try? name()).map { names($0, binding) } ?? false
    }

    /// The segment to lock. As with QSharedMemory, a missing segment is a `lockError`.
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
