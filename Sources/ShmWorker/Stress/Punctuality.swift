internal import Glibc
internal import ShmHarness

/// Tells a call that came back too late from a process that got no CPU: late is only what overran by far, several times in
/// a row, while a plain sleep did not.
struct Punctuality {
    private static let grace: UInt64 = 250_000_000
    private static let enough = 3
    private static let sleep: UInt32 = 10_000

    private var inARow = 0

    /// A call that was to be back at such a time is back. Not to be called by the lock's owner, since it may sleep.
    /// Returns by how much it is late, ns, once that is beyond doubt.
    mutating func isLate(due: UInt64, back: UInt64) -> UInt64? {
        guard back > due, back - due > Self.grace else {
            inARow = 0
            return nil
        }
        let before = Clock.now()
        usleep(Self.sleep)
        let overrun = Clock.now() - before - UInt64(Self.sleep) * 1_000
        inARow = overrun < (back - due) / 8 ? inARow + 1 : 0
        return inARow >= Self.enough ? back - due : nil
    }
}
