public import CShm
internal import Glibc
public import Synchronization
public import SystemPackage

/// A futex mutex that survives its owner's death at the price of one that does not: the default kind.
///
/// The word is the kernel's own format for robust futexes: the owner's thread id, `FUTEX_WAITERS`,
/// `FUTEX_OWNER_DIED`. Where glibc's robust mutex links a node into the thread's robust list at every lock and
/// unlinks it at every unlock, this lock's node stays linked for as long as the thread takes part (``RobustListEntry``): the
/// kernel ignores a node whose word does not hold the dying thread's id. Uncontended, lock and unlock are one
/// compare-exchange each and a look at a thread-local number. `Documentation/RobustFutex.md` argues the rest.
///
/// Source: the kernel's `robust-futexes.rst` and `get_robust_list(2)`; the sleeping and waking is that of ``FutexLock``
/// (Drepper's mutex2) on the kernel's bits.
///
/// Memory ordering: the compare-exchange that puts the owner's id into the word is an acquire, the one that takes it out a
/// release. The kernel's own change of a dead owner's word is a full barrier, after everything that the owner did.
///
/// Owner death: the kernel marks the word and wakes a waiter; the next owner learns of it, and no other. A
/// waiter that is killed between its wake-up and its next look can take that wake-up with it if another took
/// the lock meanwhile: sleepers look again after 50 ms, so that is the longest that such a death delays them. An owner that
/// becomes another program (`execve(2)`) has died; where it did so on a thread that is not its process's first, the kernel
/// does not notice: a sleeper does, within 50 ms, and one that tries does, once in 10 ms.
///
/// Ownership is the thread's: lock and unlock on the same thread. All participants must be in one PID namespace, since
/// thread ids mean nothing in another.
@_spi(Bench) @safe public struct RobustFutexLock: LockPrimitive, ~Copyable {
    /// The word's bits that name the owner; all ones, which no thread has for an id, says that the lock is gone.
    @usableFromInline static var ownerMask: UInt32 { 0x3fff_ffff }
    @usableFromInline static var ownerDied: UInt32 { 0x4000_0000 }
    @usableFromInline static var waiters: UInt32 { 0x8000_0000 }
    private static var gone: UInt32 { ownerMask }
    /// After how long a sleeper looks again.
    private static var slice: Int64 { 50_000_000 }
    /// The starvation threshold: after so long a waiter asks for a hand-off, and hand-offs are so far apart.
    private static var starvationThreshold: Int64 { 1_000_000 }
    /// The hand-off's grace period: for so long others leave the lock to its target.
    private static var gracePeriod: Int64 { 100_000 }
    /// A thread's time slice at a contended lock. After it the thread makes room: by a sleep where others sleep, by
    /// yielding its CPU in any case.
    private static var timeSlice: Int64 { 100_000 }
    /// A sleep so long says that critical sections are long, and that spinning was no use.
    private static var brief: Int64 { 100_000 }
    /// How rarely one that tries asks whether the owner exists.
    private static var tryInterval: Int64 { 10_000_000 }
    /// `futex(2)` bits of a hand-off's target and of all others.
    private static var targetOnly: UInt32 { 2 }
    private static var anybody: UInt32 { 1 }

    @usableFromInline let word: UnsafeMutablePointer<Atomic<UInt32>>
    /// The thread that the lock is reserved for; 0 for none. A hint: exclusion and recovery hold with any value.
    private var handoffTarget: UnsafeMutablePointer<Atomic<UInt32>> { unsafe word - 1 }
    /// When the last hand-off was done, in ns on `CLOCK_MONOTONIC`. A hint as well.
    private var lastHandoff: UnsafeMutablePointer<Atomic<UInt64>> {
        unsafe (UnsafeMutableRawPointer(word) - 16).assumingMemoryBound(to: Atomic<UInt64>.self)
    }
    /// How long to spin before sleeping: what all participants have learned.
    private var spinLimit: SpinLimit { unsafe SpinLimit(word: word - 2) }
    /// Whether any waiter sleeps.
    private var sleepers: SleeperCount { unsafe SleeperCount(words: word - 6) }
    @usableFromInline let registration: UnsafeMutablePointer<RobustRegistration>
    private let pageSize: Int
    /// Where the thread ids in the word mean something.
    private let pidNamespace: UInt64

