internal import Glibc
internal import ShmCore
internal import ShmHarness
internal import Synchronization

/// One victim: led to a point of its path, killed there; then the survivors must go on.
struct CrashTrial {
    /// What a trial came to.
    struct Report {
        /// The region was over before the point was reached; the victim was killed behind it.
        var reachedEnd = false
        /// After how many instructions a system call followed in which the victim slept, each time that it did while
        /// another process held the lock.
        var sleeps: [Int] = []
        /// What waits for ever, in words.
        var hang: String?
        /// What is wrong otherwise.
        var corruptions: [String] = []
        /// Acquisitions that were told that the previous owner died.
        var ownerDeaths: UInt64 = 0
        /// From the kill to the next acquisition, ns.
        var recovery: UInt64?
        /// Where the victim was killed, in words.
        var place = ""
        /// The victim had come into its critical section.
        var entered = false
        /// Instructions of the region that the victim executed.
        var steps = 0
    }

    let scene: CrashScene
    let path: CrashPath
    /// The victim is killed when it has executed so many instructions of the region.
    let instructions: Int
    /// It is killed in its sleep, should the next instruction be a system call in which it sleeps.
    var asleep = false
    let patience: CrashPatience
    /// A waiter that spins never sleeps: the holder releases after so many of its instructions.
    let spinLimit: Int

    /// Instructions between the victim's stop and its region's begin; more than these are a mistake.
    private static let approachLimit = 20_000
    /// A lock that looks at the clock does so more often than this, however slow the machine is.
    private static let patientSteps = 5_000
    private static let overdue = "the victim does not come back at its deadline"

