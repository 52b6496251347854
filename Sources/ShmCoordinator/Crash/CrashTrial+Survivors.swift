internal import ShmHarness

// The survivors' way, when the target is dead.
extension CrashTrial {
    /// The process that held the lock before asks for it again; returns whether it has got it.
    func barge() throws(RoundFailure) -> Bool {
        _ = try scene.awaitFinished([0], patience)
        scene.order(.hold, 0)
        return try scene.awaitHoldingOrAsleep(0)
    }

    /// As ``recover(isHeldByOther:)``, where the barger holds the lock, or waits to hold it.
    func recoverFromBarger() throws(RoundFailure) -> String? {
        if try !scene.awaitHolding(0, patience) && !scene.hasFailed(0) {
            return scene.whereabouts(0) + ", where it came before the target was killed"
        }
        scene.order(.release, 0)
        return try recover(isHeldByOther: false)
    }

    /// Those who wait must get the lock without anybody's coming anew; then everybody must get it once more. Returns
    /// what hangs, if something does.
    func recover(isHeldByOther: Bool) throws(RoundFailure) -> String? {
        if isHeldByOther { try release() }
        if path.hasWaiters, let survivor = try scene.awaitFinished(patience) {
            return scene.whereabouts(survivor) + ", where it waited when the target was killed"
        }
        for survivor in 0..<scene.survivors where !scene.hasFailed(survivor) { scene.order(.pass, survivor) }
        if let survivor = try scene.awaitFinished(patience) {
            return scene.whereabouts(survivor) + ", where it came after the target was killed"
        }
        return nil
    }
}