    /// See ``LockPrimitive/properties``.
    public static var properties: LockProperties {
        LockProperties(
            name: "robust-futex", family: .futex, waiting: .parks, ownerDeath: .reported, onePIDNamespace: true,
            detectsRelock: true, summary: "futex mutex that survives its owner (resident list node)")
    }

    /// Why the lock cannot work on this machine.
    public static var obstacle: String? { RobustListEntry.obstacle?.reason }

    /// All of the page that it lies in: the word must lie right before the page's end.
    public static func bytesNeeded(participants: Int) -> Int { bytesNeeded(pageSize: SegmentLayout.pageSize) }

    static func bytesNeeded(pageSize: Int) -> Int { pageSize - SegmentLayout.smallLockOffset }

    /// Where in the area the word lies.
    static func wordPlace(pageSize: Int) -> Int { bytesNeeded(pageSize: pageSize) - RobustListEntry.wordOffset }

    /// Zero is free.
    public static func initialise(_ area: UnsafeMutableRawPointer, participants: Int) throws(Errno) {
        if let obstacle = RobustListEntry.obstacle { throw obstacle.errno }
    }

    /// Binds to the word near the area's end. The thread that uses the participant registers with its first operation.
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

    /// The word itself, for the thread that is registered.
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

    /// As ``lock()``, but sleeps no longer than the deadline.
    @inlinable
    public borrowing func lock(until deadline: Deadline) -> LockOutcome {
        isRegistered && take() ? .acquired : lockSlowly(until: deadline, waiting: true)
    }

    /// One compare-exchange; wakes one sleeper when there may be any. Does nothing on a thread that is not the owner.
    @inlinable
    public borrowing func unlock() {
        guard isRegistered else { return }
        let released = unsafe word.pointee.compareExchange(
            expected: registration.pointee.threadID, desired: 0, successOrdering: .releasing, failureOrdering: .relaxed)
        if !released.exchanged { unlockSlowly() }
    }

    /// Marks the word for good, and wakes all sleepers.
    public borrowing func retire() {
        _ = unsafe word.pointee.exchange(Self.gone, ordering: .acquiringAndReleasing)
        unsafe Futex.wake(word, count: .max)
    }

    /// Marks the word unless it names an owner: without an entry, which is most of what destroying a segment would cost.
    public borrowing func retireIfFree() -> Bool {
        var seen = unsafe word.pointee.load(ordering: .relaxed)
        while seen & Self.ownerMask == 0 {
            let marked = unsafe word.pointee.compareExchange(
                expected: seen, desired: Self.gone, ordering: .acquiringAndReleasing)
            if marked.exchanged {
                unsafe Futex.wake(word, count: .max)
                return true
            }
            seen = marked.original
        }
        return seen & Self.ownerMask == Self.gone
    }

    // MARK: Inside

    /// Whether the participant's entry is the calling thread's.
    @inlinable @inline(__always)
    var isRegistered: Bool { unsafe RobustRegistration.currentThread == registration.pointee.thread }

    @inlinable @inline(__always)
    borrowing func take() -> Bool {
        unsafe word.pointee.compareExchange(
            expected: 0, desired: registration.pointee.threadID, successOrdering: .acquiring, failureOrdering: .relaxed
        ).exchanged
    }

