public import CShm
internal import Glibc
public import Synchronization
internal import SystemPackage

/// The kernel's priority-inheriting futex: the word names the owner, and the kernel lends it the priority of the most urgent
/// waiter and hands the lock over to that.
///
/// Source: `futex(2)`, `FUTEX_LOCK_PI`; the kernel's *pi-futex* documentation. Uncontended, lock and unlock are one
/// compare-exchange each. Ownership is the thread's. All participants must be in one PID namespace.
///
/// Memory ordering: the compare-exchange that puts the thread's id into the word is an acquire, the one that takes it out a
/// release; the kernel's own changes are made under the hash bucket's lock.
///
/// Owner death: the kernel hands the lock to whoever sleeps, with a mark in the word; where nobody did, whoever comes later
/// is told that no thread has the owner's id, and takes the word. Both are reported. It is not promised: once another thread
/// has got the dead one's id, the others wait for that one, for ever as like as not.
@_spi(Bench) @safe public struct FutexPILock: LockPrimitive, ~Copyable {
    private static var ownerDied: UInt32 { 0x4000_0000 }
    @usableFromInline static var ownerMask: UInt32 { 0x3fff_ffff }

    @usableFromInline let word: UnsafeMutablePointer<Atomic<UInt32>>

    /// See ``LockPrimitive/properties``.
    public static var properties: LockProperties {
        LockProperties(
            name: "futex-pi", family: .futex, ownerDeath: .hangs, priorityInheritance: true, onePIDNamespace: true,
            detectsRelock: true,
            summary: "priority-inheriting futex (FUTEX_LOCK_PI)")
    }

    /// Why the kernel cannot do it.
    public static var obstacle: String? {
        shm_has_pi_futexes() ? nil : "the kernel has no priority-inheriting futexes with deadlines (FUTEX_LOCK_PI2)"
    }

    /// One word.
    public static func bytesNeeded(participants: Int) -> Int { MemoryLayout<UInt32>.size }

    /// Zero is free.
    public static func initialise(_ area: UnsafeMutableRawPointer, participants: Int) {}

    /// Binds to the word at the area's start.
    public init(_ binding: borrowing LockBinding) { unsafe word = binding.area.word(at: 0) }

    /// One compare-exchange when free.
    @inlinable
    public borrowing func lock() -> LockOutcome { take() ? .acquired : lockContended(until: Int64(SHM_NO_LIMIT)) }

    /// One compare-exchange; the kernel's help where the owner has died.
    @inlinable
    public borrowing func tryLock() -> LockOutcome {
        if take() { return .acquired }
        let seen = unsafe word.pointee.load(ordering: .relaxed)
        return seen != 0 && seen & Self.ownerMask == 0 ? lockContended(until: 0) : .busy
    }

    /// As ``lock()``, but sleeps no longer than the deadline.
    @inlinable
    public borrowing func lock(until deadline: Deadline) -> LockOutcome {
        take() ? .acquired : lockContended(until: deadline.nanoseconds)
    }

    /// One compare-exchange; a system call where there are waiters.
    @inlinable
    public borrowing func unlock() {
        let released = unsafe word.pointee.compareExchange(
            expected: shm_thread_id(), desired: 0, successOrdering: .releasing, failureOrdering: .relaxed)
        if !released.exchanged { unlockContended() }
    }

    @inlinable @inline(__always)
    borrowing func take() -> Bool {
        unsafe word.pointee.compareExchange(
            expected: 0, desired: shm_thread_id(), successOrdering: .acquiring, failureOrdering: .relaxed
        ).exchanged
    }

    @usableFromInline @inline(never)
    borrowing func lockContended(until deadline: Int64) -> LockOutcome {
        let address = unsafe UnsafeRawPointer(word).assumingMemoryBound(to: UInt32.self)
        var refusals = 0
        while true {
            let seen = unsafe word.pointee.load(ordering: .relaxed)
            switch unsafe -shm_futex_lock_pi(address, deadline) {
            case 0:
                // The word is this thread's; only marks of others come to it.
                let marks = unsafe word.pointee.bitwiseAnd(~Self.ownerDied, ordering: .acquiring).oldValue
                return marks & Self.ownerDied == 0 ? .acquired : .ownerDied
            case Int(EINTR), Int(EAGAIN): continue
            case Int(ETIMEDOUT): return .busy
            case Int(ESRCH):
                // The owner is gone: nobody will ever release. What the kernel does for robust futexes is done here; then it
                // hands the lock to whoever asks first.
                let left = unsafe word.pointee.load(ordering: .relaxed)
                if left & Self.ownerMask == seen & Self.ownerMask {
                    _ = unsafe word.pointee.compareExchange(
                        expected: left, desired: (left & ~Self.ownerMask) | Self.ownerDied, ordering: .relaxed)
                }
            case Int(EINVAL) where refusals < 1000:
                // The kernel has met a dead owner's word between two steps of those that take it over.
                refusals += 1
                sched_yield()
            case let failure: return .failed(Errno(rawValue: Int32(failure)))
            }
        }
    }

    @usableFromInline @inline(never)
    borrowing func unlockContended() {
        unsafe _ = shm_futex_unlock_pi(UnsafeRawPointer(word).assumingMemoryBound(to: UInt32.self))
    }
}

extension LockKind {
    /// A priority-inheriting futex.
    public static let futexPI = LockKind(FutexPILock.self)
}
