internal import ShmCore
internal import ShmHarness

/// What is known about one kill after the survivors have recovered, and what of it contradicts the lock's promises.
struct CrashEvidence: Equatable {
    /// What the target had done to the data when it was killed. It was stopped then, so this is exact.
    enum Section: Equatable {
        /// Nothing.
        case before
        /// Part of its critical section: its owner word was there. With its increments of each counter.
        case within(increments: [UInt64])
        /// The whole section: its owner word had come and gone.
        case behind
    }

    /// What the target had done to the data.
    var section: Section
    /// The target certainly held the lock: it was inside the section, or had taken the lock before and not ended the
    /// section.
    var heldForCertain: Bool
    /// The target certainly did not hold the lock: it had not begun, had finished, or another process held the lock.
    var freeForCertain: Bool
    /// By how much each counter exceeds the survivors' own increments.
    var surplus: [UInt64]
    /// Acquisitions to which the lock reported the previous owner's death.
    var reportedDeaths: UInt64
    /// How many of the reports may be those of a second process that was killed: one that held the lock is reported, one
    /// that waited need not be.
    var otherDeaths: ClosedRange<UInt64> = 0...0
    /// Sections in which a process, the target included, found traces of another one.
    var overlaps: UInt64
    /// Errnos of failed locks.
    var failures: [Int32]

    /// What contradicts the lock's promises, a few words each; empty if nothing does.
    func corruptions(of lock: LockProperties) -> [String] {
        var found: [String] = []
        if overlaps > 0 { found.append("\(counted(overlaps, "section")) met another owner's traces") }
        if !surplusIsRight {
            let left = surplus.map { "\(Int64(bitPattern: $0))" }.joined(separator: ", ")
            found.append("the target's death left the counters at \(left)")
        }
        let most = otherDeaths.upperBound + (freeForCertain ? 0 : 1)
        let fewest = otherDeaths.lowerBound + (heldForCertain ? 1 : 0)
        if reportedDeaths > most && freeForCertain {
            found.append("a death was reported, but the target did not hold the lock")
        } else if reportedDeaths > most {
            found.append("\(most > 1 ? "two deaths were" : "the death was") reported \(reportedDeaths) times")
        }
        if reportedDeaths < fewest && lock.ownerDeath == .reported {
            found.append("the owner's death was not reported")
        }
        for failure in failures { found.append("the lock failed with errno \(failure)") }
        return found
    }

    /// The half-written update of the dead owner remains, and nothing else may differ.
    private var surplusIsRight: Bool {
        switch section {
        case .before: surplus.allSatisfy { $0 == 0 }
        case .within(let increments): surplus == increments
        case .behind: surplus.allSatisfy { $0 == 1 }
        }
    }
}
