internal import ShmHarness
internal import Synchronization

// Leading the target to the point where it is killed.
extension CrashTrial {
    /// More instructions than these between the target's stop and the start of its region are a mistake.
    private static let approachLimit = 20_000
    /// A lock that checks the clock does so within this number of instructions, however slow the machine is.
    private static let patientSteps = 5_000
    private static let overdue = "the target does not return at its deadline"

    /// Waits for the target's first stop; `false` if it does not come, since the target waits for the lock.
    func arrives(_ target: borrowing Tracee) throws(RoundFailure) -> Bool {
        if try target.awaitStop(within: .seconds(2)) {
            try target.hold()
            return true
        }
        guard let exit = target.process.exit else { return false }
        let errorNumber = unsafe scene.arena.target.pointee.errorNumber.load(ordering: .acquiring)
        if exit == .code(WorkerExit.untraceable.rawValue) { throw Tracee.refused(errorNumber) }
        if exit == .code(WorkerExit.lock.rawValue) { return false }
        throw .failed("the target (pid \(target.process.pid)) \(exit.explained), before it was killed")
    }

    /// Steps the target to the start of its region.
    func approach(_ target: borrowing Tracee) throws(RoundFailure) {
        for _ in 0..<Self.approachLimit where position == .before {
            guard case .stepped = try target.step() else {
                throw .failed(
                    "the target (pid \(target.process.pid)) sleeps before its region: "
                        + ProcessState.description(of: target.process.pid))
            }
        }
        guard position != .before else {
            throw .failed("the target (pid \(target.process.pid)) does not reach its region")
        }
    }

    /// Steps the target to the point where it is killed. Returns what hangs, or `nil`.
    func lead(
        _ target: borrowing Tracee, _ outcome: inout Outcome, _ isHeldByOther: inout Bool
    ) throws(RoundFailure) -> String? {
        let limit = Patience.after(nanoseconds: Int64(patience.nanoseconds))
        while outcome.steps < instructions || asleep {
            if path.staysHeld && outcome.steps > Self.patientSteps && limit.hasPassed {
                outcome.missesDeadline = true
                return Self.overdue
            }
            if countsCalls, try target.isBeforeSystemCall() { outcome.systemCalls += 1 }
            var step = try target.step()
            if case .asleep = step, isHeldByOther {
                outcome.sleeps.append(outcome.steps)
                if asleep && outcome.steps == instructions { return nil }
                if !path.staysHeld {
                    try release()
                    isHeldByOther = false
                }
                step = try target.finishStep()
            }
            let deadline = Patience.after(nanoseconds: Int64(patience.nanosecondsAsleep))
            while case .asleep = step {
                if deadline.hasPassed {
                    outcome.missesDeadline = path.staysHeld
                    return path.staysHeld ? Self.overdue : "the target itself sleeps, and no process wakes it"
                }
                step = try target.finishStep()
            }
            outcome.steps += 1
            if scene.data.ownerNow == scene.survivors { outcome.entered = true }
            if position == .after {
                outcome.reachedEnd = true
                // The target now reports what it found.
                guard try target.run(within: .seconds(2)) else {
                    throw .failed("the target (pid \(target.process.pid)) does not stop after its region")
                }
                return nil
            }
            if isHeldByOther && !path.staysHeld && outcome.steps > spinLimit {
                try release()
                isHeldByOther = false
            }
            if asleep && outcome.steps > instructions { return nil }
        }
        return nil
    }

    /// Makes a survivor sleep behind another, so that a lock that changes its mode is in contended mode.
    func contend() throws(RoundFailure) {
        scene.order(.hold, 0)
        guard scene.survivors > 1, try scene.awaitHolding(0, patience) else { return }
        try release()
        _ = try scene.awaitFinished(patience)
    }

    /// Makes the others queue behind the target, and the holder release the lock, or die.
    func release() throws(RoundFailure) {
        for survivor in 1..<max(scene.survivors, 1) { scene.order(.pass, survivor) }
        try scene.awaitAsleep(but: 0)
        if path.killsHolder { try scene.kill(0) } else { scene.order(.release, 0) }
    }
}
