internal import Synchronization

/// The number of waiters that sleep on a lock's word: a count in shared memory that expires entries of dead waiters.
///
/// A sleeper is counted for one epoch of 67 ms; it removes itself when it wakes. It wakes every 50 ms and adds itself
/// again, so the count includes it in its epoch and the next. A sleeper that was killed drops out after that.
///
/// There are two words, one for even epochs and one for odd epochs: the epoch in the high 24 bits, a count in the low
/// 8, which saturates at 255. The words may have any content: a count that is too high costs a system call, and one
/// that is too low delays a sleeper until it checks the word again.
///
/// Memory ordering: adding is a release and comes before the sleeper sets `FUTEX_WAITERS`, which it relies on. Reading
/// the count is an acquire and comes after the load of the word. So a waiter that was woken by an unlock that cleared
/// the mark observes the count.
@safe struct SleeperCount {
    /// A counted sleeper, with the epoch in which it was counted.
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

    /// Removes a sleeper that has woken.
    func remove(_ sleeper: Sleeper) {
        change(sleeper.epoch) {
            let count = $0 & Self.countMask
            return $0 >> 8 == sleeper.epoch && count > 0 && count < Self.countMask ? $0 - 1 : $0
        }
    }

    /// Whether a sleeper was counted in this epoch or the last.
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
