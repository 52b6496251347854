internal import Synchronization

/// How many waiters sleep on a lock's word, and whether any does: a count, in shared memory, that forgets the dead.
///
/// A sleeper is counted for an epoch of 67 ms, and no longer when it wakes. It wakes every 50 ms and is counted anew, so
/// that it counts in its epoch and the next, and one that was killed does not count for long.
///
/// Two words, one for even epochs, one for odd: the epoch in the high 24 bits, a count in the low 8, which stays at 255
/// when it gets there. With any content: one too many costs a system call, one too few costs a sleeper the
/// time until it looks again.
///
/// Memory ordering: counting is a release, before the word's `FUTEX_WAITERS` that the sleeper relies on; reading the count
/// is an acquire, after the word. So a waiter that was woken in an unlock that took that mark away finds the count.
@safe struct SleeperCount {
    /// One that was counted, in its epoch.
    struct Sleeper {
        fileprivate let epoch: UInt32
    }

    private static var epochShift: Int64 { 26 }
    private static var countMask: UInt32 { 0xff }

    private let words: UnsafeMutablePointer<Atomic<UInt32>>

    init(words: UnsafeMutablePointer<Atomic<UInt32>>) { unsafe self.words = words }

    /// Counts a sleeper.
    ///
    /// - Parameter now: in ns on `CLOCK_MONOTONIC`.
    func add(at now: Int64) -> Sleeper {
        let epoch = Self.epoch(now)
        change(epoch) { $0 >> 8 != epoch ? epoch << 8 | 1 : $0 & Self.countMask < Self.countMask ? $0 + 1 : $0 }
        return Sleeper(epoch: epoch)
    }

    /// The sleeper has woken.
    func remove(_ sleeper: Sleeper) {
        change(sleeper.epoch) {
            let count = $0 & Self.countMask
            return $0 >> 8 == sleeper.epoch && count > 0 && count < Self.countMask ? $0 - 1 : $0
        }
    }

    /// Whether any was counted in this epoch or the last.
    func isAnyAsleep(at now: Int64) -> Bool {
        let epoch = Self.epoch(now)
        return count(epoch) > 0 || count((epoch &- 1) & 0xff_ffff) > 0
    }

    private static func epoch(_ now: Int64) -> UInt32 { UInt32(truncatingIfNeeded: now >> epochShift) & 0xff_ffff }

    private func word(_ epoch: UInt32) -> UnsafeMutablePointer<Atomic<UInt32>> { unsafe words + Int(epoch & 1) }

    private func count(_ epoch: UInt32) -> UInt32 {
        let seen = unsafe word(epoch).pointee.load(ordering: .acquiring)
        return seen >> 8 == epoch ? seen & Self.countMask : 0
    }

    @inline(__always)
    private func change(_ epoch: UInt32, _ next: (UInt32) -> UInt32) {
        let word = unsafe word(epoch)
        var seen = unsafe word.pointee.load(ordering: .relaxed)
        while true {
            let changed = unsafe word.pointee.compareExchange(
                expected: seen, desired: next(seen), ordering: .acquiringAndReleasing)
            if changed.exchanged { return }
            seen = changed.original
        }
    }
}