    func run() throws(RoundFailure) -> Report {
        scene.arena.clearVictim()
        let (toldBefore, overlapsBefore) = (told(), overlaps())
        let victim = Tracee(try scene.startVictim(on: path))
        var report = Report()
        report.place = "\(path), before instruction \(instructions)"
        // It takes the lock on its way, which the trial before may have left in a bad state.
        guard try arrives(victim) else {
            report.hang = "the next process did not get the lock: " + ProcessState.description(of: victim.process.pid)
            return report
        }
        let holder = path.beginsHeld ? 0 : nil
        if let holder {
            scene.order(.hold, holder)
            guard try scene.awaitHolding(holder, patience) else {
                report.hang = "a live process did not get the lock before the victim began"
                return report
            }
        } else if path == .holder {
            for survivor in 0..<scene.survivors { scene.order(.pass, survivor) }
            try scene.awaitAsleep()
        }
        try approach(victim)
        var isHeldByOther = holder != nil
        report.hang = try lead(victim, &report, &isHeldByOther)
        if report.hang != nil { return report }

        let barges = path == .barger && !isHeldByOther
        if barges { isHeldByOther = try barge() }
        var evidence = evidence(report, isHeldByOther: isHeldByOther)
        report.place = place(evidence, report)
        let killedAt = Clock.now()
        victim.kill()
        report.hang = try barges ? recoverFromBarger() : recover(isHeldByOther: isHeldByOther)
        victim.process.end()
        report.recovery = scene.firstAcquisition(after: killedAt).map { $0 - killedAt }
        report.ownerDeaths = told() - toldBefore
        evidence.told = report.ownerDeaths
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

    // MARK: The victim's way

    /// Lets the victim come to its first stop; `false` when it does not, since it waits for the lock.
    private func arrives(_ victim: borrowing Tracee) throws(RoundFailure) -> Bool {
        if try victim.awaitStop(within: .seconds(2)) {
            try victim.hold()
            return true
        }
        guard let exit = victim.process.exit else { return false }
        let errorNumber = unsafe scene.arena.victim.pointee.errorNumber.load(ordering: .acquiring)
        if exit == .code(WorkerExit.untraceable.rawValue) { throw Tracee.refused(errorNumber) }
        if exit == .code(WorkerExit.lock.rawValue) { return false }
        throw .failed("the victim (pid \(victim.process.pid)) \(exit.explained), before it was killed")
    }

    /// Leads the victim to its region's begin.
    private func approach(_ victim: borrowing Tracee) throws(RoundFailure) {
        for _ in 0..<Self.approachLimit where progress == .before {
            guard case .stepped = try victim.step() else {
                throw .failed(
                    "the victim (pid \(victim.process.pid)) sleeps before its region: "
                        + ProcessState.description(of: victim.process.pid))
            }
        }
        guard progress != .before else {
            throw .failed("the victim (pid \(victim.process.pid)) does not come to its region")
        }
    }

    /// Leads the victim to the point where it is killed. Returns what hangs, if it does.
    private func lead(
        _ victim: borrowing Tracee, _ report: inout Report, _ isHeldByOther: inout Bool
    ) throws(RoundFailure) -> String? {
        let limit = Patience.after(nanoseconds: Int64(patience.nanoseconds))
        while report.steps < instructions || asleep {
            if path.staysHeld && report.steps > Self.patientSteps && limit.hasPassed { return Self.overdue }
            var step = try victim.step()
            if case .asleep = step, isHeldByOther {
                report.sleeps.append(report.steps)
                if asleep && report.steps == instructions { return nil }
                if !path.staysHeld {
                    try release()
                    isHeldByOther = false
                }
                step = try victim.finishStep()
            }
            let deadline = Patience.after(nanoseconds: Int64(patience.nanosecondsAsleep))
            while case .asleep = step {
                if deadline.hasPassed {
                    return path.staysHeld ? Self.overdue : "the victim itself sleeps, and nobody wakes it"
                }
                step = try victim.finishStep()
            }
            report.steps += 1
            if scene.data.ownerNow == scene.survivors { report.entered = true }
            if progress == .after {
                report.reachedEnd = true
                // It tells what it met on its way.
                guard try victim.run(within: .seconds(2)) else {
                    throw .failed("the victim (pid \(victim.process.pid)) does not stop behind its region")
                }
                return nil
            }
            if isHeldByOther && !path.staysHeld && report.steps > spinLimit {
                try release()
                isHeldByOther = false
            }
            if asleep && report.steps > instructions { return nil }
        }
        return nil
    }

    /// The others line up behind the victim, and the holder lets go.
    private func release() throws(RoundFailure) {
        for survivor in 1..<max(scene.survivors, 1) { scene.order(.pass, survivor) }
        try scene.awaitAsleep(but: 0)
        scene.order(.release, 0)
    }

    // MARK: The survivors' way

    /// The process that held the lock before asks for it again; returns whether it has got it.
    private func barge() throws(RoundFailure) -> Bool {
        _ = try scene.awaitFinished([0], patience)
        scene.order(.hold, 0)
        return try scene.awaitHoldingOrAsleep(0)
    }

    /// As ``recover(isHeldByOther:)``, where the barger holds the lock, or waits to hold it.
    private func recoverFromBarger() throws(RoundFailure) -> String? {
        if try !scene.awaitHolding(0, patience) && !scene.hasFailed(0) {
            return scene.whereabouts(0) + ", where it came before the victim was killed"
        }
        scene.order(.release, 0)
        return try recover(isHeldByOther: false)
    }

    /// Those who wait must get the lock without anybody's coming anew; then everybody must get it once more. Returns
    /// what hangs, if something does.
    private func recover(isHeldByOther: Bool) throws(RoundFailure) -> String? {
        if isHeldByOther { try release() }
        if path.hasWaiters, let survivor = try scene.awaitFinished(patience) {
            return scene.whereabouts(survivor) + ", where it waited when the victim was killed"
        }
        for survivor in 0..<scene.survivors where !scene.hasFailed(survivor) { scene.order(.pass, survivor) }
        if let survivor = try scene.awaitFinished(patience) {
            return scene.whereabouts(survivor) + ", where it came after the victim was killed"
        }
        return nil
    }

    // MARK: What can be seen while the victim stands still

    private var progress: CrashSlot.Progress {
        CrashSlot.Progress(rawValue: unsafe scene.arena.victim.pointee.progress.load(ordering: .acquiring)) ?? .before
    }

    private func told() -> UInt64 {
        let own = unsafe scene.arena.victim.pointee.ownerDeaths.load(ordering: .acquiring)
        return own + scene.sum { $0.ownerDeaths.load(ordering: .acquiring) }
    }

    private func overlaps() -> UInt64 {
        let own = unsafe scene.arena.victim.pointee.overlaps.load(ordering: .acquiring)
        return own + scene.sum { $0.overlaps.load(ordering: .acquiring) }
    }

    private func evidence(_ report: Report, isHeldByOther: Bool) -> CrashEvidence {
        let isInside = scene.data.ownerNow == scene.survivors
        // Nobody else can be inside while the victim is, so its increments are all there is.
        let section: CrashEvidence.Section =
            isInside ? .within(increments: scene.surplus()) : report.entered ? .behind : .before
        let holdsFromTheStart = path == .holder && !report.entered
        let hasNotBegun = path != .holder && report.steps == 0
        return CrashEvidence(
            section: section, heldForCertain: isInside || holdsFromTheStart,
            freeForCertain: report.reachedEnd || hasNotBegun || isHeldByOther, surplus: [], told: 0, overlaps: 0,
            failures: [])
    }

    private func place(_ evidence: CrashEvidence, _ report: Report) -> String {
        if report.reachedEnd { return "\(path), killed behind \(path.staysHeld ? "lock" : "unlock")" }
        let part =
            switch evidence.section {
            case .before: path == .holder ? "before its section" : "in lock"
            case .within: "in its section"
            case .behind: "in unlock"
            }
        let sleeps = asleep && report.sleeps.last == report.steps
        return "\(path), killed after instruction \(report.steps), \(sleeps ? "asleep " : "")\(part)"
    }
}
