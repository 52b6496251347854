internal import CShm
internal import Synchronization

/// How long a waiter spins on a taken lock before it sleeps: up to about 16 µs, since a sleeper is not woken sooner,
/// and hardly at all where that has not helped.
///
/// It has helped where the lock was taken, or the sleep that followed was short: sections are short. Between two
/// iterations it pauses, since each reads the word and takes its cache line away from the owner; twice as many, with
/// pauses half as long, cost empty sections a quarter of their throughput. All participants learn together, in shared
/// memory: where each learned for itself, one that spun long kept the lock from one that had given up.
@safe struct SpinLimit {
    private static var most: UInt32 { 50 }
    private static var fewest: UInt32 { 2 }
    private static var pauses: UInt32 { 8 }
    /// One wait in so many spins to the limit, to find out whether that helps again.
    private static var probeInterval: UInt32 { 32 }

    /// The low half counts what experience has taken off, the high half counts waits. With any content, the answer lies
    /// within the bounds.
    private let word: UnsafeMutablePointer<Atomic<UInt32>>

    init(word: UnsafeMutablePointer<Atomic<UInt32>>) { unsafe self.word = word }

    /// The spin iterations of this wait.
    func iterations() -> UInt32 {
        let seen = unsafe word.pointee.load(ordering: .relaxed)
        unsafe word.pointee.store(seen &+ 0x1_0000, ordering: .relaxed)
        return (seen >> 16) % Self.probeInterval == 0 ? Self.most : Self.iterations(seen)
    }

    /// Spinning was worthwhile, or not.
    func learn(worthwhile: Bool) {
        let seen = unsafe word.pointee.load(ordering: .relaxed)
        let iterations = Self.iterations(seen)
        let next = worthwhile ? min(Self.most, iterations * 2) : max(Self.fewest, iterations / 2)
        if next != iterations { unsafe word.pointee.store(seen & 0xffff_0000 | (Self.most - next), ordering: .relaxed) }
    }

    static func pause() { shm_cpu_relax_for(pauses) }

    private static func iterations(_ seen: UInt32) -> UInt32 { most - min(seen & 0xffff, most - fewest) }
}
