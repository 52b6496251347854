public import ShmCore
public import ShmHarness

/// What a lock's crash test came to.
public struct CrashResult: Sendable {
    /// The lock.
    public let lock: LockKind
    /// What each path came to, in the order in which they were tested.
    public var paths: [(path: CrashPath, tally: CrashTally)] = []
    /// Whether every path was tested to its end.
    public var isComplete = false
    /// When it began, seconds since 1970.
    public let startedAt: Int
    /// Kills that do not count, since processes stood still meanwhile; each was done again.
    public var discarded = 0
    /// How long it took, ns.
    public var duration: UInt64 = 0

    /// A test that begins.
    public init(lock: LockKind, startedAt: Int = 0) {
        self.lock = lock
        self.startedAt = startedAt
    }

    /// All paths together.
    public var total: CrashTally { paths.reduce(into: CrashTally()) { $0.add($1.tally) } }

    /// Paths that were not taken, and why.
    public var left: [(path: CrashPath, reason: String)] {
        CrashPath.allCases.filter { path in !paths.contains { $0.path == path } }.map { path in
            let isOffered = path != .reader || lock.properties.sharesReaders
            return (path, isOffered ? "--paths leaves it out" : "its readers exclude each other")
        }
    }

    /// What it means for the lock's promises.
    public var verdict: CrashVerdict { CrashVerdict(lock.properties, total, isComplete: isComplete) }

    /// The verdict in a word or three.
    public var words: String { total.kills == 0 ? "not tried" : verdict.words }

    /// Whether it came to its end, or to a finding before.
    public var isKnown: Bool { total.kills > 0 && verdict != .unfinished }

    /// What breaks a promise, a line each; the first few.
    public var breaches: [String] {
        switch verdict {
        case .brokenPromise: total.findings
        case .corrupts: total.corruptionFindings
        default: []
        }
    }
}

/// What killing a target again and again came to.
public struct CrashTally: Sendable, Equatable {
    /// Instructions before which a target was killed, each once.
    public var instructions = 0
    /// Targets killed: at every instruction, asleep, and behind the region's end.
    public var kills = 0
    /// Acquisitions to which the lock reported the previous owner's death.
    public var ownerDeaths: UInt64 = 0
    /// Kills after which a process waited for the lock for ever.
    public var hangs = 0
    /// Kills after which something was wrong with the data, or with what the lock said.
    public var corruptions = 0
    /// The longest time from a kill to the next acquisition by another process, ns.
    public var slowestRecovery: UInt64?
    /// The first few hangs and corruptions, a line each.
    public var findings: [String] = []
    /// The first few corruptions alone: the hangs before them may be as promised.
    public var corruptionFindings: [String] = []

    /// Nothing yet.
    public init() {}

    /// More findings than these say nothing new.
    static let findingLimit = 5

    mutating func add(_ other: CrashTally) {
        instructions += other.instructions
        kills += other.kills
        ownerDeaths += other.ownerDeaths
        hangs += other.hangs
        corruptions += other.corruptions
        slowestRecovery = [slowestRecovery, other.slowestRecovery].compactMap { $0 }.max()
        findings = Array((findings + other.findings).prefix(Self.findingLimit))
        corruptionFindings = Array((corruptionFindings + other.corruptionFindings).prefix(Self.findingLimit))
    }
}
