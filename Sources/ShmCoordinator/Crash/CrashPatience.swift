internal import ShmCore

/// How long a process may wait for a lock that is no longer held before that counts as a hang.
struct CrashPatience: Equatable {
    /// In any state, in ns.
    var nanoseconds: UInt64
    /// While it sleeps, in ns.
    var nanosecondsAsleep: UInt64

    /// Starts both limits now.
    func begin() -> (any: Patience, asleep: Patience) {
        (.after(nanoseconds: Int64(nanoseconds)), .after(nanoseconds: Int64(nanosecondsAsleep)))
    }

    /// 2 s in every state.
    static let full = CrashPatience(nanoseconds: 2_000_000_000, nanosecondsAsleep: 2_000_000_000)
    /// 25 ms asleep, for a lock that has hung before. By then every process that could wake the sleeper sleeps too or
    /// is idle: waiting longer would only confirm that, at hundreds of points. Spinning waiters never sleep: a lock
    /// that promises nothing, and has hung before, gets 50 ms.
    static func short(for lock: LockProperties) -> CrashPatience {
        CrashPatience(
            nanoseconds: lock.survivesOwnerDeath ? 2_000_000_000 : 50_000_000, nanosecondsAsleep: 25_000_000)
    }
    /// The number of hangs for which a lock that promises to survive gets the full time. A lock that promises nothing
    /// needs to hang once only.
    static let provingHangs = 5
}
