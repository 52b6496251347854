internal import CShm
internal import Synchronization

/// How long a waiter spins on a taken lock before it sleeps: up to about 16 µs, because a wake-up takes as long, and
/// hardly at all if spinning has not helped.
///
/// Spinning helped if the waiter then took the lock, or if the sleep that followed was short: critical sections are
/// short. The waiter pauses between two iterations, because each iteration reads the word and takes its cache line away
/// from the owner. Twice as many iterations with pauses half as long cost empty sections a quarter of their throughput.
/// All participants learn one limit in shared memory: when each learned its own, a participant that spun long kept the
/// lock from one that had given up.
@safe struct SpinLimit {
    /// About 16 µs, which is as long as a wake-up takes.
    static var most: UInt32 { 50 }
    private static var fewest: UInt32 { 2 }
    private static var pauses: UInt32 { 8 }
    /// One wait in this many spins up to the maximum, to find out whether spinning helps again.
    private static var probeInterval: UInt32 { 32 }

    /// The low half is how far the limit is below the maximum, the high half counts waits. Any content gives a limit
    /// within the bounds.
    private let word: UnsafeMutablePointer<Atomic<UInt32>>

    init(word: UnsafeMutablePointer<Atomic<UInt32>>) { unsafe self.word = word }

    /// The number of spin iterations for this wait.
    func iterations() -> UInt32 {
        let seen = unsafe word.pointee.load(ordering: .relaxed)
        unsafe word.pointee.store(seen &+ 0x1_0000, ordering: .relaxed)
        return (seen >> 16) % Self.probeInterval == 0 ? Self.most : Self.iterations(seen)
    }

    /// Doubles the limit if spinning was worthwhile, and halves it otherwise.
    func learn(worthwhile: Bool) {
        let seen = unsafe word.pointee.load(ordering: .relaxed)
        let iterations = Self.iterations(seen)
        let next = worthwhile ? min(Self.most, iterations * 2) : max(Self.fewest, iterations / 2)
        if next != iterations { unsafe word.pointee.store(seen & 0xffff_0000 | (Self.most - next), ordering: .relaxed) }
    }

    static func pause() { shm_cpu_relax_for(pauses) }

    private static func iterations(_ seen: UInt32) -> UInt32 { most - min(seen & 0xffff, most - fewest) }
}
