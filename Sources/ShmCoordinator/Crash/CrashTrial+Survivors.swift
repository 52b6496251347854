internal import ShmHarness

// Recovery of the survivors after the target's death.
extension CrashTrial {
    /// Makes the process that held the lock before ask for it again; returns whether it has got it.
    func barge() throws(RoundFailure) -> Bool {
        _ = try scene.awaitFinished([0], patience)
        scene.order(.hold, 0)
        return try scene.awaitHoldingOrAsleep(0)
    }

    /// As ``recover(isHeldByOther:)``, for a barger that holds the lock, or waits for it.
    func recoverFromBarger() throws(RoundFailure) -> String? {
        if try !scene.awaitHolding(0, patience) && !scene.hasFailed(0) {
            return scene.whereabouts(0) + ", since before the target was killed"
        }
        scene.order(.release, 0)
        return try recover(isHeldByOther: false)
    }

    /// Kills the process that waits for the target to give up the bias; it has no further part in a trial in which it no
    /// longer waits. Returns how often the lock may report its death.
    func killRevoker(_ outcome: inout Outcome) throws(RoundFailure) -> ClosedRange<UInt64> {
        guard scene.isAsleep(0) else { return 0...0 }
        let acquiredAt = scene.acquiredAt(0)
        try scene.kill(0)
        // It may have been woken meanwhile. What it did inside is unknown.
        outcome.isVoid = scene.acquiredAt(0) != acquiredAt
        return 0...1
    }

    /// The waiters must get the lock without a new arrival; then every survivor must get it once more. Returns what
    /// hangs, or `nil`.
    func recover(isHeldByOther: Bool) throws(RoundFailure) -> String? {
        if isHeldByOther { try release() }
        if scene.hasEnded(0) { try scene.restart(0) }
        if path.hasWaiters, let survivor = try scene.awaitFinished(patience) {
            return scene.whereabouts(survivor) + ", since before the target was killed"
        }
        for survivor in 0..<scene.survivors where !scene.hasFailed(survivor) { scene.order(.pass, survivor) }
        if let survivor = try scene.awaitFinished(patience) {
            return scene.whereabouts(survivor) + ", and called lock after the target was killed"
        }
        return nil
    }
}
