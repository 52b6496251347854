internal import CShm
internal import Synchronization
public import SystemPackage

/// A futex mutex that survives its owner's death and costs less than one that does not. The default kind.
///
/// The word has the kernel's format for robust futexes: the owner's thread id, `FUTEX_WAITERS` and `FUTEX_OWNER_DIED`.
/// glibc's robust mutex links a node into the thread's robust list at every lock and unlinks it at every unlock. This
/// lock's node stays linked for as long as the thread is registered (``RobustListEntry``): the kernel ignores a node
/// whose word does not hold the dying thread's id.
///
/// The lock has two modes, and a bias (``RobustState``):
/// - *quiet mode*, while no waiter sleeps: a compare-exchange takes the lock, and a plain store releases it;
/// - *contended mode*: a compare-exchange takes it, and another releases it and notices a sleeper's mark;
/// - *bias*: after a long run of acquisitions by one thread in quiet mode, that thread takes and releases the lock by
///   plain stores to a word of its own, until another thread revokes the bias.
///
/// The price of the order between a plain store and the load that follows it is paid on the other side, by a thread
/// that begins contended mode or revokes a bias: it executes `membarrier(2)`. `Documentation/RobustFutex.md` has the
/// complete argument, and `Model/` checks it.
///
/// Source: the kernel's `robust-futexes.rst` and `get_robust_list(2)`. Sleeping and waking follow ``FutexLock``
/// (Drepper's mutex2), with the kernel's bits. Biased locks: Russell and Detlefs, *Eliminating synchronization-related
/// atomic operations with biased locking and bulk rebiasing* (2006). Asymmetric barriers: Dice, Huang and Yang,
/// *Asymmetric Dekker synchronization* (2001), and `membarrier(2)`.
///
/// Memory ordering: the compare-exchange that stores the owner's id in the word is an acquire; the compare-exchange or
/// store that removes it is a release, and so is the store that clears the biased word, which a revoking thread loads
/// with an acquire. The order between a store and a later load of another word is argued at
/// ``RobustRegistration/take()`` and ``RobustRegistration/release()``. When the kernel changes a dead owner's word, that
/// is a full barrier, after all stores of the owner.
///
/// Owner death: the kernel marks the word, or the biased word, and wakes a waiter. The next owner, and no other,
/// receives the report. A thread with the bias that is killed just before it acquires the lock may be reported, too. A
/// waiter that is killed between its wake-up and its next load of the word can take that wake-up with it if another
/// thread took the lock meanwhile. Sleepers check the word again after 50 ms, so that is the longest delay that such a
/// death causes. An owner that executes another program (`execve(2)`) has died. If it does so on a thread that is not
/// its thread-group leader, the kernel does not notice; a sleeper notices within 50 ms, and a thread that polls with
/// `tryLock()` checks once in 10 ms.
///
/// Ownership belongs to the thread: lock and unlock on the same thread. All participants must be in one PID namespace,
/// because a thread id means nothing in another.
@_spi(Bench) @safe public struct RobustFutexLock: LockPrimitive, ~Copyable {
    /// The owner of a lock that was removed: all ones, which is no valid thread id.
    static var gone: UInt32 { Futex.ownerMask }
    /// The `futex(2)` wake bits of a handoff target and of all other waiters.
    static var targetOnly: UInt32 { 2 }
    static var allOthers: UInt32 { 1 }

    /// The only field, so that a loop that takes and releases the lock keeps it in a register.
    @usableFromInline let registration: UnsafeMutablePointer<RobustRegistration>

    /// See ``LockPrimitive/properties``.
    public static var properties: LockProperties {
        LockProperties(
            name: "robust-futex", family: .futex, waiting: .parks, ownerDeath: .reported, onePIDNamespace: true,
            detectsRelock: true, changesModes: true, summary: "futex mutex that survives its owner (resident list node)"
        )
    }

    /// Why the lock cannot work on this machine.
    public static var obstacle: String? { RobustListEntry.obstacle?.reason }

    /// The rest of the page that the area lies in: the word must lie right before the page's end.
    public static func bytesNeeded(participants: Int) -> Int { bytesNeeded(pageSize: SegmentLayout.pageSize) }

