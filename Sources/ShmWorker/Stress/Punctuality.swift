internal import Glibc
internal import ShmHarness

/// Distinguishes a call that returns too late from a process that got no CPU: a call counts as late only if it overran
/// by far, several times in a row, while a plain sleep was punctual.
struct Punctuality {
    private static let grace: UInt64 = 250_000_000
    private static let enough = 3
    private static let sleep: UInt32 = 10_000

    private var inARow = 0

    /// Judges a call that has returned. Returns its delay in ns once it certainly is late. It may sleep, so the owner
    /// of the lock must not call it.
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
