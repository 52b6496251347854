public import SystemPackage

/// What an attempt to take a lock came to.
///
/// `acquired` and `ownerDied` both mean that the caller now holds the lock and must release it.
@_spi(Bench) public enum LockOutcome: Equatable, Sendable {
    /// The caller holds the lock, and the previous owner released it.
    case acquired

    /// The caller holds the lock, and the previous owner died while holding it: what the lock protects may be
    /// half written.
    case ownerDied

    /// The caller does not hold the lock: it was taken (`tryLock`) or the deadline passed (`lock(until:)`).
    case busy

    /// The caller does not hold the lock and never will: the lock is gone or broken.
    case failed(Errno)

    /// Whether the caller now holds the lock.
    @inlinable
    public var isHeld: Bool {
        switch self {
        case .acquired, .ownerDied: true
        case .busy, .failed: false
        }
    }
}
