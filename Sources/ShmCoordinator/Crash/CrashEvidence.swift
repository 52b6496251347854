internal import ShmCore
internal import ShmHarness

/// What is known of one kill after the survivors went on; tells what about it is wrong.
struct CrashEvidence: Equatable {
    /// What the target had done to the data when it was killed. It stood still then, so this is exact.
    enum Section: Equatable {
        /// Nothing.
        case before
        /// Its owner word was there: it was in the middle of the section. Each counter's increments by it.
        case within(increments: [UInt64])
        /// All: its owner word had come and gone.
        case behind
    }

    /// What the target had done to the data.
    var section: Section
    /// It held the lock for certain: it was inside the section, or took the lock before and had not ended the section.
    var heldForCertain: Bool
    /// It did not hold the lock for certain: it had not begun, was done, or another process was holding the lock.
    var freeForCertain: Bool
    /// By how much each counter exceeds what the survivors themselves have added.
    var surplus: [UInt64]
    /// Acquisitions to which the lock reported the previous owner's death.
    var reportedDeaths: UInt64
    /// Sections in which a process met another's traces, the target's own included.
    var overlaps: UInt64
    /// Errnos of locks that failed.
    var failures: [Int32]

    /// What contradicts the lock's promises, a few words each; none is as it should be.
    func corruptions(of lock: LockProperties) -> [String] {
        var found: [String] = []
        if overlaps > 0 { found.append("\(overlaps) sections met another owner's traces") }
        if !surplusIsRight {
            let left = surplus.map { "\(Int64(bitPattern: $0))" }.joined(separator: ", ")
            found.append("the target's death left the counters at \(left)")
        }
        if reportedDeaths > 1 { found.append("the death was reported \(reportedDeaths) times") }
        if reportedDeaths > 0 && freeForCertain {
            found.append("a death was reported, but the target did not hold the lock")
        }
        if reportedDeaths == 0 && heldForCertain && lock.ownerDeath == .reported {
            found.append("the owner's death was not reported")
        }
        for failure in failures { found.append("the lock failed with errno \(failure)") }
        return found
    }

    /// A half-written update of the dead owner stays, and nothing else may differ.
    private var surplusIsRight: Bool {
        switch section {
        case .before: surplus.allSatisfy { $0 == 0 }
        case .within(let increments): surplus == increments
        case .behind: surplus.allSatisfy { $0 == 1 }
        }
    }
}
