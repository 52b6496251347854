public import Synchronization

/// What a handle's ``SharedMemory/lock()`` and ``SharedMemory/unlock()`` touch, in memory of its own so that no
/// exclusivity check guards it.
///
/// One byte, the step, says both how the bound lock is taken in line and whether the handle holds it: a lock or unlock
/// in line is a look at that byte, the lock's own instruction, and a store to the byte.
@safe @usableFromInline struct HotState {
    /// What the next operation in line may be.
    @usableFromInline enum Step: UInt8 {
        /// Nothing in line: the lock is not bound yet, has no fast path, or its last owner died. ``heldSlowly`` says
        /// whether the handle holds it.
        case slow
        /// ``FastPath/ownedWord(_:held:thread:)``.
        case ownedFree, ownedHeld
        /// ``FastPath/word(_:held:)``.
        case wordFree, wordHeld
        /// ``FastPath/calls(_:)``.
        case callsFree, callsHeld
    }

    @usableFromInline var step = Step.slow
    /// Whether the handle holds the lock, where the step is slow.
    var heldSlowly = false
    /// Whether the owner before this handle had died. Cleared by the next acquisition, which is never in line.
    private(set) var ownerDied = false
    /// The value of the lock's word while this handle holds it.
    @usableFromInline var held: UInt32 = 0
    /// The serial number of the only thread that may lock in line, where that matters.
    @usableFromInline var thread: UInt64 = 0
    /// The lock's word, or the object that the calls work on.
    @usableFromInline var object: UnsafeMutableRawPointer?
    @usableFromInline var take: FastCalls.Call?
    @usableFromInline var release: FastCalls.Call?
    /// The bound segment's life word; `nil` until the lock is bound.
    @usableFromInline var life: UnsafePointer<Atomic<UInt32>>?
    /// The lock itself, kept alive by the binding; `nil` until it is bound.
    private(set) var lock: Unmanaged<BoundLock>?
    /// The step while the lock is free, and while this handle holds it.
    private var steps = (free: Step.slow, held: Step.slow)

    init() {}

    /// Whether the handle holds the lock.
    var holdsLock: Bool {
        switch step {
        case .ownedHeld, .wordHeld, .callsHeld: true
        case .ownedFree, .wordFree, .callsFree: false
        case .slow: heldSlowly
        }
    }

    /// What the lock's word says while its step is one of a word.
    var isWordZero: Bool {
        guard let object = unsafe object else { return false }
        return unsafe object.assumingMemoryBound(to: Atomic<UInt32>.self).pointee.load(ordering: .relaxed) == 0
    }

    /// Knows a lock from now on, which the handle does not hold.
    mutating func bind(_ lock: BoundLock, life: UnsafePointer<Atomic<UInt32>>) {
        unsafe self.life = life
        unsafe self.lock = Unmanaged.passUnretained(lock)
        follow(lock.fastPath())
        released()
    }

    /// Locks in line that way from now on.
    private mutating func follow(_ path: FastPath) {
        switch path {
        case .none: steps = (.slow, .slow)
        case .ownedWord(let word, let held, let thread):
            unsafe object = UnsafeMutableRawPointer(word)
            self.held = held
            self.thread = thread
            steps = (.ownedFree, .ownedHeld)
        case .word(let word, let held):
            unsafe object = UnsafeMutableRawPointer(word)
            self.held = held
            steps = (.wordFree, .wordHeld)
        case .calls(let calls):
            unsafe object = calls.object
            unsafe take = calls.take
            unsafe release = calls.unlock
            steps = (.callsFree, .callsHeld)
        }
    }

    /// Knows no lock.
    mutating func unbind() { self = HotState() }

    /// The handle holds the lock now.
    mutating func acquired(ownerDied: Bool) {
        // Another thread may have it now, whose path is another.
        if case .ownedFree = steps.free, let lock = unsafe lock {
            follow(unsafe lock._withUnsafeGuaranteedRef { $0.fastPath() })
        }
        self.ownerDied = ownerDied
        // A death is remembered beyond the unlock: neither that nor the next acquisition is in line.
        step = ownerDied ? .slow : steps.held
        heldSlowly = true
    }

    /// The handle does not hold the lock any more.
    mutating func released() {
        heldSlowly = false
        step = ownerDied ? .slow : steps.free
    }
}
