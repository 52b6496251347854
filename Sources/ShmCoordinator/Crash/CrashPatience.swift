internal import ShmCore

/// How long a process may wait for a lock that is no longer held, before that counts as a hang.
struct CrashPatience: Equatable {
    /// In whatever state it is, ns.
    var nanoseconds: UInt64
    /// While it sleeps, ns.
    var nanosecondsAsleep: UInt64

    /// Both limits, from now on.
    func begin() -> (any: Patience, asleep: Patience) {
        (.after(nanoseconds: Int64(nanoseconds)), .after(nanoseconds: Int64(nanosecondsAsleep)))
    }

    /// 2 s in every state.
    static let full = CrashPatience(nanoseconds: 2_000_000_000, nanosecondsAsleep: 2_000_000_000)
    /// 25 ms asleep: what a lock gets that has hung before. All who could wake the sleeper sleep too by then, or are
    /// idle, so waiting longer would show nothing but that again, at hundreds of places. Those that spin never sleep: a
    /// lock that promises nothing, and has hung before, is given 50 ms.
    static func short(for lock: LockProperties) -> CrashPatience {
        CrashPatience(
            nanoseconds: lock.survivesOwnerDeath ? 2_000_000_000 : 50_000_000, nanosecondsAsleep: 25_000_000)
    }
    /// Hangs that a lock that promises to survive is given the full time for. One that promises nothing needs to show
    /// once that it hangs.
    static let provingHangs = 5
}
