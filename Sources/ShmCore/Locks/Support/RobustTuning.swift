internal import Glibc

/// When a ``RobustFutexLock`` changes its mode. Environment variables change the values, for tests that must see every
/// mode.
///
/// All values are read together, before a thread first locks: reading them allocates.
struct RobustTuning {
    static let current = RobustTuning()

    /// The shortest and the longest run of acquisitions without a wait after which a thread asks for the bias. To
    /// revoke it takes up to about 50 µs, so a run must save more.
    let shortestRun = number("SHM_ROBUST_RUN", 16_384)
    let longestRun: Int32
    /// A bias that lasted for less, in ns, was not worth its revocation: the next run must be twice as long.
    let worthwhileBias: Int64 = 5_000_000
    /// Contended mode ends when no waiter has slept for this long, in ns. The next waiter that sleeps pays for a
    /// `membarrier(2)`, which is then at most a hundredth of the time.
    let quietAfter = Int64(number("SHM_ROBUST_QUIET", 5_000_000))
    /// The number of acquisitions in contended mode between two looks at the clock.
    let contendedRun = number("SHM_ROBUST_CONTENDED", 256)
    /// Whether new locks stay in contended mode, as where `membarrier(2)` is missing.
    let isPlain = unsafe getenv("SHM_ROBUST_PLAIN") != nil

    private init() { longestRun = max(shortestRun, 1 << 24) }

    private static func number(_ name: String, _ usual: Int32) -> Int32 {
        guard let text = unsafe getenv(name), let value = UInt32(unsafe String(cString: text)), value > 0 else {
            return usual
        }
        return Int32(clamping: value)
    }
}