    static func bytesNeeded(pageSize: Int) -> Int { pageSize - SegmentLayout.smallLockOffset }

    /// The offset of the word in the area.
    static func wordPlace(pageSize: Int) -> Int { bytesNeeded(pageSize: pageSize) - RobustListEntry.wordOffset }

    /// Leaves the area as it is, or makes contended mode permanent where `membarrier(2)` is not available. Throws the
    /// reason if this process cannot use robust-list entries.
    public static func initialise(_ area: UnsafeMutableRawPointer, participants: Int) throws(Errno) {
        if let obstacle = RobustListEntry.obstacle { throw obstacle.errno }
        if !RobustTuning.current.isPlain, (try? Membarrier.register()) != nil { return }
        let words = unsafe words(of: area, pageSize: SegmentLayout.pageSize)
        words.set(RobustState.contended | RobustState.confirmed | RobustState.plain | RobustState.permanent)
        words.set(mode: RobustWords.Mode.contended)
    }

    private static func words(of area: UnsafeMutableRawPointer, pageSize: Int) -> RobustWords {
        unsafe RobustWords(
            word: (area + wordPlace(pageSize: pageSize)).assumingMemoryBound(to: Atomic<UInt32>.self))
    }

    /// Binds to the word near the area's end. A thread registers in its first operation on the participant.
    public init(_ binding: borrowing LockBinding) throws(Errno) {
        let pageSize = SegmentLayout.pageSize
        let end = unsafe binding.area + Self.bytesNeeded(pageSize: pageSize)
        guard UInt(bitPattern: end) % UInt(pageSize) == 0 else { throw .invalidArgument }
        unsafe registration = UnsafeMutablePointer<RobustRegistration>.allocate(capacity: 1)
        unsafe registration.initialize(
            to: RobustRegistration(
                Self.words(of: binding.area, pageSize: pageSize), pidNamespace: ProcessIdentity.currentPIDNamespace))
    }

    deinit {
        shm_registry_lock()
        unsafe RobustListEntry.unregister(registration, pageSize: SegmentLayout.pageSize)
        shm_registry_unlock()
        unsafe registration.deallocate()
    }

    /// The registered thread's own.
    public var fastPath: FastPath { isRegistered ? unsafe .robust(RobustFastPath(registration: registration)) : .none }

    /// One compare-exchange when free, or a plain store with the bias; sleeps otherwise.
    @inlinable @inline(__always)
    public borrowing func lock() -> LockOutcome {
        let rest = unsafe registration.pointee.take()
        return _fastPath(rest == .nothing) ? .acquired : lockSlowly(rest, until: nil, waiting: true)
    }

    /// One compare-exchange, or a plain store with the bias. Revokes a bias if its owner is not inside.
    @inlinable @inline(__always)
    public borrowing func tryLock() -> LockOutcome {
        let rest = unsafe registration.pointee.take()
        return _fastPath(rest == .nothing) ? .acquired : lockSlowly(rest, until: nil, waiting: false)
    }

    /// As ``lock()``, but sleeps until the deadline at the latest.
    @inlinable
    public borrowing func lock(until deadline: Deadline) -> LockOutcome {
        let rest = unsafe registration.pointee.take()
        return _fastPath(rest == .nothing) ? .acquired : lockSlowly(rest, until: deadline, waiting: true)
    }

    /// One plain store in quiet mode or with the bias, one compare-exchange in contended mode; wakes one sleeper if
    /// there may be any. Does nothing on a thread that is not the owner.
    @inlinable @inline(__always)
    public borrowing func unlock() {
        let rest = unsafe registration.pointee.release()
        if _slowPath(rest != .nothing) { releaseSlowly(rest) }
    }

    /// Completes what a handle began on the fast path.
    public borrowing func settle(_ rest: Int32) -> LockOutcome {
        guard let rest = RobustRegistration.Rest(rawValue: rest) else { return .busy }
        switch rest {
        case .settling: return lockSlowly(rest, until: .after(nanoseconds: Self.recheckInterval), waiting: true)
        case .withdrawal: withdraw()
        case .release, .wakeUp, .biasedWakeUp: releaseSlowly(rest)
        case .nothing, .all: break
        }
        return .busy
    }

