public import SystemPackage

/// The result of an attempt to take a lock.
///
/// After `acquired` and after `ownerDied` the caller holds the lock and must release it.
@_spi(Bench) public enum LockOutcome: Equatable, Sendable {
    /// The caller holds the lock, and the previous owner released it.
    case acquired

    /// The caller holds the lock, and the previous owner died while it held the lock: the protected data may be
    /// inconsistent.
    case ownerDied

    /// The caller does not hold the lock: another owner held it (`tryLock`), or the deadline passed (`lock(until:)`).
    case busy

    /// The caller does not hold the lock and cannot get it: the lock was removed, or its memory is corrupt.
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
