internal import ShmCore
internal import ShmHarness

// The judgement of an episode, and whether it counts.
extension StressTest {
    /// What is wrong.
    private struct Defect {
        var hang: String?
        var corruption: String?
        var breach: (exercise: Exercise, finding: String)?

        var isNone: Bool { hang == nil && corruption == nil && breach == nil }
        var text: String { breach?.finding ?? hang ?? corruption ?? "" }
    }

    /// Counts the result of an episode; checks the data if that is due or something is wrong. Returns `false` if
    /// processes stood still meanwhile, so that the episode is discarded.
    mutating func judge(
        _ episode: Episode, _ checks: inout StressChecks, _ discarding: inout StressResult, isDue: Bool
    ) throws(RoundFailure) -> Bool {
        var result = discarding
        if episode.stalled { result.stalls += 1 }
        var finding = Defect(hang: episode.hang, corruption: episode.corruption, breach: episode.breach)
        if let scene, finding.hang == nil, isDue { try check(scene, result.fault, &finding) }
        if let scene { compare(scene, &result, &finding) }
        if finding.isNone {
            discarding = result
            if isDue { checks.pass() }
            return true
        }
        if try isDisturbed(since: checks.began, isSuspicious: true, &discarding) {
            try checks.lose(standstills.last, &discarding)
            return false
        }
        checks.pass()
        count(finding, &result)
        discarding = result
        // The state of the scene can no longer be trusted.
        scene = nil
        return true
    }

    /// Checks the data a last time; `false` if processes stood still meanwhile.
    mutating func concludes(_ checks: inout StressChecks, _ result: inout StressResult) throws(RoundFailure) -> Bool {
        if scene == nil || checks.pending == 0 { return true }
        return try judge(Episode(), &checks, &result, isDue: true)
    }

    /// Every worker must get the lock once more, and the data must match the workers' counts.
    private func check(_ scene: StressScene, _ fault: Fault, _ finding: inout Defect) throws(RoundFailure) {
        let patience = fault.patience(lock)
        finding.hang = try scene.stuck(within: patience, outside)
        if finding.hang != nil { return }
        guard let holder = try scene.hold(at: .before, within: patience) else {
            finding.hang = "no worker gets the lock"
            return
        }
        defer { scene.arena.release(holder.order) }
        // The holder is inside, and has not begun its update.
        let deviation = scene.data.deviation(from: scene.arena.finished)
        if deviation > 0 && finding.corruption == nil {
            finding.corruption = "the counters differ by \(deviation) from what the workers have counted"
        }
    }

    /// Adds the workers' counts since the last comparison.
    private mutating func compare(_ scene: StressScene, _ result: inout StressResult, _ finding: inout Defect) {
        let now = StressEvidence(scene)
        result.repaired += now.repaired - baseline.repaired
        result.reportedDeaths += now.reportedDeaths - baseline.reportedDeaths
        result.unreportedDeaths += now.unreportedDeaths - baseline.unreportedDeaths
        finding.corruption = finding.corruption ?? now.corruption(since: baseline)
        if now.unreportedDeaths > baseline.unreportedDeaths && lock.properties.survivesOwnerDeath {
            result.note("an owner died inside, and its death was not reported to the next owner")
        }
        for (exercise, calls) in now.calls {
            result.exercises.add(exercise, calls - (baseline.calls[exercise] ?? 0))
        }
        result.exercises.add(.area, 1)
        finding.breach = finding.breach ?? now.breach(since: baseline) ?? scene.damage.map { (.area, $0) }
        baseline = now
    }

    private mutating func count(_ finding: Defect, _ result: inout StressResult) {
        if let breach = finding.breach { result.noteBreach(breach.exercise, breach.finding) }
        if let hang = finding.hang {
            result.hangs += 1
            result.noteHang(hang)
        }
        if let corruption = finding.corruption {
            result.corruptions += 1
            result.noteCorruption(corruption)
        }
        let fault = result.fault
        if let scene, !reports.contains(where: { $0.fault == fault }) {
            reports.append(FlightReport(scene, fault: fault, finding: finding.text))
        }
    }
}
