public import ShmCore

/// The verdict of a crash test on a lock's promises.
public enum CrashVerdict: Sendable, CaseIterable {
    /// It promises to survive its owner's death, and did every time.
    case survives
    /// It promises to survive, and a process hung, or something was corrupt.
    case brokenPromise
    /// It does not promise to survive, and hung.
    case hangsAsExpected
    /// It does not promise to survive, and survived every kill.
    case noHangSeen
    /// It promises to exclude, not to survive: two processes were inside at once, or an update was lost.
    case corrupts
    /// The negative control, caught.
    case corruptsAsExpected
    /// The negative control, not caught.
    case notCaught
    /// Interrupted, without a finding so far.
    case unfinished

    /// The verdict on a lock.
    public init(_ lock: LockProperties, _ tally: CrashTally, isComplete: Bool) {
        let isClean = tally.hangs == 0 && tally.corruptions == 0
        switch lock.ownerDeath {
        case .reported where !isClean: self = .brokenPromise
        case .hangs where tally.corruptions > 0: self = .corrupts
        case .hangs where tally.hangs > 0: self = .hangsAsExpected
        case .notApplicable where tally.hangs > 0: self = .brokenPromise
        case .notApplicable where tally.corruptions > 0: self = lock.excludes ? .corrupts : .corruptsAsExpected
        case _ where !isComplete: self = .unfinished
        case .reported: self = .survives
        case .hangs: self = .noHangSeen
        case .notApplicable: self = lock.excludes ? .noHangSeen : .notCaught
        }
    }

    /// Up to three words, for a table.
    public var words: String {
        switch self {
        case .survives: "survives"
        case .brokenPromise: "BROKEN PROMISE"
        case .hangsAsExpected: "hangs (expected)"
        case .noHangSeen: "no hang seen"
        case .corrupts: "CORRUPTS"
        case .corruptsAsExpected: "corrupts (exp.)"
        case .notCaught: "not caught"
        case .unfinished: "unfinished"
        }
    }

    /// Whether the lock keeps its promises.
    public var isAsPromised: Bool { self != .brokenPromise && self != .corrupts }
}
