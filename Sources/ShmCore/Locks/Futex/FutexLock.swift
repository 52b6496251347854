internal import CShm
public import Synchronization

/// A word and `futex(2)`: the plain cross-process mutex, and the reference for comparisons.
///
/// Three states as in Ulrich Drepper, *Futexes Are Tricky* (2011), "mutex2": free, held, held with possible sleepers.
/// Uncontended, lock and unlock are one atomic instruction each.
///
/// Memory ordering: the compare-exchange or exchange that takes the word is an acquire; the exchange that frees it is a
/// release. The kernel compares the word under its hash bucket's lock, so a wake-up between the waiter's last load and
/// its sleep makes the sleep return at once.
///
/// Owner death: the word stays taken and every other process waits for ever. The death of a *waiter* is harmless, with
/// one exception. Usually it leaves at most a mark for sleepers where none sleep, which costs one wake call. The
/// exception is a waiter that is killed between its wake-up and its next load of the word. The wake-up is lost with it,
/// the word is free, and the other sleepers wait until another process contends.
@_spi(Bench) @safe public struct FutexLock: LockPrimitive, ~Copyable {
    @usableFromInline static var free: UInt32 { 0 }
    @usableFromInline static var held: UInt32 { 1 }
    @usableFromInline static var heldWithSleepers: UInt32 { 2 }

    @usableFromInline let word: UnsafeMutablePointer<Atomic<UInt32>>

    /// See ``LockPrimitive/properties``.
    public static var properties: LockProperties {
        LockProperties(
            name: "futex", family: .futex, ownerDeath: .hangs,
            summary: "three-state futex mutex (Drepper's mutex2)")
    }

    /// One word.
    public static func bytesNeeded(participants: Int) -> Int { MemoryLayout<UInt32>.size }

    /// Binds to the word at the area's start.
    public init(_ binding: borrowing LockBinding) {
        unsafe word = binding.area.assumingMemoryBound(to: Atomic<UInt32>.self)
    }

    /// Compare-exchange on the word.
    public var fastPath: FastPath { unsafe .word(word, held: Self.held) }

    /// One compare-exchange when free; sleeps otherwise.
    @inlinable
    public borrowing func lock() -> LockOutcome {
        let taken = unsafe word.pointee.compareExchange(
            expected: Self.free, desired: Self.held, successOrdering: .acquiring, failureOrdering: .relaxed)
        return taken.exchanged ? .acquired : lockContended(until: nil)
    }

    /// One compare-exchange.
    @inlinable
    public borrowing func tryLock() -> LockOutcome {
        let taken = unsafe word.pointee.compareExchange(
            expected: Self.free, desired: Self.held, successOrdering: .acquiring, failureOrdering: .relaxed)
        return taken.exchanged ? .acquired : .busy
    }

    /// As ``lock()``, but sleeps until the deadline at the latest.
    @inlinable
    public borrowing func lock(until deadline: Deadline) -> LockOutcome {
        let outcome = tryLock()
        return outcome == .busy ? lockContended(until: deadline) : outcome
    }

    /// One exchange; wakes one sleeper if there may be any.
    @inlinable
    public borrowing func unlock() {
        if unsafe word.pointee.exchange(Self.free, ordering: .releasing) == Self.heldWithSleepers { wakeOne() }
    }

    @usableFromInline @inline(never)
    borrowing func lockContended(until deadline: Deadline?) -> LockOutcome {
        // A waiter takes the word as "held with sleepers" even if it is free: others may still sleep, and only this
        // mark makes the next unlock wake them.
        while unsafe word.pointee.exchange(Self.heldWithSleepers, ordering: .acquiring) != Self.free {
            switch unsafe Futex.wait(word, while: Self.heldWithSleepers, until: deadline) {
            case .timedOut: return .busy
            case .woken: continue
            }
        }
        return .acquired
    }

    @usableFromInline @inline(never)
    borrowing func wakeOne() {
        unsafe Futex.wake(word, count: 1)
    }
}

extension LockKind {
    /// A three-state futex mutex.
    public static let futex = LockKind(FutexLock.self)
}
