internal import CShm
internal import Synchronization

/// How long a waiter looks at a taken lock before it sleeps: up to about 16 µs, since a sleeper is not woken sooner,
/// and hardly at all where that has not helped.
///
/// It has helped where the lock was taken, or the sleep that followed was short: sections are short. Between two looks it
/// pauses, since every look takes the word's cache line away from the owner; twice as many looks, with pauses half as
/// long, cost empty sections a quarter of their throughput. All participants learn together, in shared memory: where
/// each learned for itself, one that looked long kept the lock from one that had given up.
@safe struct SpinBudget {
    private static var most: UInt32 { 50 }
    private static var fewest: UInt32 { 2 }
    private static var pauses: UInt32 { 8 }
    /// One wait in so many looks as often as can be, to find out whether that helps again.
    private static var probeInterval: UInt32 { 32 }

    /// The low half counts what experience has taken off, the high half counts waits. Whatever it holds, the answer
    /// lies within the bounds.
    private let word: UnsafeMutablePointer<Atomic<UInt32>>

    init(word: UnsafeMutablePointer<Atomic<UInt32>>) { unsafe self.word = word }

    /// How often this wait may look.
    func looks() -> UInt32 {
        let seen = unsafe word.pointee.load(ordering: .relaxed)
        unsafe word.pointee.store(seen &+ 0x1_0000, ordering: .relaxed)
        return (seen >> 16) % Self.probeInterval == 0 ? Self.most : Self.looks(seen)
    }

    /// Looking was worthwhile, or not.
    func learn(worthwhile: Bool) {
        let seen = unsafe word.pointee.load(ordering: .relaxed)
        let looks = Self.looks(seen)
        let next = worthwhile ? min(Self.most, looks * 2) : max(Self.fewest, looks / 2)
        if next != looks { unsafe word.pointee.store(seen & 0xffff_0000 | (Self.most - next), ordering: .relaxed) }
    }

    static func pause() { shm_cpu_relax_for(pauses) }

    private static func looks(_ seen: UInt32) -> UInt32 { most - min(seen & 0xffff, most - fewest) }
}
