internal import CShm
internal import Glibc
public import Synchronization
public import SystemPackage

/// A futex mutex that survives its owner's death and costs as much as one that does not. The default kind.
///
/// The word has the kernel's format for robust futexes: the owner's thread id, `FUTEX_WAITERS` and `FUTEX_OWNER_DIED`.
/// glibc's robust mutex links a node into the thread's robust list at every lock and unlinks it at every unlock. This
/// lock's node stays linked for as long as the thread is registered (``RobustListEntry``): the kernel ignores a node
/// whose word does not hold the dying thread's id. Uncontended, lock and unlock cost one compare-exchange each and one
/// load of a thread-local number. `Documentation/RobustFutex.md` has the complete argument.
///
/// Source: the kernel's `robust-futexes.rst` and `get_robust_list(2)`. Sleeping and waking follow ``FutexLock``
/// (Drepper's mutex2), with the kernel's bits.
///
/// Memory ordering: the compare-exchange that stores the owner's id in the word is an acquire; the one that removes it
/// is a release. When the kernel changes a dead owner's word, that is a full barrier, after all stores of the owner.
///
/// Owner death: the kernel marks the word and wakes a waiter. The next owner, and no other, receives the report. A
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
    private static var gone: UInt32 { Futex.ownerMask }
    /// The longest sleep, in ns. After it a sleeper checks the word again.
    private static var recheckInterval: Int64 { 50_000_000 }
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
    /// The `futex(2)` wake bits of a handoff target and of all other waiters.
    private static var targetOnly: UInt32 { 2 }
    private static var allOthers: UInt32 { 1 }

    @usableFromInline let word: UnsafeMutablePointer<Atomic<UInt32>>
    /// The thread that the lock is reserved for; 0 if none. A hint: exclusion and recovery hold with any value.
    private var handoffTarget: UnsafeMutablePointer<Atomic<UInt32>> { unsafe word - 1 }
    /// The time of the last handoff, in ns on `CLOCK_MONOTONIC`. A hint as well.
    private var lastHandoff: UnsafeMutablePointer<Atomic<UInt64>> {
        unsafe (UnsafeMutableRawPointer(word) - 16).assumingMemoryBound(to: Atomic<UInt64>.self)
    }
    /// The spin limit that all participants learn together.
    private var spinLimit: SpinLimit { unsafe SpinLimit(word: word - 2) }
    private var sleepers: SleeperCount { unsafe SleeperCount(words: word - 6) }
    @usableFromInline let registration: UnsafeMutablePointer<RobustRegistration>
    private let pageSize: Int
    /// The PID namespace in which the thread ids in the word are valid.
    private let pidNamespace: UInt64

    /// See ``LockPrimitive/properties``.
    public static var properties: LockProperties {
        LockProperties(
            name: "robust-futex", family: .futex, waiting: .parks, ownerDeath: .reported, onePIDNamespace: true,
            detectsRelock: true, summary: "futex mutex that survives its owner (resident list node)")
    }

    /// Why the lock cannot work on this machine.
    public static var obstacle: String? { RobustListEntry.obstacle?.reason }

    /// The rest of the page that the area lies in: the word must lie right before the page's end.
    public static func bytesNeeded(participants: Int) -> Int { bytesNeeded(pageSize: SegmentLayout.pageSize) }

    static func bytesNeeded(pageSize: Int) -> Int { pageSize - SegmentLayout.smallLockOffset }

    /// The offset of the word in the area.
    static func wordPlace(pageSize: Int) -> Int { bytesNeeded(pageSize: pageSize) - RobustListEntry.wordOffset }

    /// Leaves the area as it is. Throws the reason if this process cannot use robust-list entries.
    public static func initialise(_ area: UnsafeMutableRawPointer, participants: Int) throws(Errno) {
        if let obstacle = RobustListEntry.obstacle { throw obstacle.errno }
    }

    /// Binds to the word near the area's end. A thread registers in its first operation on the participant.
    public init(_ binding: borrowing LockBinding) throws(Errno) {
        pageSize = SegmentLayout.pageSize
        pidNamespace = ProcessIdentity.currentPIDNamespace
        let end = unsafe binding.area + Self.bytesNeeded(pageSize: pageSize)
        guard UInt(bitPattern: end) % UInt(pageSize) == 0 else { throw .invalidArgument }
        unsafe word = (binding.area + Self.wordPlace(pageSize: pageSize))
            .assumingMemoryBound(to: Atomic<UInt32>.self)
        unsafe registration = UnsafeMutablePointer<RobustRegistration>.allocate(capacity: 1)
        unsafe registration.initialize(to: RobustRegistration())
    }

    deinit {
        shm_registry_lock()
        unsafe RobustListEntry.unregister(registration, pageSize: pageSize)
        shm_registry_unlock()
        unsafe registration.deallocate()
    }

    /// Compare-exchange on the word, for the registered thread only.
    public var fastPath: FastPath { isRegistered ? unsafe .word(word, held: registration.pointee.threadID) : .none }

    /// One compare-exchange when free; sleeps otherwise.
    @inlinable
    public borrowing func lock() -> LockOutcome {
        isRegistered && take() ? .acquired : lockSlowly(until: nil, waiting: true)
    }

    /// One compare-exchange.
    @inlinable
    public borrowing func tryLock() -> LockOutcome {
        isRegistered && take() ? .acquired : lockSlowly(until: nil, waiting: false)
    }

    /// As ``lock()``, but sleeps until the deadline at the latest.
    @inlinable
    public borrowing func lock(until deadline: Deadline) -> LockOutcome {
        isRegistered && take() ? .acquired : lockSlowly(until: deadline, waiting: true)
    }

    /// One compare-exchange; wakes one sleeper if there may be any. Does nothing on a thread that is not the owner.
    @inlinable
    public borrowing func unlock() {
        guard isRegistered else { return }
        let released = unsafe word.pointee.compareExchange(
            expected: registration.pointee.threadID, desired: 0, successOrdering: .releasing, failureOrdering: .relaxed)
        if !released.exchanged { unlockSlowly() }
    }

    /// Marks the word as removed and wakes all sleepers. The mark is permanent.
    public borrowing func retire() {
        _ = unsafe word.pointee.exchange(Self.gone, ordering: .acquiringAndReleasing)
        unsafe Futex.wake(word, count: .max)
    }

    /// Marks the word as removed unless it names an owner. Needs no robust-list entry, which would be most of the cost
    /// of destroying a segment.
    public borrowing func retireIfFree() -> Bool {
        var seen = unsafe word.pointee.load(ordering: .relaxed)
        while seen & Futex.ownerMask == 0 {
            let marked = unsafe word.pointee.compareExchange(
                expected: seen, desired: Self.gone, ordering: .acquiringAndReleasing)
            if marked.exchanged {
                unsafe Futex.wake(word, count: .max)
                return true
            }
            seen = marked.original
        }
        return seen & Futex.ownerMask == Self.gone
    }

    // MARK: Inside

    /// Whether the calling thread is the registered one.
    @inlinable @inline(__always)
    var isRegistered: Bool { unsafe RobustRegistration.currentThread == registration.pointee.thread }

    @inlinable @inline(__always)
    borrowing func take() -> Bool {
        unsafe word.pointee.compareExchange(
            expected: 0, desired: registration.pointee.threadID, successOrdering: .acquiring, failureOrdering: .relaxed
        ).exchanged
    }

    /// Registers the calling thread and unregisters the previous one.
    private borrowing func register() throws(Errno) {
        // The child of a fork, which inherited the participant, may be in another PID namespace.
        guard ProcessIdentity.currentPIDNamespace == pidNamespace else { throw .improperLink }
        shm_registry_lock()
        defer { shm_registry_unlock() }
        unsafe RobustListEntry.unregister(registration, pageSize: pageSize)
        let page = unsafe UnsafeMutableRawPointer(word) + RobustListEntry.wordOffset - pageSize
        try unsafe RobustListEntry.register(registration, page: page, pageSize: pageSize)
    }

    @usableFromInline @inline(never)
    borrowing func lockSlowly(until deadline: Deadline?, waiting: Bool) -> LockOutcome {
        if !isRegistered {
            do throws(Errno) { try register() } catch { return .failed(error) }
        }
        // If this thread is killed from here on, the kernel wakes a waiter where the word names no owner: this thread
        // may have consumed the wake-up that was meant for the next owner.
        unsafe registration.pointee.announce()
        defer { unsafe registration.pointee.conclude() }
        let me = unsafe registration.pointee.threadID
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
                    return seen & Futex.ownerDied == 0 ? .acquired : .ownerDied
                }
                if wait.iterations > 0 { wait.iterations -= 1 }
                continue
            }
            if owner == Self.gone { return .failed(.identifierRemoved) }
            if !waiting { return takeFromVanished(seen, me, asTry: true) ? .ownerDied : .busy }
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
            let now = Deadline.now.nanoseconds
            let sleeper = sleepers.add(at: now)
            defer { sleepers.remove(sleeper) }
            if seen & Futex.waiters == 0 {
                let marked = unsafe word.pointee.compareExchange(
                    expected: seen, desired: seen | Futex.waiters, ordering: .acquiringAndReleasing)
                guard marked.exchanged else { continue }
            }
            requestHandoff(&wait, me, now: now)
            // No generic code here: the language's runtime would allocate at its first use.
            var end = Deadline(nanoseconds: now + Self.recheckInterval)
            if let deadline, deadline < end { end = deadline }
            let bits = wait.isTarget ? Self.targetOnly : Self.allOthers
            switch unsafe Futex.wait(word, while: seen | Futex.waiters, bits: bits, until: end) {
            case .woken: break
            case .timedOut:
                if takeFromVanished(owner | Futex.waiters, me) { return .ownerDied }
                if let deadline, end == deadline { return .busy }
            }
            if wait.spins, !wait.hasSlept { spinLimit.learn(worthwhile: Deadline.now.nanoseconds - now < Self.brief) }
            wait.hasSlept = true
        }
    }

    /// Takes the word over from an owner that ended without the kernel's mark. That happens in one case only: a thread
    /// that is not the thread-group leader executes another program. By the time the kernel walks the thread's robust
    /// list, the thread has the id of the leader, while the word holds its former id.
    ///
    /// - Parameter asTry: whether the caller does not wait. It then asks the kernel at most once in 10 ms.
    private borrowing func takeFromVanished(_ seen: UInt32, _ me: UInt32, asTry: Bool = false) -> Bool {
        let owner = seen & Futex.ownerMask
        if owner == me { return false }
        if asTry {
            let now = Deadline.now.nanoseconds
            guard unsafe now - registration.pointee.lastAsked > Self.tryInterval else { return false }
            unsafe registration.pointee.lastAsked = now
        }
        guard !shm_any_thread_exists(owner) else { return false }
        return unsafe word.pointee.compareExchange(
            expected: seen, desired: me | (seen & Futex.waiters), successOrdering: .acquiringAndReleasing,
            failureOrdering: .relaxed
        ).exchanged
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
        wait.hasSlept && sleepers.isAnyAsleep(at: Deadline.now.nanoseconds) ? Futex.waiters : 0
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
        if wait.isTarget { wait.isTarget = unsafe handoffTarget.pointee.load(ordering: .relaxed) == me }
        guard !wait.isTarget, now - wait.since > Self.starvationThreshold,
            now &- Int64(bitPattern: unsafe lastHandoff.pointee.load(ordering: .relaxed)) > Self.starvationThreshold
        else { return }
        wait.isTarget = unsafe handoffTarget.pointee.compareExchange(expected: 0, desired: me, ordering: .relaxed)
            .exchanged
    }

    private borrowing func isReservedForAnother(_ me: UInt32) -> Bool {
        let named = unsafe handoffTarget.pointee.load(ordering: .relaxed)
        return named != 0 && named != me
    }

    /// Ends a handoff at the end of a wait, successful or not. A waiter that left the lock to a target in vain
    /// removes the target, which may be dead.
    private borrowing func endHandoff(_ wait: Wait) {
        guard wait.isTarget || wait.hasYielded else { return }
        if wait.isTarget {
            unsafe lastHandoff.pointee.store(UInt64(bitPattern: Deadline.now.nanoseconds), ordering: .relaxed)
        }
        unsafe handoffTarget.pointee.store(0, ordering: .relaxed)
    }

    /// Releases a word that is marked: there are waiters, or the lock was removed.
    @usableFromInline @inline(never)
    borrowing func unlockSlowly() {
        // If this thread is killed between the release and the wake-up, the kernel wakes a waiter instead.
        unsafe registration.pointee.announce()
        defer { unsafe registration.pointee.conclude() }
        let me = unsafe registration.pointee.threadID
        var seen = unsafe word.pointee.load(ordering: .relaxed)
        while seen & Futex.ownerMask == me {
            // While the lock is reserved for a target, the released word is not 0, so no fast path takes it.
            let hasTarget = unsafe handoffTarget.pointee.load(ordering: .relaxed) != 0
            let released = unsafe word.pointee.compareExchange(
                expected: seen, desired: hasTarget ? Futex.waiters : 0, successOrdering: .acquiringAndReleasing,
                failureOrdering: .relaxed)
            if released.exchanged {
                // A target that does not sleep is about to take the lock, or is dead.
                if hasTarget, unsafe Futex.wake(word, bits: Self.targetOnly, count: 1) > 0 { return }
                unsafe Futex.wake(word, count: 1)
                return
            }
            seen = released.original
        }
    }
}

extension LockKind {
    /// A futex mutex that survives its owner's death.
    public static let robustFutex = LockKind(RobustFutexLock.self)
}
