public import ShmCore
public import ShmHarness

/// The result of a lock's crash test.
public struct CrashResult: Sendable {
    /// The lock whose users the test kills.
    public let lock: LockKind
    /// The tally of each path, in the order of the tests.
    public var paths: [(path: CrashPath, tally: CrashTally)] = []
    /// Whether every path was tested to its end.
    public var isComplete = false
    /// Start of the test, in seconds since 1970.
    public let startedAt: Int
    /// From a kill to the next acquisition by another process, in ns, over all paths.
    public internal(set) var recovery = TimeDistribution()
    /// The sum over all paths, of a results file, which has no tallies of paths but their instructions.
    package var recordedTotal: CrashTally?
    /// Kills that were discarded because processes stood still meanwhile; each was repeated.
    public var discarded = 0
    /// Duration of the test, in ns.
    public var duration: UInt64 = 0

    /// Creates an empty result.
    public init(lock: LockKind, startedAt: Int = 0) {
        self.lock = lock
        self.startedAt = startedAt
    }

    /// The sum over all paths.
    public var total: CrashTally {
        recordedTotal ?? paths.reduce(into: CrashTally()) { $0.add($1.tally) }
    }

    /// Why a path was not tested that was not asked for.
    package static let leftOut = "left out by --paths"

    /// Paths that were not tested, and why.
    ///
    /// - Parameter requested: the paths of the test.
    public func left(of requested: [CrashPath]) -> [(path: CrashPath, reason: String)] {
        // Few locks change their mode.
        CrashPath.allCases.filter { path in
            !paths.contains { $0.path == path } && (!path.isOfModes || path.obstacle(lock.properties) == nil)
        }.map { path in
            if !requested.contains(path) { return (path, Self.leftOut) }
            return (path, path.obstacle(lock.properties) ?? "the test ended first")
        }
    }

    /// The verdict on the lock's promises.
    public var verdict: CrashVerdict { CrashVerdict(lock.properties, total, isComplete: isComplete) }

    /// The verdict, in up to three words.
    public var words: String { total.kills == 0 ? "not tried" : verdict.words }

    /// Whether the test was completed, or ended early with a finding.
    public var isKnown: Bool { total.kills > 0 && verdict != .unfinished }

    /// Broken promises, a line each; the first few.
    public var breaches: [String] {
        switch verdict {
        case .brokenPromise: total.findings
        case .corrupts: total.corruptionFindings
        default: []
        }
    }
}

/// A tally of kills.
public struct CrashTally: Sendable, Equatable {
    /// Instructions before which a target was killed; each is counted once.
    public var instructions = 0
    /// Targets killed: at every instruction, asleep, and after the end of the region.
    public var kills = 0
    /// Acquisitions to which the lock reported the previous owner's death.
    public var ownerDeaths: UInt64 = 0
    /// Kills after which a process waited for the lock forever.
    public var hangs = 0
    /// Those of the hangs in which no owner died: a wait with a deadline did not return.
    public var missedDeadlines = 0
    /// Kills after which the data, or what the lock reported, were wrong.
    public var corruptions = 0
    /// The longest time from a kill to the next acquisition by another process, in ns.
    public var slowestRecovery: UInt64?
    /// The first few hangs and corruptions, a line each.
    public var findings: [String] = []
    /// The first few corruptions only: the hangs before them may be expected of the lock.
    public var corruptionFindings: [String] = []

    /// Creates an empty tally.
    public init() {}

    /// More findings than these add nothing new.
    static let findingLimit = 5

    mutating func add(_ other: CrashTally) {
        instructions += other.instructions
        kills += other.kills
        ownerDeaths += other.ownerDeaths
        hangs += other.hangs
        missedDeadlines += other.missedDeadlines
        corruptions += other.corruptions
        slowestRecovery = [slowestRecovery, other.slowestRecovery].compactMap { $0 }.max()
        findings = Array((findings + other.findings).prefix(Self.findingLimit))
        corruptionFindings = Array((corruptionFindings + other.corruptionFindings).prefix(Self.findingLimit))
    }
}
