public import Glibc
public import SystemPackage

/// glibc's process-shared spinlock.
///
/// Source: `pthread_spin_init(3)`, `pthread_spin_lock(3)`. On x86-64 glibc decrements the word and, while it is taken,
/// reads it between pauses. There is no function with a deadline, so that wait polls.
///
/// Memory ordering: an acquire decrement and a release store. Owner death: the word stays taken and every other process
/// spins for ever. A waiter's death has no effect.
@_spi(Bench) @safe public struct PthreadSpinLock: LockPrimitive, ~Copyable {
    @usableFromInline let word: UnsafeMutablePointer<pthread_spinlock_t>

    /// See ``LockPrimitive/properties``.
    public static var properties: LockProperties {
        LockProperties(
            name: "pthread-spin", family: .spin, waiting: .spins, ownerDeath: .hangs,
            summary: "glibc's process-shared spin lock")
    }

    /// One `pthread_spinlock_t`.
    public static func bytesNeeded(participants: Int) -> Int { MemoryLayout<pthread_spinlock_t>.size }

    /// `pthread_spin_init(3)`, process-shared.
    public static func initialise(_ area: UnsafeMutableRawPointer, participants: Int) throws(Errno) {
        let word = unsafe area.assumingMemoryBound(to: pthread_spinlock_t.self)
        let failure = unsafe pthread_spin_init(word, Int32(PTHREAD_PROCESS_SHARED))
        if failure != 0 { throw Errno(rawValue: failure) }
    }

    /// Binds to the word at the area's start.
    public init(_ binding: borrowing LockBinding) {
        unsafe word = binding.area.assumingMemoryBound(to: pthread_spinlock_t.self)
    }

    /// `pthread_spin_lock(3)`.
    @inlinable
    public borrowing func lock() -> LockOutcome {
        let failure = unsafe pthread_spin_lock(word)
        return failure == 0 ? .acquired : .failed(Errno(rawValue: failure))
    }

    /// `pthread_spin_trylock(3)`.
    @inlinable
    public borrowing func tryLock() -> LockOutcome { unsafe pthread_spin_trylock(word) == 0 ? .acquired : .busy }

    /// Polls with ``tryLock()`` until the deadline.
    @inlinable
    public borrowing func lock(until deadline: Deadline) -> LockOutcome { tryAgain(until: deadline, Spinning.self) }

    /// `pthread_spin_unlock(3)`.
    @inlinable
    public borrowing func unlock() { unsafe pthread_spin_unlock(word) }
}

extension LockKind {
    /// glibc's process-shared spinlock.
    public static let pthreadSpin = LockKind(PthreadSpinLock.self)
}
