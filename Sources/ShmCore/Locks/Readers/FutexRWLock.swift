public import Synchronization

/// A reader-writer lock on one word and `futex(2)`; ``lock()`` takes it exclusively. Writers have precedence: while a
/// writer waits, new readers wait too.
///
///     bits 0–28  readers inside       bit 29  a writer inside
///     bit 30     a writer waits       bit 31  there are sleepers
///
/// The participant that leaves the lock free clears the word and wakes all sleepers, which try again. That is simple,
/// and a thundering herd if many wait. It also clears what a dead waiter has left in the word.
///
/// Source: the rules are those of P. J. Courtois, F. Heymans and D. L. Parnas, *Concurrent Control with "Readers" and
/// "Writers"*, CACM 14(10), 1971, problem 2.
///
/// Memory ordering: entering is an acquire and leaving is a release of the one word. Owner death: a dead writer, and a
/// dead *reader*, hold the lock for ever.
@_spi(Bench) @safe public struct FutexRWLock: LockPrimitive, ~Copyable {
    @usableFromInline static var readers: UInt32 { 0x1fff_ffff }
    @usableFromInline static var writer: UInt32 { 0x2000_0000 }
    @usableFromInline static var writerWaits: UInt32 { 0x4000_0000 }
    @usableFromInline static var sleepers: UInt32 { 0x8000_0000 }

    @usableFromInline let word: UnsafeMutablePointer<Atomic<UInt32>>

    /// See ``LockPrimitive/properties``.
    public static var properties: LockProperties {
        LockProperties(
            name: "futex-rw", family: .futex, ownerDeath: .hangs, sharesReaders: true,
            summary: "reader-writer lock on a futex, writers first")
    }

    /// One word.
    public static func bytesNeeded(participants: Int) -> Int { MemoryLayout<UInt32>.size }

    /// Binds to the word at the area's start.
    public init(_ binding: borrowing LockBinding) { unsafe word = binding.area.word(at: 0) }

    /// Compare-exchange on the word.
    public var fastPath: FastPath { unsafe .word(word, held: Self.writer) }

    /// One compare-exchange when free.
    @inlinable
    public borrowing func lock() -> LockOutcome {
        let outcome = tryLock()
        if case .acquired = outcome { return outcome }
        return lockContended(until: nil)
    }

    /// One compare-exchange.
    @inlinable
    public borrowing func tryLock() -> LockOutcome {
        unsafe word.pointee.compareExchange(
            expected: 0, desired: Self.writer, successOrdering: .acquiring, failureOrdering: .relaxed
        ).exchanged ? .acquired : .busy
    }

    /// As ``lock()``, but sleeps until the deadline at the latest.
    @inlinable
    public borrowing func lock(until deadline: Deadline) -> LockOutcome {
        let outcome = tryLock()
        if case .acquired = outcome { return outcome }
        return lockContended(until: deadline)
    }

    /// One exchange; wakes all sleepers if there may be any.
    @inlinable
    public borrowing func unlock() {
        if unsafe word.pointee.exchange(0, ordering: .releasing) & Self.sleepers != 0 { wakeAll() }
    }

    /// One compare-exchange if no writer is inside and none waits.
    @inlinable
    public borrowing func beginRead(_ begun: inout UInt64) -> LockOutcome {
        let seen = unsafe word.pointee.load(ordering: .relaxed)
        if seen & ~Self.readers == 0, seen < Self.readers,
            unsafe word.pointee.compareExchange(
                expected: seen, desired: seen + 1, successOrdering: .acquiring, failureOrdering: .relaxed
            ).exchanged
        {
            return .acquired
        }
        readContended()
        return .acquired
    }

    /// One subtraction; the last reader clears the word and wakes all sleepers.
    @inlinable
    public borrowing func endRead(_: UInt64) -> Bool {
        let left = unsafe word.pointee.subtract(1, ordering: .releasing).newValue
        if left != 0, left & (Self.readers | Self.writer) == 0 { clear(left) }
        return true
    }

    @usableFromInline @inline(never)
    borrowing func lockContended(until deadline: Deadline?) -> LockOutcome {
        while true {
            let seen = unsafe word.pointee.load(ordering: .relaxed)
            if seen & (Self.readers | Self.writer) == 0 {
                // Free but for marks: the next owner keeps them, so that its release wakes the sleepers.
                let taken = unsafe word.pointee.compareExchange(
                    expected: seen, desired: seen | Self.writer, successOrdering: .acquiring, failureOrdering: .relaxed)
                if taken.exchanged { return .acquired }
                continue
            }
            if !isWaiting(seen, for: Self.writerWaits | Self.sleepers) { continue }
            let marked = seen | Self.writerWaits | Self.sleepers
            if case .timedOut = unsafe Futex.wait(word, while: marked, until: deadline) { return .busy }
        }
    }

    @usableFromInline @inline(never)
    borrowing func readContended() {
        while true {
            let seen = unsafe word.pointee.load(ordering: .relaxed)
            if seen & (Self.writer | Self.writerWaits) == 0 && seen & Self.readers < Self.readers {
                let entered = unsafe word.pointee.compareExchange(
                    expected: seen, desired: seen + 1, successOrdering: .acquiring, failureOrdering: .relaxed)
                if entered.exchanged { return }
            } else if seen & (Self.readers | Self.writer) == 0 {
                // The lock is free, and the writer that waited is gone, or is about to take it.
                clear(seen)
            } else if isWaiting(seen, for: Self.sleepers) {
                _ = unsafe Futex.wait(word, while: seen | Self.sleepers, until: nil)
            }
        }
    }

    /// Sets marks in the word if it still has the value `seen`; returns `false` if it does not.
    private borrowing func isWaiting(_ seen: UInt32, for marks: UInt32) -> Bool {
        if seen & marks == marks { return true }
        return unsafe word.pointee.compareExchange(expected: seen, desired: seen | marks, ordering: .relaxed).exchanged
    }

    /// Clears a word that has only marks, and wakes all sleepers. If the word has changed, the participant that changed
    /// it does so.
    @usableFromInline @inline(never)
    borrowing func clear(_ seen: UInt32) {
        if unsafe word.pointee.compareExchange(expected: seen, desired: 0, ordering: .relaxed).exchanged,
            seen & Self.sleepers != 0
        {
            wakeAll()
        }
    }

    @usableFromInline @inline(never)
    borrowing func wakeAll() { unsafe Futex.wake(word, count: .max) }
}

extension LockKind {
    /// A reader-writer lock on a futex.
    public static let futexRW = LockKind(FutexRWLock.self)
}
