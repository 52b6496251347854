public import ShmCore

/// The result of one fault on one lock.
public struct StressResult: Sendable {
    /// The verdict of a fault.
    public enum Verdict: Sendable, Equatable {
        /// The others continued, and nothing was lost.
        case survives
        /// The others made no progress while a process was frozen, and continued afterwards.
        case stalls
        /// The lock did not do what it offers: a deadline, its order, its own area.
        case breaks
        /// A process waits forever.
        case hangs
        /// Two processes were inside at once, or a live worker's update was lost.
        case corrupts
        /// It cannot be tried here, with the reason.
        case notApplicable(String)
        /// There was no time for it.
        case untried
    }

    /// The lock under test.
    public let lock: LockKind
    /// The fault that the test injects, once in each episode.
    public let fault: Fault
    /// The number of episodes.
    public package(set) var episodes = 0
    /// Processes that were killed.
    public package(set) var kills = 0
    /// Episodes after which a process hung, or the lock failed.
    public package(set) var hangs = 0
    /// Episodes after which two processes had been inside at once, or a live worker's update was lost.
    public package(set) var corruptions = 0
    /// Episodes in which the others made no progress while a process was frozen.
    public package(set) var stalls = 0
    /// Half-written updates of dead owners, which their successors repaired.
    public package(set) var repaired: UInt64 = 0
    /// Acquisitions to which the lock reported the previous owner's death.
    public package(set) var reportedDeaths: UInt64 = 0
    /// Acquisitions after an owner that died inside to which the lock did not report it.
    public package(set) var unreportedDeaths: UInt64 = 0
    /// Episodes that were discarded because processes stood still meanwhile; each was repeated.
    public package(set) var discarded = 0
    /// Duration of the test, in ns.
    public package(set) var duration: UInt64 = 0
    /// Why it cannot be tried here.
    public package(set) var obstacle: String?
    /// From the fault (a kill, the end of a freeze) to the next acquisition, in ns.
    public package(set) var recovery = TimeDistribution()
    /// From a kill until the process was reaped, in ns: the kernel's own part.
    public package(set) var reaping = TimeDistribution()
    /// What was exercised of the lock meanwhile.
    public package(set) var exercises = ExerciseTally()
    /// Findings, a line each; the first few.
    public package(set) var findings: [String] = []
    /// The first finding of each kind: a finding that is expected of the lock may come before one that is not.
    private(set) var (hang, corruption, wrong): (String?, String?, String?)

    package init(_ lock: LockKind, _ fault: Fault) {
        self.lock = lock
        self.fault = fault
    }

    /// Whether the lock promises to survive the fault.
    public var isPromised: Bool { fault.isPromised(by: lock.properties) }

    /// The most severe outcome of all episodes; ``isAsPromised`` compares it with the lock's promises.
    public var verdict: Verdict {
        if let obstacle { return .notApplicable(obstacle) }
        if episodes == 0 { return .untried }
        if corruptions > 0 { return .corrupts }
        // The user of a lock that promises to report deaths takes half-written data for whole if one is not reported.
        if unreportedDeaths > 0 && lock.properties.survivesOwnerDeath { return .corrupts }
        if hangs > 0 { return .hangs }
        if exercises.breaches > 0 { return .breaks }
        return stalls > 0 ? .stalls : .survives
    }

    /// Whether the verdict is in keeping with the lock's promises. A lock that excludes must always exclude.
    public var isAsPromised: Bool {
        switch verdict {
        case .survives, .stalls, .notApplicable, .untried: true
        case .hangs: !isPromised && (exercises.breaches == 0 || !lock.properties.excludes)
        case .corrupts, .breaks: !lock.properties.excludes
        }
    }

    /// Whether there was an episode.
    public var wasTried: Bool { episodes > 0 }

    /// The broken promise, in words; `nil` if there is none.
    public var breach: String? {
        if isAsPromised { return nil }
        if verdict == .hangs && !isPromised || verdict == .breaks { return wrong ?? "it does not do what it offers" }
        if verdict == .hangs { return hang ?? "a process waits for ever" }
        let findings = [wrong, corruption].compactMap { $0 }
        if findings.isEmpty { return "an owner's death was not reported to the next owner" }
        return findings.joined(separator: "; ")
    }

    mutating func noteHang(_ finding: String) {
        hang = hang ?? finding
        note(finding)
    }

    mutating func noteBreach(_ exercise: Exercise, _ finding: String) {
        wrong = wrong ?? finding
        exercises.breach(exercise)
        note(finding)
    }

    mutating func noteCorruption(_ finding: String) {
        corruption = corruption ?? finding
        note(finding)
    }

    mutating func note(_ finding: String) { if findings.count < 8 { findings.append(finding) } }

    /// Takes the finding of a results file for what explains the verdict.
    package mutating func recall(_ finding: String) {
        if finding.isEmpty { return }
        switch verdict {
        case .corrupts: corruption = finding
        case .hangs: (hang, wrong) = (finding, finding)
        case .breaks: wrong = finding
        case .survives, .stalls, .notApplicable, .untried: break
        }
        note(finding)
    }

    /// Adds the result of a later pass.
    public mutating func add(_ other: StressResult) {
        episodes += other.episodes
        kills += other.kills
        hangs += other.hangs
        corruptions += other.corruptions
        stalls += other.stalls
        repaired += other.repaired
        reportedDeaths += other.reportedDeaths
        unreportedDeaths += other.unreportedDeaths
        discarded += other.discarded
        duration += other.duration
        obstacle = obstacle ?? other.obstacle
        hang = hang ?? other.hang
        corruption = corruption ?? other.corruption
        wrong = wrong ?? other.wrong
        exercises.add(other.exercises)
        recovery.add(other.recovery)
        reaping.add(other.reaping)
        for finding in other.findings { note(finding) }
    }
}