    /// Marks the lock as removed and wakes all sleepers. The mark is permanent.
    ///
    /// The state comes first: a release by a plain store may overwrite the word's mark, and then finds the state's. An
    /// owner that has already looked at the state may still have that store in its CPU's store buffer; the barrier
    /// makes it visible.
    public borrowing func retire() {
        words.set(RobustState.removed)
        // Not before the state's change, on any machine.
        let seen = unsafe words.word.pointee.load(ordering: .sequentiallyConsistent)
        if seen & Futex.ownerMask != 0 { try? Membarrier.barrier() }
        _ = unsafe words.word.pointee.exchange(Self.gone, ordering: .acquiringAndReleasing)
        unsafe Futex.wake(words.word, count: .max)
        unsafe Futex.wake(words.biased, count: .max)
    }

    /// Marks the lock as removed unless it has an owner. Needs no robust-list entry, which would be most of the cost of
    /// destroying a segment.
    public borrowing func retireIfFree() -> Bool {
        // From here on no thread gets the bias, so a word without an owner is a lock without an owner.
        var before = words.current
        let epoch = words.change {
            before = $0
            return $0.closed
        }?.epoch
        if isUnbiased(before), removeFree() { return true }
        // The lock goes on, with its modes unless contended mode has begun or another destroyer has come meanwhile.
        if !before.isPlain { words.change { $0.epoch == epoch ? $0.reopened : nil } }
        return false
    }

    /// Whether no thread takes the lock through the biased word any more.
    private borrowing func isUnbiased(_ state: RobustState) -> Bool {
        if state.biased == 0 { return true }
        words.set(RobustState.revoking)
        return (try? Membarrier.barrier()) != nil && biasedOwner == 0
    }

    private borrowing func removeFree() -> Bool {
        var seen = unsafe words.word.pointee.load(ordering: .relaxed)
        while seen & Futex.ownerMask == 0 {
            let marked = unsafe words.word.pointee.compareExchange(
                expected: seen, desired: Self.gone, ordering: .acquiringAndReleasing)
            if marked.exchanged {
                words.set(RobustState.removed)
                unsafe Futex.wake(words.word, count: .max)
                return true
            }
            seen = marked.original
        }
        return seen & Futex.ownerMask == Self.gone
    }

    // MARK: Inside

    /// Whether the calling thread is the registered one.
    var isRegistered: Bool { unsafe RobustRegistration.currentThread == registration.pointee.thread }

    var words: RobustWords { unsafe registration.pointee.words }

    /// The registered thread's id.
    var me: UInt32 { unsafe registration.pointee.threadID }

    /// Registers the calling thread and unregisters the previous one.
    borrowing func register() throws(Errno) {
        // The child of a fork, which inherited the participant, may be in another PID namespace.
        guard unsafe registration.pointee.pidNamespace == ProcessIdentity.currentPIDNamespace else {
            throw .improperLink
        }
        // Barriers must reach this thread before it relies on them.
        do throws(Errno) { try Membarrier.register() } catch {
            guard words.current.isPermanent else { throw error }
        }
        shm_registry_lock()
        defer { shm_registry_unlock() }
        let pageSize = SegmentLayout.pageSize
        unsafe RobustListEntry.unregister(registration, pageSize: pageSize)
        let page = unsafe UnsafeMutableRawPointer(words.word) + RobustListEntry.wordOffset - pageSize
        try unsafe RobustListEntry.register(registration, page: page, pageSize: pageSize)
        // A thread that lost the bias through another participant acknowledges that with its first acquisition.
        if unsafe words.former.pointee.load(ordering: .relaxed) == me {
            unsafe registration.pointee.biasedSince = 1
            unsafe registration.pointee.credit = 1
        }
    }
}

extension LockKind {
    /// A futex mutex that survives its owner's death.
    public static let robustFutex = LockKind(RobustFutexLock.self)
}
