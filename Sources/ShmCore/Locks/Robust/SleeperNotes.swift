internal import Synchronization

/// Whether anybody sleeps on a lock's word: a count, in shared memory, that forgets the dead.
///
/// A sleeper notes itself for an epoch of 67 ms and erases the note when it wakes. It looks again every 50 ms and
/// notes itself anew, so that a note counts in its epoch and the next, and that of a sleeper that was killed is soon
/// worth nothing.
///
/// Two words, one for even epochs, one for odd: the epoch in the high 24 bits, a count in the low 8, which stays at 255
/// when it gets there. Whatever they hold: a note too many costs a system call, a note too few costs a sleeper
/// the time until it looks again.
///
/// Memory ordering: a note is a release, made before the word's `FUTEX_WAITERS` that its sleeper relies on; to look for notes
/// is an acquire, after the word. So whoever was woken in an unlock that took that mark away finds the note.
@safe struct SleeperNotes {
    /// A note: the epoch that it counts in.
    struct Note {
        fileprivate let epoch: UInt32
    }

    private static var epochShift: Int64 { 26 }
    private static var countMask: UInt32 { 0xff }

    private let words: UnsafeMutablePointer<Atomic<UInt32>>

    init(words: UnsafeMutablePointer<Atomic<UInt32>>) { unsafe self.words = words }

    /// Notes a sleeper.
    ///
    /// - Parameter now: in ns on `CLOCK_MONOTONIC`.
    func note(at now: Int64) -> Note {
        let epoch = Self.epoch(now)
        change(epoch) { $0 >> 8 != epoch ? epoch << 8 | 1 : $0 & Self.countMask < Self.countMask ? $0 + 1 : $0 }
        return Note(epoch: epoch)
    }

    /// The sleeper has woken.
    func erase(_ note: Note) {
        change(note.epoch) {
            let count = $0 & Self.countMask
            return $0 >> 8 == note.epoch && count > 0 && count < Self.countMask ? $0 - 1 : $0
        }
    }

    /// Whether there is a note of this epoch or the last.
    func isAnyone(at now: Int64) -> Bool {
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
