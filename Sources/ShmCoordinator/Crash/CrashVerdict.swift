public import ShmCore

/// What a crash test means for what a lock promises.
public enum CrashVerdict: Sendable, CaseIterable {
    /// It promises to survive its owner's death, and did every time.
    case survives
    /// It promises to survive, and a process waited for ever, or something was corrupt.
    case brokenPromise
    /// It does not promise to survive, and hung.
    case hangsAsExpected
    /// It does not promise to survive, and did in the places where targets were killed.
    case noHangSeen
    /// It does not promise to survive, but to exclude: two were inside, or an update was lost.
    case corrupts
    /// The negative control, caught.
    case corruptsAsExpected
    /// The negative control, not caught.
    case notCaught
    /// Interrupted before its end, with nothing against it until then.
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

    /// A word or three for a table.
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

    /// Whether the lock does what it promises.
    public var isAsPromised: Bool { self != .brokenPromise && self != .corrupts }
}
