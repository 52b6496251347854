internal import Glibc
internal import ShmCore
internal import ShmHarness

/// One trial: a target is stepped to a point of its path and killed there; then the survivors must recover.
struct CrashTrial {
    /// The result of a trial.
    struct Outcome {
        /// The region ended before the point; the target was killed after it.
        var reachedEnd = false
        /// The numbers of instructions after which a system call followed in which the target slept while another
        /// process held the lock.
        var sleeps: [Int] = []
        /// What hangs, in words.
        var hang: String?
        /// Whether the target hangs because a wait does not end at its deadline.
        var missesDeadline = false
        /// What is wrong otherwise, in words.
        var corruptions: [String] = []
        /// Acquisitions to which the lock reported the previous owner's death.
        var ownerDeaths: UInt64 = 0
        /// From the kill to the next acquisition, in ns.
        var recovery: UInt64?
        /// Where the target was killed, in words.
        var place = ""
        /// Whether the target had entered its critical section.
        var entered = false
        /// Instructions of the region that the target executed.
        var steps = 0
        /// System calls among them, if they are counted.
        var systemCalls = 0
        /// The second process to be killed took the lock first, and the trial must be repeated.
        var isVoid = false
    }

    let scene: CrashScene
    let path: CrashPath
    /// The number of instructions of the region after which the target is killed.
    let instructions: Int
    /// Whether it is killed asleep, if the next instruction is a system call in which it sleeps.
    var asleep = false
    let patience: CrashPatience
    /// The number of instructions after which the holder releases the lock for a target that spins, and never sleeps.
    let spinLimit: Int
    /// Whether system calls are counted, which takes two more calls of `ptrace(2)` for each instruction.
    var countsCalls = false

    func run() throws(RoundFailure) -> Outcome {
        scene.arena.clearTarget()
        let (deathsBefore, overlapsBefore) = (reportedDeaths(), overlaps())
        let target = Tracee(try scene.startTarget(on: path))
        var outcome = Outcome()
        outcome.place = "\(path), before instruction \(instructions)"
        // The target takes the lock on its way; the trial before may have left the lock in a broken state.
        guard try arrives(target) else {
            outcome.hang = "the next process did not get the lock: " + ProcessState.description(of: target.process.pid)
            return outcome
        }
        if path == .endContended { try contend() }
        let holder = path.beginsHeld ? 0 : nil
        if let holder {
            scene.order(path.revokesHolder ? .own : .hold, holder)
            guard try scene.awaitHolding(holder, patience) else {
                outcome.hang = "a live process did not get the lock before the target began"
                return outcome
            }
        } else if path.targetHolds {
            // The first that comes revokes a bias.
            scene.order(.pass, 0)
            if path.killsRevoker { _ = try scene.awaitHoldingOrAsleep(0) }
            for survivor in 1..<max(scene.survivors, 1) { scene.order(.pass, survivor) }
            try scene.awaitAsleep()
        }
        try approach(target)
        var isHeldByOther = holder != nil
        outcome.hang = try lead(target, &outcome, &isHeldByOther)
        if outcome.hang != nil { return outcome }

        let barges = path == .barger && !isHeldByOther
        if barges { isHeldByOther = try barge() }
        var evidence = evidence(outcome, isHeldByOther: isHeldByOther)
        outcome.place = place(evidence, outcome)
        if path.killsRevoker {
            evidence.otherDeaths = try killRevoker(&outcome)
            if outcome.isVoid { return outcome }
        } else if path.killsHolder {
            evidence.otherDeaths = 1...1
        }
        let killedAt = Clock.now()
        target.kill()
        outcome.hang = try barges ? recoverFromBarger() : recover(isHeldByOther: isHeldByOther)
        target.process.end()
        outcome.recovery = scene.firstAcquisition(after: killedAt).map { $0 - killedAt }
        outcome.ownerDeaths = reportedDeaths() - deathsBefore
        evidence.reportedDeaths = outcome.ownerDeaths
        evidence.overlaps = overlaps() - overlapsBefore
        evidence.failures = scene.failures
        evidence.surplus = scene.surplus()
        if let damage = scene.damage { outcome.corruptions.append(damage) }
        // While a process hangs, the evidence of the others is incomplete.
        if outcome.hang == nil {
            outcome.corruptions += evidence.corruptions(of: scene.lock.properties)
            for index in scene.inherited.indices { scene.inherited[index] &+= evidence.surplus[index] }
        }
        return outcome
    }
}
