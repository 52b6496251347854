internal import ShmHarness
internal import Synchronization

// Observations while the target is stopped.
extension CrashTrial {
    var position: CrashSlot.Position {
        CrashSlot.Position(rawValue: unsafe scene.arena.target.pointee.position.load(ordering: .acquiring)) ?? .before
    }

    func reportedDeaths() -> UInt64 {
        let own = unsafe scene.arena.target.pointee.ownerDeaths.load(ordering: .acquiring)
        return own + scene.sum { $0.ownerDeaths.load(ordering: .acquiring) }
    }

    func overlaps() -> UInt64 {
        let own = unsafe scene.arena.target.pointee.overlaps.load(ordering: .acquiring)
        return own + scene.sum { $0.overlaps.load(ordering: .acquiring) }
    }

    func evidence(_ outcome: Outcome, isHeldByOther: Bool) -> CrashEvidence {
        let isInside = scene.data.ownerNow == scene.survivors
        // No other process can be inside while the target is, so the surplus is the target's increments.
        let section: CrashEvidence.Section =
            isInside ? .within(increments: scene.surplus()) : outcome.entered ? .behind : .before
        let holdsFromTheStart = path.targetHolds && !outcome.entered
        let hasNotBegun = !path.targetHolds && outcome.steps == 0
        return CrashEvidence(
            section: section, heldForCertain: isInside || holdsFromTheStart,
            freeForCertain: outcome.reachedEnd || hasNotBegun || isHeldByOther, surplus: [], reportedDeaths: 0,
            overlaps: 0,
            failures: [])
    }

    func place(_ evidence: CrashEvidence, _ outcome: Outcome) -> String {
        if outcome.reachedEnd { return "\(path), killed after \(path.staysHeld ? "lock" : "unlock")" }
        let part =
            switch evidence.section {
            case .before: path.targetHolds ? "before its section" : "in lock"
            case .within: "in its section"
            case .behind: "in unlock"
            }
        let sleeps = asleep && outcome.sleeps.last == outcome.steps
        return "\(path), killed after instruction \(outcome.steps), \(sleeps ? "asleep " : "")\(part)"
    }
}
