public import CShm
public import Synchronization

/// Test-and-test-and-set with randomised exponential backoff: reads the word until it is free, exchanges it once, and
/// after each lost race waits for a random time from a range that doubles.
///
/// Source: T. E. Anderson, *The Performance of Spin Lock Alternatives for Shared-Memory Multiprocessors*, IEEE TPDS
/// 1(1), 1990; J. M. Mellor-Crummey and M. L. Scott, *Algorithms for Scalable Synchronization on Shared-Memory
/// Multiprocessors*, ACM TOCS 9(1), 1991, algorithm 1.
///
/// Memory ordering and deaths: as ``TASLock``.
@_spi(Bench) @safe public struct TTASBackoffLock<Policy: SpinPolicy>: LockPrimitive, ~Copyable {
    /// The upper bounds of the first and the longest backoff, in pause instructions.
    @usableFromInline static var shortest: UInt32 { 4 }
    @usableFromInline static var longest: UInt32 { 1024 }

    @usableFromInline let word: UnsafeMutablePointer<Atomic<UInt32>>
    /// The seed of this participant's random numbers.
    @usableFromInline let seed: UInt32

    /// See ``LockPrimitive/properties``.
    public static var properties: LockProperties {
        LockProperties(
            name: "ttas-backoff" + Policy.suffix, family: .spin, waiting: Policy.waiting, ownerDeath: .hangs,
            summary: "test-and-test-and-set, random exponential backoff")
    }

    /// One word.
    public static func bytesNeeded(participants: Int) -> Int { MemoryLayout<UInt32>.size }

    /// Binds to the word at the area's start.
    public init(_ binding: borrowing LockBinding) {
        unsafe word = binding.area.word(at: 0)
        seed = .random(in: 1 ... .max)
    }

    /// Compare-exchange on the word.
    public var fastPath: FastPath { unsafe .word(word, held: 1) }

    /// One exchange when free.
    @inlinable
    public borrowing func lock() -> LockOutcome {
        if unsafe word.pointee.exchange(1, ordering: .acquiring) != 0 { lockContended() }
        return .acquired
    }

    /// One load, and one exchange if the word is free.
    @inlinable
    public borrowing func tryLock() -> LockOutcome {
        if unsafe word.pointee.load(ordering: .relaxed) != 0 { return .busy }
        return unsafe word.pointee.exchange(1, ordering: .acquiring) == 0 ? .acquired : .busy
    }

    /// Polls with ``tryLock()`` and reads the clock at intervals.
    @inlinable
    public borrowing func lock(until deadline: Deadline) -> LockOutcome { tryAgain(until: deadline, Policy.self) }

    /// One store.
    @inlinable
    public borrowing func unlock() { unsafe word.pointee.store(0, ordering: .releasing) }

    @inlinable @inline(never)
    borrowing func lockContended() {
        var (range, random, iterations) = (Self.shortest, seed, UInt32(0))
        repeat {
            // Marsaglia's xorshift (2003): the sequences only have to differ between processes.
            random ^= random << 13
            random ^= random >> 17
            random ^= random << 5
            shm_cpu_relax_for(random % range)
            if range < Self.longest { range *= 2 }
            while unsafe word.pointee.load(ordering: .relaxed) != 0 {
                Policy.rest(after: iterations)
                iterations &+= 1
            }
        } while unsafe word.pointee.exchange(1, ordering: .acquiring) != 0
    }
}

extension LockKind {
    /// Test-and-test-and-set with backoff.
    public static let ttasBackoff = LockKind(TTASBackoffLock<Spinning>.self)
    /// Test-and-test-and-set with backoff that yields the CPU.
    public static let ttasBackoffYield = LockKind(TTASBackoffLock<Yielding>.self)
}
