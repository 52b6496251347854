public import ShmCore

/// The circumstances under which a target passes through lock, critical section and unlock, and is killed.
public enum CrashPath: UInt32, Sendable, CaseIterable, CustomStringConvertible {
    /// No other process uses the lock.
    case uncontended = 0
    /// Another process holds the lock. It releases the lock once the target sleeps; by then others sleep behind the
    /// target.
    case waiter = 1
    /// The target already holds the lock, and the others sleep waiting for it: critical section and unlock only.
    case holder = 2
    /// As ``waiter``, but just before the kill the process that released the lock asks for it again. If the target has
    /// been woken and has not taken the lock yet, that process barges in and holds the lock while the target dies: the
    /// wake-up dies with the target, and the barger may not know that others sleep.
    case barger = 4
    /// As ``uncontended``, but the target has never used the lock before.
    case firstUse = 3
    /// As ``uncontended``, by `tryLock`.
    case attempt = 5
    /// As ``uncontended``, with a distant deadline.
    case timed = 6
    /// As ``waiter``, with a distant deadline.
    case timedWaiter = 7
    /// Another process holds the lock until the target is dead: the target's deadline passes, and it returns without
    /// the lock.
    case expiring = 8
    /// As ``uncontended``, in a read-only section; for locks that readers share.
    case reader = 9
    /// As ``uncontended``, in quiet mode; this and the paths below are for locks that change their mode.
    case quiet = 10
    /// As ``waiter``, from quiet mode: the target begins contended mode.
    case beginContended = 11
    /// As ``uncontended``; the target's acquisition ends contended mode.
    case endContended = 12
    /// As ``uncontended``, by a target that has the bias.
    case biased = 13
    /// As ``holder``, by a target that has the bias, which one of the others revokes.
    case revoked = 14
    /// As ``waiter``; the target revokes the bias of the process that holds the lock.
    case revoker = 15
    /// Two deaths: as ``waiter``, but the process that holds the lock is killed where it would release it. A target that
    /// is killed earlier dies first.
    case waiterOwner = 16
    /// Two deaths: as ``revoker``, and the process that has the bias is killed where it would release the lock.
    case revokerOwner = 17
    /// Two deaths: as ``revoked``, and the process that revokes the bias is killed just before the target.
    case revokedRevoker = 18

    /// The name, as users write it.
    public var name: String {
        switch self {
        case .uncontended: "uncontended"
        case .waiter: "waiter"
        case .holder: "holder"
        case .barger: "barger"
        case .firstUse: "first-use"
        case .attempt: "try"
        case .timed: "timed"
        case .timedWaiter: "timed-waiter"
        case .expiring: "expiring"
        case .reader: "reader"
        case .quiet: "quiet"
        case .beginContended: "begin-contended"
        case .endContended: "end-contended"
        case .biased: "biased"
        case .revoked: "revoked"
        case .revoker: "revoker"
        case .waiterOwner: "waiter-owner"
        case .revokerOwner: "revoker-owner"
        case .revokedRevoker: "revoked-revoker"
        }
    }

    /// The path with that name.
    public init?(named name: String) {
        guard let found = Self.allCases.first(where: { $0.name == name }) else { return nil }
        self = found
    }

    /// The name of the path.
    public var description: String { name }

    /// Whether the target takes and releases the lock once beforehand, so that its first-use set-up is not part of the
    /// path.
    public var warmsUp: Bool { self != .firstUse }

    /// Whether the others wait for the lock while the target runs.
    public var hasWaiters: Bool { targetHolds || beginsHeld }

    /// Whether the target holds the lock when its path begins.
    public var targetHolds: Bool { self == .holder || self == .revoked || self == .revokedRevoker }

    /// Whether another process holds the lock when the target starts.
    public var beginsHeld: Bool {
        switch self {
        case .waiter, .barger, .timedWaiter, .expiring, .beginContended, .revoker, .waiterOwner, .revokerOwner: true
        default: false
        }
    }

    /// Whether the path is one of a lock that changes its mode.
    public var isOfModes: Bool {
        switch self {
        case .quiet, .beginContended, .endContended, .biased, .revoked, .revoker, .revokerOwner, .revokedRevoker: true
        default: false
        }
    }

    /// Whether the bias of a process is revoked that holds the lock when the target starts.
    public var revokesHolder: Bool { self == .revoker || self == .revokerOwner }

    /// Whether the process that holds the lock when the target starts is killed, and never releases it.
    public var killsHolder: Bool { self == .waiterOwner || self == .revokerOwner }

    /// Whether the process that revokes the target's bias is killed as well.
    public var killsRevoker: Bool { self == .revokedRevoker }

    /// Why a lock does not have the path; `nil` if it has.
    public func obstacle(_ lock: LockProperties) -> String? {
        if isOfModes { return lock.changesModes ? nil : "it does not change its mode" }
        switch self {
        case .reader: return lock.sharesReaders ? nil : "its readers exclude each other"
        case .waiterOwner: return lock.survivesOwnerDeath ? nil : "it does not survive its owner's death"
        default: return nil
        }
    }

    /// Whether that process holds the lock until the target is dead.
    public var staysHeld: Bool { self == .expiring }
}