    /// Gives the calling thread an entry, and frees the one that another thread had.
    private borrowing func register() throws(Errno) {
        // The child of a fork, which has its participants from its parent, may be in another PID namespace.
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
        // Killed from here on, the kernel wakes a waiter where the word names no owner: this thread may have consumed
        // the wake-up that was meant for the next owner.
        unsafe registration.pointee.announce()
        defer { unsafe registration.pointee.conclude() }
        let me = unsafe registration.pointee.threadID
        var wait = Wait()
        defer { endHandoff(wait) }
        while true {
            let seen = unsafe word.pointee.load(ordering: .relaxed)
            let owner = seen & Self.ownerMask
            if owner == 0 {
                // The lock is reserved for a starving waiter: others leave it to that one for the grace period.
                if seen == Self.waiters, waiting, !wait.hasYielded, isReservedForAnother(me) {
                    wait.hasYielded = true
                    _ = unsafe Futex.wait(
                        word, while: seen, bits: Self.anybody, until: .after(nanoseconds: Self.gracePeriod))
                    wait.hasSlept = true
                    continue
                }
                let taken = unsafe word.pointee.compareExchange(
                    expected: seen, desired: me | (seen & Self.waiters) | mark(after: wait),
                    successOrdering: .acquiringAndReleasing, failureOrdering: .relaxed)
                if taken.exchanged {
                    conclude(wait)
                    return seen & Self.ownerDied == 0 ? .acquired : .ownerDied
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
            if seen & Self.waiters == 0 {
                let marked = unsafe word.pointee.compareExchange(
                    expected: seen, desired: seen | Self.waiters, ordering: .acquiringAndReleasing)
                guard marked.exchanged else { continue }
            }
            requestHandoff(&wait, me, now: now)
            // Nothing generic: the language's runtime would allocate at its first use.
            var end = Deadline(nanoseconds: now + Self.slice)
            if let deadline, deadline < end { end = deadline }
            let bits = wait.isTarget ? Self.targetOnly : Self.anybody
            switch unsafe Futex.wait(word, while: seen | Self.waiters, bits: bits, until: end) {
            case .woken: break
            case .timedOut:
                if takeFromVanished(owner | Self.waiters, me) { return .ownerDied }
                if let deadline, end == deadline { return .busy }
            }
            if wait.spins, !wait.hasSlept { spinLimit.learn(worthwhile: Deadline.now.nanoseconds - now < Self.brief) }
            wait.hasSlept = true
        }
    }

    /// Takes the word from an owner that is gone without the kernel's mark. There is one way to go like that: to
    /// become another program on a thread that is not the process's first. That thread has its process's id by the time
    /// when the kernel looks at its list, and the word has the id that it had.
    ///
    /// - Parameter asTry: by one that does not wait: it asks the kernel once in 10 ms at most.
    private borrowing func takeFromVanished(_ seen: UInt32, _ me: UInt32, asTry: Bool = false) -> Bool {
        let owner = seen & Self.ownerMask
        if owner == me { return false }
        if asTry {
            let now = Deadline.now.nanoseconds
            guard unsafe now - registration.pointee.lastAsked > Self.tryInterval else { return false }
            unsafe registration.pointee.lastAsked = now
        }
        guard !shm_any_thread_exists(owner) else { return false }
        return unsafe word.pointee.compareExchange(
            expected: seen, desired: me | (seen & Self.waiters), successOrdering: .acquiringAndReleasing,
            failureOrdering: .relaxed
        ).exchanged
    }

    // MARK: Waiting

    /// What a call of ``lockSlowly(until:waiting:)`` knows of its wait.
    private struct Wait {
        /// When it first found the lock taken; 0 before that.
        var since: Int64 = 0
        /// How often it may still spin before it sleeps.
        var iterations: UInt32 = 0
        /// Whether it has spun before it slept.
        var spins = false
        var hasSlept = false
        /// Whether the lock is reserved for it.
        var isTarget = false
        /// Whether it has left the lock to a hand-off's target.
        var hasYielded = false
    }

    /// Makes room for others if it is time to, and decides how long to spin before sleeping.
    ///
    /// Two threads that spin pass the lock to and fro between them for as long as the scheduler lets them run, which is
    /// milliseconds: a thread that waits for a CPU, not for the lock, can do nothing about that. So after its time slice a
    /// waiter yields its CPU once, which costs 1 in 200 where no other wants it; and where others sleep on the lock, one
    /// that has not slept for a time slice joins them at once.
    private borrowing func begin(_ wait: inout Wait, until deadline: Deadline?) {
        wait.since = Deadline.now.nanoseconds
        // A yield may take as long as a sleep: a wait that is to end sooner does without.
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

    /// What to take the word with.
    ///
    /// A waiter that has slept may have consumed the only wake-up, and the mark that came with it: while others sleep, it
    /// takes the word with the mark, which alone makes the next unlock wake one. A sleeper was counted before the mark was
    /// there to be consumed. Where none sleeps, the mark would be a system call for nothing, during which those that spin
    /// take the lock: a waiter that slept once would go on losing it.
    private borrowing func mark(after wait: Wait) -> UInt32 {
        wait.hasSlept && sleepers.isAnyAsleep(at: Deadline.now.nanoseconds) ? Self.waiters : 0
    }

    /// The lock is taken.
    private borrowing func conclude(_ wait: Wait) {
        if wait.hasSlept {
            unsafe registration.pointee.lastSlept = Deadline.now.nanoseconds
        } else if wait.spins {
            spinLimit.learn(worthwhile: true)
        }
    }

    // MARK: Hand-off

    /// Becomes the hand-off's target after a long wait, if there is none and was none a moment ago: hand-offs cost
    /// throughput.
    private borrowing func requestHandoff(_ wait: inout Wait, _ me: UInt32, now: Int64) {
        // A target that was too slow was removed by the one that left it the lock in vain: it may ask again.
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

    /// At the end of a wait, however it ended. One that left the lock to a target in vain removes
    /// it: the target may be dead.
    private borrowing func endHandoff(_ wait: Wait) {
        guard wait.isTarget || wait.hasYielded else { return }
        if wait.isTarget {
            unsafe lastHandoff.pointee.store(UInt64(bitPattern: Deadline.now.nanoseconds), ordering: .relaxed)
        }
        unsafe handoffTarget.pointee.store(0, ordering: .relaxed)
    }

    /// There are waiters, or the lock is gone.
    @usableFromInline @inline(never)
    borrowing func unlockSlowly() {
        // Killed between the release and the wake-up, the kernel wakes instead.
        unsafe registration.pointee.announce()
        defer { unsafe registration.pointee.conclude() }
        let me = unsafe registration.pointee.threadID
        var seen = unsafe word.pointee.load(ordering: .relaxed)
        while seen & Self.ownerMask == me {
            // Reserved for a target, the word is free and yet not 0: no fast path takes it.
            let hasTarget = unsafe handoffTarget.pointee.load(ordering: .relaxed) != 0
            let released = unsafe word.pointee.compareExchange(
                expected: seen, desired: hasTarget ? Self.waiters : 0, successOrdering: .acquiringAndReleasing,
                failureOrdering: .relaxed)
            if released.exchanged {
                // A target that does not sleep is on its way, or dead.
                if hasTarget, unsafe Futex.wake(word, bits: Self.targetOnly, count: 1) > 0 { return }
                unsafe Futex.wake(word, count: 1)
                return
            }
            seen = released.original
        }
    }
}

/// A participant's view of its ``RobustListEntry``: what lock and unlock need to know of the thread.
@safe @usableFromInline struct RobustRegistration {
    /// The serial number of the registered thread; no thread's where none is.
    @usableFromInline var thread: UInt64 = .max
    @usableFromInline var threadID: UInt32 = 0
    /// ``shm_generation()`` of the process that has it.
    var generation: UInt32 = 0
    /// When it last had the lock after sleeping for it, in ns on `CLOCK_MONOTONIC`.
    var lastSlept: Int64 = 0
    /// When it last asked, without waiting, whether the owner exists, on the same clock.
    var lastAsked: Int64 = 0
    /// When it last yielded its CPU while the lock was taken, on the same clock.
    var lastYielded: Int64 = 0
    /// The node in the thread's robust list.
    var node: UInt = 0
    /// The list head's `list_op_pending`.
    var pending: UnsafeMutablePointer<Atomic<UInt>>?
    var entry: RobustListEntry.Pointer?

    /// The calling thread's serial number.
    @inlinable @inline(__always)
    static var currentThread: UInt64 { shm_thread_serial() }

    /// Tells the kernel that this thread is about to change the word, or to act on a change.
    func announce() { unsafe pending?.pointee.store(node, ordering: .releasing) }

    /// Tells the kernel that it is done.
    func conclude() { unsafe pending?.pointee.store(0, ordering: .releasing) }
}

extension LockKind {
    /// A futex mutex that survives its owner's death.
    public static let robustFutex = LockKind(RobustFutexLock.self)
}
