internal import CShm
internal import Synchronization

/// ``FutexLock`` with waiters that spin for about 10 µs, the cost of a sleep and a wake-up, before they sleep.
///
/// Source: Drepper's mutex2 as in ``FutexLock``; A. R. Karlin, K. Li, M. S. Manasse and S. Owicki, *Empirical Studies
/// of Competitive Spinning for a Shared-Memory Multiprocessor*, SOSP 1991.
///
/// Memory ordering and owner death: as ``FutexLock``.
@_spi(Bench) @safe public struct FutexSpinLock: LockPrimitive, ~Copyable {
    private static var spinIterations: Int { 250 }

    @usableFromInline let futex: FutexLock

    /// See ``LockPrimitive/properties``.
    public static var properties: LockProperties {
        LockProperties(
            name: "futex-spin", family: .futex, waiting: .parks, ownerDeath: .hangs,
            summary: "futex mutex that spins for 10 µs before it sleeps")
    }

    /// One word.
    public static func bytesNeeded(participants: Int) -> Int { FutexLock.bytesNeeded(participants: participants) }

    /// Binds to the word at the area's start.
    public init(_ binding: borrowing LockBinding) { futex = FutexLock(binding) }

    /// Compare-exchange on the word.
    public var fastPath: FastPath { futex.fastPath }

    /// One compare-exchange when free.
    @inlinable
    public borrowing func lock() -> LockOutcome {
        let outcome = futex.tryLock()
        if case .acquired = outcome { return outcome }
        return lockContended(until: nil)
    }

    /// One compare-exchange.
    @inlinable
    public borrowing func tryLock() -> LockOutcome { futex.tryLock() }

    /// As ``lock()``, but waits until the deadline at the latest.
    @inlinable
    public borrowing func lock(until deadline: Deadline) -> LockOutcome {
        let outcome = futex.tryLock()
        if case .acquired = outcome { return outcome }
        return lockContended(until: deadline)
    }

    /// One exchange; wakes one sleeper if there may be any.
    @inlinable
    public borrowing func unlock() { futex.unlock() }

    @usableFromInline @inline(never)
    borrowing func lockContended(until deadline: Deadline?) -> LockOutcome {
        for _ in 0..<Self.spinIterations {
            shm_cpu_relax()
            if unsafe futex.word.pointee.load(ordering: .relaxed) == 0, case .acquired = futex.tryLock() {
                return .acquired
            }
        }
        return futex.lockContended(until: deadline)
    }
}

extension LockKind {
    /// A futex mutex that spins before it sleeps.
    public static let futexSpin = LockKind(FutexSpinLock.self)
}
