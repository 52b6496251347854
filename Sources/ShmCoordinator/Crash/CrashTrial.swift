internal import Glibc
internal import ShmCore
internal import ShmHarness

/// One target: led to a point of its path, killed there; then the survivors must go on.
struct CrashTrial {
    /// What a trial came to.
    struct Report {
        /// The region was over before the point was reached; the target was killed behind it.
        var reachedEnd = false
        /// After how many instructions a system call followed in which the target slept, each time that it did while
        /// another process held the lock.
        var sleeps: [Int] = []
        /// What waits for ever, in words.
        var hang: String?
        /// What is wrong otherwise.
        var corruptions: [String] = []
        /// Acquisitions to which the lock reported the previous owner's death.
        var ownerDeaths: UInt64 = 0
        /// From the kill to the next acquisition, ns.
        var recovery: UInt64?
        /// Where the target was killed, in words.
        var place = ""
        /// The target had come into its critical section.
        var entered = false
        /// Instructions of the region that the target executed.
        var steps = 0
    }

    let scene: CrashScene
    let path: CrashPath
    /// The target is killed when it has executed so many instructions of the region.
    let instructions: Int
    /// It is killed in its sleep, should the next instruction be a system call in which it sleeps.
    var asleep = false
    let patience: CrashPatience
    /// A waiter that spins never sleeps: the holder releases after so many of its instructions.
    let spinLimit: Int

    func run() throws(RoundFailure) -> Report {
        scene.arena.clearTarget()
        let (deathsBefore, overlapsBefore) = (reportedDeaths(), overlaps())
        let target = Tracee(try scene.startTarget(on: path))
        var report = Report()
        report.place = "\(path), before instruction \(instructions)"
        // It takes the lock on its way, which the trial before may have left in a bad state.
        guard try arrives(target) else {
            report.hang = "the next process did not get the lock: " + ProcessState.description(of: target.process.pid)
            return report
        }
        let holder = path.beginsHeld ? 0 : nil
        if let holder {
            scene.order(.hold, holder)
            guard try scene.awaitHolding(holder, patience) else {
                report.hang = "a live process did not get the lock before the target began"
                return report
            }
        } else if path == .holder {
            for survivor in 0..<scene.survivors { scene.order(.pass, survivor) }
            try scene.awaitAsleep()
        }
        try approach(target)
        var isHeldByOther = holder != nil
        report.hang = try lead(target, &report, &isHeldByOther)
        if report.hang != nil { return report }

        let barges = path == .barger && !isHeldByOther
        if barges { isHeldByOther = try barge() }
        var evidence = evidence(report, isHeldByOther: isHeldByOther)
        report.place = place(evidence, report)
        let killedAt = Clock.now()
        target.kill()
        report.hang = try barges ? recoverFromBarger() : recover(isHeldByOther: isHeldByOther)
        target.process.end()
        report.recovery = scene.firstAcquisition(after: killedAt).map { $0 - killedAt }
        report.ownerDeaths = reportedDeaths() - deathsBefore
        evidence.reportedDeaths = report.ownerDeaths
        evidence.overlaps = overlaps() - overlapsBefore
        evidence.failures = scene.failures
        evidence.surplus = scene.surplus()
        if let damage = scene.damage { report.corruptions.append(damage) }
        // Where somebody waits for ever, the others' evidence is half a story.
        if report.hang == nil {
            report.corruptions += evidence.corruptions(of: scene.lock.properties)
            for index in scene.inherited.indices { scene.inherited[index] &+= evidence.surplus[index] }
        }
        return report
    }
}
