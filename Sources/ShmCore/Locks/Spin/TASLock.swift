public import Synchronization

/// Test-and-set: exchanges a word until it was free. The simplest spinlock. It shows the cost of a waiter's writes:
/// each attempt takes the word's cache line away from the owner.
///
/// Source: T. E. Anderson, *The Performance of Spin Lock Alternatives for Shared-Memory Multiprocessors*, IEEE TPDS
/// 1(1), 1990, "spin on test-and-set".
///
/// Memory ordering: the exchange that takes the word is an acquire; the store that frees it is a release. Owner death:
/// the word stays taken and every other process spins for ever. A waiter's death has no effect.
@_spi(Bench) @safe public struct TASLock<Policy: SpinPolicy>: LockPrimitive, ~Copyable {
    @usableFromInline let word: UnsafeMutablePointer<Atomic<UInt32>>

    /// See ``LockPrimitive/properties``.
    public static var properties: LockProperties {
        LockProperties(
            name: "tas" + Policy.suffix, family: .spin, waiting: Policy.waiting, ownerDeath: .hangs,
            summary: "test-and-set on one word")
    }

    /// One word.
    public static func bytesNeeded(participants: Int) -> Int { MemoryLayout<UInt32>.size }

    /// Binds to the word at the area's start.
    public init(_ binding: borrowing LockBinding) { unsafe word = binding.area.word(at: 0) }

    /// Compare-exchange on the word.
    public var fastPath: FastPath { unsafe .word(word, held: 1) }

    /// One exchange when free.
    @inlinable
    public borrowing func lock() -> LockOutcome {
        var iterations: UInt32 = 0
        while unsafe word.pointee.exchange(1, ordering: .acquiring) != 0 {
            Policy.rest(after: iterations)
            iterations &+= 1
        }
        return .acquired
    }

    /// One exchange.
    @inlinable
    public borrowing func tryLock() -> LockOutcome {
        unsafe word.pointee.exchange(1, ordering: .acquiring) == 0 ? .acquired : .busy
    }

    /// Polls with ``tryLock()`` and reads the clock at intervals.
    @inlinable
    public borrowing func lock(until deadline: Deadline) -> LockOutcome { tryAgain(until: deadline, Policy.self) }

    /// One store.
    @inlinable
    public borrowing func unlock() { unsafe word.pointee.store(0, ordering: .releasing) }
}

extension LockKind {
    /// Test-and-set.
    public static let tas = LockKind(TASLock<Spinning>.self)
    /// Test-and-set that yields the CPU.
    public static let tasYield = LockKind(TASLock<Yielding>.self)
}
