public import Synchronization

/// The shared words of a ``RobustFutexLock``: one cache line at the end of the control page.
///
///      bytes from the lock's word
///     −32         −24       −16          −8     −4      0     4     8      16      20
///     lastSleep   sleepers  lastHandoff  limit  target  word  mode  state  biased  former
///
/// `word`, `mode`, `state`, `biased` and `former` decide who owns the lock. All others are hints: any value is harmless.
@safe @usableFromInline struct RobustWords {
    /// The content of the mode word: how the owner of the lock's word releases it.
    ///
    /// ``quiet`` and ``contended`` are always safe, whatever the state says. While a thread has the bias, a word that is
    /// 0 comes with ``closed``. Any other value is as ``closed``.
    @usableFromInline enum Mode {
        static var quiet: UInt32 { 0 }
        static var contended: UInt32 { 1 }
        /// The state decides: no thread takes the word on the fast path.
        static var closed: UInt32 { 2 }
    }

    /// The lock's word, in the kernel's format for robust futexes.
    @usableFromInline let word: UnsafeMutablePointer<Atomic<UInt32>>

    @inlinable @inline(__always)
    init(word: UnsafeMutablePointer<Atomic<UInt32>>) { unsafe self.word = word }

    /// The lock's word, in the lower half, and the mode word: what a fast acquisition compares and exchanges at once.
    ///
    /// A release on the fast path writes both, too: a processor cannot forward a store of 4 bytes to a load of 8.
    @inlinable @inline(__always) var pair: UnsafeMutablePointer<Atomic<UInt64>> {
        unsafe UnsafeMutableRawPointer(word).assumingMemoryBound(to: Atomic<UInt64>.self)
    }

    /// Owners of the lock's word change it. While the word has an owner, any other thread may change ``Mode/quiet`` to
    /// ``Mode/contended``.
    var mode: UnsafeMutablePointer<Atomic<UInt32>> { unsafe word + 1 }

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
    var former: UnsafeMutablePointer<Atomic<UInt32>> { unsafe word + 5 }

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

    /// Changes the mode word, for an owner of the lock's word.
    func set(mode wanted: UInt32) {
        if unsafe mode.pointee.load(ordering: .relaxed) != wanted {
            unsafe mode.pointee.store(wanted, ordering: .relaxed)
        }
    }

    /// Tells owners of the word that contended mode has begun. A hint: a release in quiet mode may overwrite it, and then
    /// finds contended mode in the state.
    ///
    /// Only while the word has an owner: were it free because such a release has overwritten the mark of a removed
    /// lock, threads in contended mode would take and release it, and never see the state.
    func suggestContended() {
        let seen = unsafe pair.pointee.load(ordering: .relaxed)
        let owner = UInt32(truncatingIfNeeded: seen) & Futex.ownerMask
        guard seen >> 32 == UInt64(Mode.quiet), owner != 0, owner != Futex.ownerMask else { return }
        _ = unsafe pair.pointee.compareExchange(
            expected: seen, desired: seen | UInt64(Mode.contended) << 32, ordering: .relaxed)
    }

    /// Sets bits of the state in one atomic step, a full barrier. Returns the state before.
    @discardableResult
    func set(_ bits: UInt64) -> RobustState {
        RobustState(bits: unsafe state.pointee.bitwiseOr(bits, ordering: .acquiringAndReleasing).oldValue)
    }
}
