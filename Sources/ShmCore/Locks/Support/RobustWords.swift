public import Synchronization

/// The shared words of a ``RobustFutexLock``: one cache line at the end of the control page.
///
///      bytes from the lock's word
///     −32         −24       −16          −8     −4      0     4     8      16      20
///     lastSleep   sleepers  lastHandoff  limit  target  word  former  state  biased  free
///
/// `word`, `state`, `biased` and `former` decide who owns the lock. All others are hints: any value is harmless.
@safe @usableFromInline struct RobustWords {
    /// The lock's word, in the kernel's format for robust futexes.
    @usableFromInline let word: UnsafeMutablePointer<Atomic<UInt32>>

    @inlinable @inline(__always)
    init(word: UnsafeMutablePointer<Atomic<UInt32>>) { unsafe self.word = word }

    /// ``RobustState``.
    @inlinable @inline(__always) var state: UnsafeMutablePointer<Atomic<UInt64>> {
        unsafe (UnsafeMutableRawPointer(word) + 8).assumingMemoryBound(to: Atomic<UInt64>.self)
    }

    /// The word of the thread that has the bias, in the kernel's format too. Only that thread takes and releases the
    /// lock through it.
    @inlinable @inline(__always) var biased: UnsafeMutablePointer<Atomic<UInt32>> {
        unsafe word + Self.biasedDistance / 4
    }

    /// The thread that lost the bias last, until it is known not to store to the biased word again; 0 if none. Only
    /// owners of the lock's word change it.
    var former: UnsafeMutablePointer<Atomic<UInt32>> { unsafe word + 1 }

    /// The distance of the biased word from the lock's word, in bytes.
    @inlinable @inline(__always) static var biasedDistance: Int { 16 }

    /// The thread that the lock is reserved for; 0 if none.
    var handoffTarget: UnsafeMutablePointer<Atomic<UInt32>> { unsafe word - 1 }

    /// The time of the last handoff, in ns on `CLOCK_MONOTONIC`.
    var lastHandoff: UnsafeMutablePointer<Atomic<UInt64>> { unsafe time(before: 16) }

    /// When a waiter last went to sleep, on the same clock.
    var lastSleep: UnsafeMutablePointer<Atomic<UInt64>> { unsafe time(before: 32) }

    /// The learned spin limit, and the two words of the sleeper count.
    var limit: UnsafeMutablePointer<Atomic<UInt32>> { unsafe word - 2 }
    var sleepers: UnsafeMutablePointer<Atomic<UInt32>> { unsafe word - 6 }

    private func time(before distance: Int) -> UnsafeMutablePointer<Atomic<UInt64>> {
        unsafe (UnsafeMutableRawPointer(word) - distance).assumingMemoryBound(to: Atomic<UInt64>.self)
    }

    /// The state, relaxed: what it decides is ordered by the words.
    var current: RobustState { RobustState(bits: unsafe state.pointee.load(ordering: .relaxed)) }

    /// Changes the state in one atomic step, a full barrier. `next` returns `nil` to leave it as it is.
    ///
    /// - Returns: the new state; `nil` if it was left.
    @discardableResult
    func change(_ next: (RobustState) -> RobustState?) -> RobustState? {
        var seen = current
        while true {
            guard let wanted = next(seen) else { return nil }
            let changed = unsafe state.pointee.compareExchange(
                expected: seen.bits, desired: wanted.bits, ordering: .acquiringAndReleasing)
            if changed.exchanged { return wanted }
            seen = RobustState(bits: changed.original)
        }
    }

    /// Sets bits of the state in one atomic step, a full barrier. Returns the state before.
    @discardableResult
    func set(_ bits: UInt64) -> RobustState {
        RobustState(bits: unsafe state.pointee.bitwiseOr(bits, ordering: .acquiringAndReleasing).oldValue)
    }
}
