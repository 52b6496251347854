public import CShm
internal import Glibc
public import Synchronization
internal import SystemPackage

/// The kernel's priority-inheriting futex: the word names the owner, and the kernel gives the owner the priority of the
/// most urgent waiter and hands the lock over to that waiter.
///
/// Source: `futex(2)`, `FUTEX_LOCK_PI`; the kernel's *pi-futex* documentation. Uncontended, lock and unlock are one
/// compare-exchange each. Ownership belongs to the thread. All participants must be in one PID namespace.
///
/// Memory ordering: the compare-exchange that stores the thread's id in the word is an acquire; the one that removes it
/// is a release. The kernel changes the word under the hash bucket's lock.
///
/// Owner death: the kernel hands the lock to a sleeping waiter, with a mark in the word. If no waiter slept, the kernel
/// tells the next one that no thread has the owner's id, and that waiter takes the word. Both deaths are reported, but
/// the report is not promised: once another thread has the dead owner's id, the others wait for that thread, usually
/// for ever.
@_spi(Bench) @safe public struct FutexPILock: LockPrimitive, ~Copyable {
    @usableFromInline let word: UnsafeMutablePointer<Atomic<UInt32>>

    /// See ``LockPrimitive/properties``.
    public static var properties: LockProperties {
        LockProperties(
            name: "futex-pi", family: .futex, ownerDeath: .hangs, priorityInheritance: true, onePIDNamespace: true,
            detectsRelock: true,
            summary: "priority-inheriting futex (FUTEX_LOCK_PI)")
    }

    /// Why the kernel does not support the lock.
    public static var obstacle: String? {
        shm_has_pi_futexes() ? nil : "the kernel has no priority-inheriting futexes with deadlines (FUTEX_LOCK_PI2)"
    }

    /// One word.
    public static func bytesNeeded(participants: Int) -> Int { MemoryLayout<UInt32>.size }

    /// Binds to the word at the area's start.
    public init(_ binding: borrowing LockBinding) { unsafe word = binding.area.word(at: 0) }

    /// One compare-exchange when free.
    @inlinable
    public borrowing func lock() -> LockOutcome { take() ? .acquired : lockContended(until: Int64(SHM_NO_LIMIT)) }

    /// One compare-exchange; one system call if the owner has died.
    @inlinable
    public borrowing func tryLock() -> LockOutcome {
        if take() { return .acquired }
        let seen = unsafe word.pointee.load(ordering: .relaxed)
        return seen != 0 && seen & Futex.ownerMask == 0 ? lockContended(until: 0) : .busy
    }

    /// As ``lock()``, but sleeps until the deadline at the latest.
    @inlinable
    public borrowing func lock(until deadline: Deadline) -> LockOutcome {
        take() ? .acquired : lockContended(until: deadline.nanoseconds)
    }

    /// One compare-exchange; one system call if there are waiters.
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
                // This thread owns the word; other threads only add marks.
                let marks = unsafe word.pointee.bitwiseAnd(~Futex.ownerDied, ordering: .acquiring).oldValue
                return marks & Futex.ownerDied == 0 ? .acquired : .ownerDied
            case Int(EINTR), Int(EAGAIN): continue
            case Int(ETIMEDOUT): return .busy
            case Int(ESRCH):
                // The owner is gone and will never release the lock. Do what the kernel does for robust futexes; the
                // kernel then hands the lock to the next thread that asks.
                let left = unsafe word.pointee.load(ordering: .relaxed)
                if left & Futex.ownerMask == seen & Futex.ownerMask {
                    _ = unsafe word.pointee.compareExchange(
                        expected: left, desired: (left & ~Futex.ownerMask) | Futex.ownerDied, ordering: .relaxed)
                }
            case Int(EINVAL) where refusals < 1000:
                // The kernel found a dead owner's word between two steps of another thread's takeover.
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
