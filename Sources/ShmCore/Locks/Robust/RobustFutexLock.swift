public import CShm
internal import Glibc
public import Synchronization
public import SystemPackage

/// A futex mutex that survives its owner's death at the price of one that does not: the default kind.
///
/// The word is the kernel's own format for robust futexes: the owner's thread id, `FUTEX_WAITERS`,
/// `FUTEX_OWNER_DIED`. Where glibc's robust mutex links a node into the thread's robust list at every lock and
/// unlinks it at every unlock, this lock's node stays linked for as long as the thread takes part (``RobustSeat``): the
/// kernel ignores a node whose word does not hold the dying thread's id. Uncontended, lock and unlock are one
/// compare-exchange each and a look at a thread-local number. `Documentation/RobustFutex.md` argues the rest.
///
/// Source: the kernel's `robust-futexes.rst` and `get_robust_list(2)`; the sleeping and waking is that of ``FutexLock``
/// (Drepper's mutex2) on the kernel's bits.
///
/// Memory ordering: the compare-exchange that puts the owner's id into the word is an acquire, the one that takes it out a
/// release. The kernel's own change of a dead owner's word is a full barrier, after everything that the owner did.
///
/// Owner death: the kernel marks the word and wakes a waiter; whoever takes the word next is told, and nobody else. A
/// waiter that is killed between its wake-up and its next look can take that wake-up with it if somebody else took
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
    /// After how long a waiter asks to be handed the lock, and how rarely that happens.
    private static var starving: Int64 { 1_000_000 }
    /// For how long others leave a lock to its heir.
    private static var courtesy: Int64 { 100_000 }
    /// How long a thread that meets others at the lock may go on before it makes room: by a sleep where others sleep,
    /// by yielding its CPU in any case.
    private static var turn: Int64 { 100_000 }
    /// A sleep so long says that critical sections are long, and that looking was no use.
    private static var brief: Int64 { 100_000 }
    /// How rarely one that tries asks whether the owner exists.
    private static var tryInterval: Int64 { 10_000_000 }
    /// `futex(2)` bits of an heir and of everybody else.
    private static var heirOnly: UInt32 { 2 }
    private static var anybody: UInt32 { 1 }

    @usableFromInline let word: UnsafeMutablePointer<Atomic<UInt32>>
    /// The thread that the lock is held out to; 0 for none. A hint: whatever it says, exclusion and recovery hold.
    private var heir: UnsafeMutablePointer<Atomic<UInt32>> { unsafe word - 1 }
    /// When the last heir was done, in ns on `CLOCK_MONOTONIC`. A hint as well.
    private var lastTurn: UnsafeMutablePointer<Atomic<UInt64>> {
        unsafe (UnsafeMutableRawPointer(word) - 16).assumingMemoryBound(to: Atomic<UInt64>.self)
    }
    /// How long to look before sleeping: what everybody has learned.
    private var budget: SpinBudget { unsafe SpinBudget(word: word - 2) }
    /// Whether anybody sleeps.
    private var sleepers: SleeperNotes { unsafe SleeperNotes(words: word - 6) }
    @usableFromInline let place: UnsafeMutablePointer<RobustPlace>
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
    public static var obstacle: String? { RobustSeat.obstacle?.reason }

    /// All of the page that it lies in: the word must lie right before the page's end.
    public static func bytesNeeded(participants: Int) -> Int { bytesNeeded(pageSize: SegmentLayout.pageSize) }

    static func bytesNeeded(pageSize: Int) -> Int { pageSize - SegmentLayout.smallLockOffset }

    /// Where in the area the word lies.
    static func wordPlace(pageSize: Int) -> Int { bytesNeeded(pageSize: pageSize) - RobustSeat.wordOffset }

    /// Zero is free.
    public static func initialise(_ area: UnsafeMutableRawPointer, participants: Int) throws(Errno) {
        if let obstacle = RobustSeat.obstacle { throw obstacle.errno }
    }

    /// Binds to the word near the area's end. The thread that uses the participant sits down with its first operation.
    public init(_ binding: borrowing LockBinding) throws(Errno) {
        pageSize = SegmentLayout.pageSize
        pidNamespace = ProcessIdentity.currentPIDNamespace
        let end = unsafe binding.area + Self.bytesNeeded(pageSize: pageSize)
        guard UInt(bitPattern: end) % UInt(pageSize) == 0 else { throw .invalidArgument }
        unsafe word = (binding.area + Self.wordPlace(pageSize: pageSize))
            .assumingMemoryBound(to: Atomic<UInt32>.self)
        unsafe place = UnsafeMutablePointer<RobustPlace>.allocate(capacity: 1)
        unsafe place.initialize(to: RobustPlace())
    }

    deinit {
        shm_registry_lock()
        unsafe RobustSeat.leave(place, pageSize: pageSize)
        shm_registry_unlock()
        unsafe place.deallocate()
    }

    /// The word itself, for the thread that is registered.
    public var fastPath: FastPath { isSeated ? unsafe .word(word, held: place.pointee.threadID) : .none }

    /// One compare-exchange when free; sleeps otherwise.
    @inlinable
    public borrowing func lock() -> LockOutcome {
        isSeated && take() ? .acquired : lockSlowly(until: nil, waiting: true)
    }

    /// One compare-exchange.
    @inlinable
    public borrowing func tryLock() -> LockOutcome {
        isSeated && take() ? .acquired : lockSlowly(until: nil, waiting: false)
    }

    /// As ``lock()``, but sleeps no longer than the deadline.
    @inlinable
    public borrowing func lock(until deadline: Deadline) -> LockOutcome {
        isSeated && take() ? .acquired : lockSlowly(until: deadline, waiting: true)
    }

    /// One compare-exchange; wakes one sleeper when there may be any. Does nothing on a thread that is not the owner.
    @inlinable
    public borrowing func unlock() {
        guard isSeated else { return }
        let released = unsafe word.pointee.compareExchange(
            expected: place.pointee.threadID, desired: 0, successOrdering: .releasing, failureOrdering: .relaxed)
        if !released.exchanged { unlockSlowly() }
    }

    /// Marks the word for good, and wakes everybody.
    public borrowing func retire() {
        _ = unsafe word.pointee.exchange(Self.gone, ordering: .acquiringAndReleasing)
        unsafe Futex.wake(word, count: .max)
    }

    /// Marks the word unless it names an owner: without a seat, which is most of what destroying a segment would cost.
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

    /// Whether the participant's seat is the calling thread's.
    @inlinable @inline(__always)
    var isSeated: Bool { unsafe RobustPlace.currentThread == place.pointee.thread }

    @inlinable @inline(__always)
    borrowing func take() -> Bool {
        unsafe word.pointee.compareExchange(
            expected: 0, desired: place.pointee.threadID, successOrdering: .acquiring, failureOrdering: .relaxed
        ).exchanged
    }

    /// Gives the calling thread a seat, and takes the one that another thread had.
    private borrowing func sit() throws(Errno) {
        // The child of a fork, which has its participants from its parent, may be in another PID namespace.
        guard ProcessIdentity.currentPIDNamespace == pidNamespace else { throw .improperLink }
        shm_registry_lock()
        defer { shm_registry_unlock() }
        unsafe RobustSeat.leave(place, pageSize: pageSize)
        let page = unsafe UnsafeMutableRawPointer(word) + RobustSeat.wordOffset - pageSize
        try unsafe RobustSeat.take(place, page: page, pageSize: pageSize)
    }

    @usableFromInline @inline(never)
    borrowing func lockSlowly(until deadline: Deadline?, waiting: Bool) -> LockOutcome {
        if !isSeated {
            do throws(Errno) { try sit() } catch { return .failed(error) }
        }
        // Killed from here on, the kernel wakes a waiter where the word names nobody: this thread may have consumed
        // the wake-up that was meant for whoever takes the lock next.
        unsafe place.pointee.announce()
        defer { unsafe place.pointee.conclude() }
        let me = unsafe place.pointee.threadID
        var wait = Wait()
        defer { giveUpTurn(wait) }
        while true {
            let seen = unsafe word.pointee.load(ordering: .relaxed)
            let owner = seen & Self.ownerMask
            if owner == 0 {
                // The lock is held out to somebody who has waited long: everybody else leaves it to them for a while.
                if seen == Self.waiters, waiting, !wait.hasYielded, isHeldOutToAnother(me) {
                    wait.hasYielded = true
                    _ = unsafe Futex.wait(
                        word, while: seen, bits: Self.anybody, until: .after(nanoseconds: Self.courtesy))
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
                if wait.looks > 0 { wait.looks -= 1 }
                continue
            }
            if owner == Self.gone { return .failed(.identifierRemoved) }
            if !waiting { return takeFromVanished(seen, me, asTry: true) ? .ownerDied : .busy }
            if owner == me { return .failed(.deadlock) }
            if wait.since == 0 {
                begin(&wait, until: deadline)
                continue
            }
            if wait.looks > 0 {
                wait.looks -= 1
                SpinBudget.pause()
                continue
            }
            let now = Deadline.now.nanoseconds
            let note = sleepers.note(at: now)
            defer { sleepers.erase(note) }
            if seen & Self.waiters == 0 {
                let marked = unsafe word.pointee.compareExchange(
                    expected: seen, desired: seen | Self.waiters, ordering: .acquiringAndReleasing)
                guard marked.exchanged else { continue }
            }
            askForTurn(&wait, me, now: now)
            // Nothing generic: the language's runtime would allocate at its first use.
            var end = Deadline(nanoseconds: now + Self.slice)
            if let deadline, deadline < end { end = deadline }
            let bits = wait.isMine ? Self.heirOnly : Self.anybody
            switch unsafe Futex.wait(word, while: seen | Self.waiters, bits: bits, until: end) {
            case .woken: break
            case .timedOut:
                if takeFromVanished(owner | Self.waiters, me) { return .ownerDied }
                if let deadline, end == deadline { return .busy }
            }
            if wait.spins, !wait.hasSlept { budget.learn(worthwhile: Deadline.now.nanoseconds - now < Self.brief) }
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
            guard unsafe now - place.pointee.lastAsked > Self.tryInterval else { return false }
            unsafe place.pointee.lastAsked = now
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
        /// How often it may still look before it sleeps.
        var looks: UInt32 = 0
        /// Whether it has looked before it slept.
        var spins = false
        var hasSlept = false
        /// Whether the heir's word names it.
        var isMine = false
        /// Whether it has left the lock to an heir.
        var hasYielded = false
    }

    /// Makes room for others if it is time to, and decides how long to look before sleeping.
    ///
    /// Two who look pass the lock to and fro between them for as long as the scheduler lets them run, which is
    /// milliseconds: whoever waits for a CPU, not for the lock, can do nothing about that. So after a turn a waiter
    /// yields its CPU once, which costs 1 in 200 where nobody wants it; and where others sleep on the lock, whoever has
    /// not slept for a turn joins them at once.
    private borrowing func begin(_ wait: inout Wait, until deadline: Deadline?) {
        wait.since = Deadline.now.nanoseconds
        // A yield may take as long as a sleep: a wait that is to end sooner does without.
        var mayYield = true
        if let deadline { mayYield = deadline.nanoseconds - wait.since > Self.starving }
        if mayYield, unsafe wait.since - place.pointee.lastYielded > Self.turn {
            sched_yield()
            unsafe place.pointee.lastYielded = Deadline.now.nanoseconds
        }
        if unsafe wait.since - place.pointee.lastSlept > Self.turn, sleepers.isAnyone(at: wait.since) { return }
        wait.looks = budget.looks()
        wait.spins = true
    }

    /// What to take the word with.
    ///
    /// Whoever has slept may have consumed the only wake-up, and the mark that came with it: while others sleep, they take
    /// the word with the mark, which alone makes the next unlock wake one. Whoever sleeps has noted it before the
    /// mark was there to be consumed. Where nobody sleeps, the mark would be a system call for nothing, in which
    /// those who look take the lock: whoever slept once would go on losing it.
    private borrowing func mark(after wait: Wait) -> UInt32 {
        wait.hasSlept && sleepers.isAnyone(at: Deadline.now.nanoseconds) ? Self.waiters : 0
    }

    /// The lock is taken.
    private borrowing func conclude(_ wait: Wait) {
        if wait.hasSlept {
            unsafe place.pointee.lastSlept = Deadline.now.nanoseconds
        } else if wait.spins {
            budget.learn(worthwhile: true)
        }
    }

    // MARK: Turns

    /// Becomes the heir after a long wait, if nobody is and nobody was a moment ago: hand-offs cost throughput.
    private borrowing func askForTurn(_ wait: inout Wait, _ me: UInt32, now: Int64) {
        // An heir that was too slow has lost its turn to whoever left it the lock in vain: it may ask again.
        if wait.isMine { wait.isMine = unsafe heir.pointee.load(ordering: .relaxed) == me }
        guard !wait.isMine, now - wait.since > Self.starving,
            now &- Int64(bitPattern: unsafe lastTurn.pointee.load(ordering: .relaxed)) > Self.starving
        else { return }
        wait.isMine = unsafe heir.pointee.compareExchange(expected: 0, desired: me, ordering: .relaxed).exchanged
    }

    private borrowing func isHeldOutToAnother(_ me: UInt32) -> Bool {
        let named = unsafe heir.pointee.load(ordering: .relaxed)
        return named != 0 && named != me
    }

    /// At the end of a wait, however it ended. One that left the lock to an heir in vain removes it: it may be dead.
    private borrowing func giveUpTurn(_ wait: Wait) {
        guard wait.isMine || wait.hasYielded else { return }
        if wait.isMine {
            unsafe lastTurn.pointee.store(UInt64(bitPattern: Deadline.now.nanoseconds), ordering: .relaxed)
        }
        unsafe heir.pointee.store(0, ordering: .relaxed)
    }

    /// Somebody waits, or the lock is gone.
    @usableFromInline @inline(never)
    borrowing func unlockSlowly() {
        // Killed between the release and the wake-up, the kernel wakes instead.
        unsafe place.pointee.announce()
        defer { unsafe place.pointee.conclude() }
        let me = unsafe place.pointee.threadID
        var seen = unsafe word.pointee.load(ordering: .relaxed)
        while seen & Self.ownerMask == me {
            // Held out to an heir, the word is free and yet not 0: nobody takes it in passing.
            let hasHeir = unsafe heir.pointee.load(ordering: .relaxed) != 0
            let released = unsafe word.pointee.compareExchange(
                expected: seen, desired: hasHeir ? Self.waiters : 0, successOrdering: .acquiringAndReleasing,
                failureOrdering: .relaxed)
            if released.exchanged {
                // An heir that does not sleep is on its way, or dead.
                if hasHeir, unsafe Futex.wake(word, bits: Self.heirOnly, count: 1) > 0 { return }
                unsafe Futex.wake(word, count: 1)
                return
            }
            seen = released.original
        }
    }
}

/// A participant's view of its ``RobustSeat``: what lock and unlock need to know of the thread.
@safe @usableFromInline struct RobustPlace {
    /// The serial number of the thread that sits here; no thread's where none does.
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
    var seat: RobustSeat.Pointer?

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
