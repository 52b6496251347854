internal import CShm
public import Synchronization

/// The state of a handle that ``SharedMemory/lock()`` and ``SharedMemory/unlock()`` use. It lies in memory of its own
/// (``HandleMemory``), so that no exclusivity check guards it, and so that the child of a fork finds it zeroed: a
/// handle that is bound to no lock and holds none. Zero is every field's initial value.
///
/// One byte, the step, encodes both how the fast path takes the lock and whether the handle holds it. The fast path is
/// a comparison of thread serial numbers, the lock's own instruction, and a store to the byte.
@safe @usableFromInline struct HotState {
    /// The operations that the fast path permits next.
    @usableFromInline enum Step: UInt8 {
        /// There is no fast path: the lock is not bound yet, the handle is not attached, the kind has none, or the last
        /// owner died. ``heldSlowly`` records whether the handle holds the lock.
        case slow
        /// ``FastPath/word(_:held:)``.
        case wordFree, wordHeld
        /// ``FastPath/robust(_:)``.
        case robustFree, robustHeld
        /// ``FastPath/calls(_:)``.
        case callsFree, callsHeld
    }

    /// ``FastCalls/Call``, to which the public `lock()` must not refer.
    @usableFromInline typealias Call = @convention(c) (UnsafeMutableRawPointer) -> Int32

    @usableFromInline var step = Step.slow
    /// Whether the handle holds the lock while the step is `slow`.
    private var heldSlowly = false
    /// Whether the previous owner died. The next acquisition, which is on the slow path, clears it.
    private(set) var ownerDied = false
    /// Whether the handle is attached. A detached handle belongs to the segment that has the name at the time; the slow
    /// path looks it up.
    private(set) var isAttached = false
    /// The value of the lock's word while this handle holds it.
    @usableFromInline var held: UInt32 = 0
    /// The serial number of the thread that used the handle last. Only that thread may use the fast path; for
    /// ``FastPath/robust(_:)`` the registration compares threads when it takes the lock.
    @usableFromInline var thread: UInt64 = 0
    /// The lock's word, the ``RobustRegistration``, or the object that the functions work on.
    @usableFromInline var object: UnsafeMutableRawPointer?
    @usableFromInline var take: Call?
    @usableFromInline var release: Call?
    /// The bound segment's life word; `nil` until the lock is bound.
    @usableFromInline var life: UnsafePointer<Atomic<UInt32>>?
    /// The lock, kept alive by the binding; `nil` until it is bound.
    private(set) var lock: Unmanaged<BoundLock>?
    /// The segment's file; ``FileIdentity/none`` until the handle is attached or its lock is bound. Not an optional,
    /// because `nil` is not all zeroes.
    private(set) var segment = FileIdentity.none
    /// The thread that the steps below are valid for.
    private var follower: UInt64 = 0
    /// The step while the lock is free, and the step while this handle holds it.
    private var steps = (free: Step.slow, held: Step.slow)

    init() {}

    /// Whether the handle holds the lock.
    var holdsLock: Bool {
        switch step {
        case .wordHeld, .robustHeld, .callsHeld: true
        case .wordFree, .robustFree, .callsFree: false
        case .slow: heldSlowly
        }
    }

    /// Whether the word of a lock with a fast path is not 0. A waiter then leaves it to the lock's slow path.
    var isWordTaken: Bool {
        guard let object = unsafe object else { return false }
        switch step {
        case .wordFree:
            return unsafe object.assumingMemoryBound(to: Atomic<UInt32>.self).pointee.load(ordering: .relaxed) != 0
        case .robustFree:
            let words = unsafe object.assumingMemoryBound(to: RobustRegistration.self).pointee.words
            return unsafe words.word.pointee.load(ordering: .relaxed) != 0
                || words.biased.pointee.load(ordering: .relaxed) & Futex.ownerMask != 0
        default: return false
        }
    }

    /// Binds an unheld lock. The first acquisition takes the slow path.
    mutating func bind(_ lock: BoundLock, of segment: FileIdentity, life: UnsafePointer<Atomic<UInt32>>) {
        unsafe self.life = life
        unsafe self.lock = Unmanaged.passUnretained(lock)
        self.segment = segment
        steps = (.slow, .slow)
        follower = 0
        released()
    }

    /// Forgets the lock.
    mutating func unbind() {
        let thread = thread
        self = HotState()
        self.thread = thread
    }

    mutating func attached(to segment: FileIdentity) {
        isAttached = true
        self.segment = segment
    }

    /// The handle is no longer attached. It keeps the lock that it holds.
    mutating func detached() {
        heldSlowly = holdsLock
        isAttached = false
        steps = (.slow, .slow)
        follower = 0
        step = .slow
    }

    /// The calling thread has acquired the lock through this handle.
    mutating func acquired(ownerDied: Bool) {
        thread = shm_thread_serial()
        // Another thread may have used the handle before, with another fast path.
        if isAttached, follower != thread, let lock = unsafe lock {
            follow(unsafe lock._withUnsafeGuaranteedRef { $0.fastPath() })
            follower = thread
        }
        self.ownerDied = ownerDied
        // Remember a death beyond the unlock: neither the unlock nor the next acquisition takes the fast path.
        step = ownerDied ? .slow : steps.held
        heldSlowly = true
    }

    /// The handle has released the lock.
    mutating func released() {
        heldSlowly = false
        step = ownerDied ? .slow : steps.free
    }

    /// No fast path until the next acquisition. The handle does not hold the lock.
    mutating func leaveFastPath() {
        heldSlowly = false
        step = .slow
    }

    /// Sets the steps for a fast path.
    private mutating func follow(_ path: FastPath) {
        switch path {
        case .none: steps = (.slow, .slow)
        case .word(let word, let held):
            unsafe object = UnsafeMutableRawPointer(word)
            self.held = held
            steps = (.wordFree, .wordHeld)
        case .robust(let path):
            unsafe object = UnsafeMutableRawPointer(path.registration)
            steps = (.robustFree, .robustHeld)
        case .calls(let calls):
            unsafe object = calls.object
            unsafe take = calls.take
            unsafe release = calls.unlock
            steps = (.callsFree, .callsHeld)
        }
    }
}
