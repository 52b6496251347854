internal import Glibc
internal import ShmCore
internal import ShmHarness

extension StressTest {
    /// Where in its section somebody is to stay.
    private mutating func anyStage() -> StressOrder.Stage {
        StressOrder.Stage.allCases.randomElement(using: &generator) ?? .half
    }

    mutating func killHolder(_ scene: StressScene, _ result: inout StressResult) throws(RoundFailure) -> Episode {
        let stage = anyStage()
        guard
            let holder = try scene.hold(
                { StressOrder(kind: .hold, stage: stage, id: $0) }, within: patience(.killHolder))
        else { return Episode(hang: nobody(scene)) }
        _ = try scene.waiters(but: holder.worker)
        return try kill([holder.worker], scene, .killHolder, &result)
    }

    mutating func killRandom(_ scene: StressScene, _ result: inout StressResult) throws(RoundFailure) -> Episode {
        usleep(.random(in: 0...300, using: &generator))
        guard let victim = scene.contending.randomElement(using: &generator) else { return Episode(wasIdle: true) }
        return try kill([victim], scene, .killRandom, &result)
    }

    mutating func killMany(_ scene: StressScene, _ result: inout StressResult) throws(RoundFailure) -> Episode {
        let stage = anyStage()
        guard
            let holder = try scene.hold({ StressOrder(kind: .hold, stage: stage, id: $0) }, within: patience(.killMany))
        else { return Episode(hang: nobody(scene)) }
        _ = try scene.waiters(but: holder.worker, atLeast: scene.workers - 1)
        let others = scene.live.filter { $0 != holder.worker }.shuffled(using: &generator)
        return try kill(
            [holder.worker] + others.prefix(max(0, min(others.count - 1, (others.count + 1) / 2))), scene, .killMany,
            &result)
    }

    /// Kills, waits for the next acquisition, and replaces the dead.
    private func kill(_ victims: [Int], _ scene: StressScene, _ fault: Fault, _ result: inout StressResult)
        throws(RoundFailure) -> Episode
    {
        // Not before: whoever is inside now has seen the mark before.
        let mark = scene.arena.makeMark()
        let killed = scene.kill(victims)
        result.kills += victims.count
        for time in killed.reaping { result.reaping.add(time) }
        let seen = try scene.awaitSight(of: mark, within: patience(fault))
        guard let seen else { return Episode(hang: nobody(scene)) }
        result.recovery.add(seen > killed.at ? seen - killed.at : 0)
        for victim in victims { try scene.start(victim) }
        try scene.awaitContending(min(scene.workers, 2))
        return Episode()
    }

    mutating func killWaiter(_ scene: StressScene, _ result: inout StressResult) throws(RoundFailure) -> Episode {
        guard
            let holder = try scene.hold(
                { StressOrder(kind: .hold, stage: .half, id: $0) }, within: patience(.killWaiter))
        else { return Episode(hang: nobody(scene)) }
        guard let victim = try scene.waiters(but: holder.worker).randomElement(using: &generator) else {
            scene.arena.release(holder.order)
            return Episode(wasIdle: true)
        }
        result.reaping.add(scene.kill([victim]).reaping[0])
        result.kills += 1
        let mark = scene.arena.makeMark()
        let released = Clock.now()
        scene.arena.release(holder.order)
        guard let seen = try scene.awaitSight(of: mark, within: patience(.killWaiter)) else {
            return Episode(hang: nobody(scene))
        }
        result.recovery.add(seen > released ? seen - released : 0)
        try scene.start(victim)
        try scene.awaitContending(min(scene.workers, 2))
        return Episode()
    }

    mutating func killWoken(_ scene: StressScene, _ result: inout StressResult) throws(RoundFailure) -> Episode {
        let kill = Bool.random(using: &generator) ? StressOrder.Kill.afterUnlock : .beforeUnlock
        // Up to 20 µs after the unlock; before it, most of that would be spent inside.
        let delay = UInt16.random(in: 0...(kill == .afterUnlock ? 312 : 30), using: &generator)
        guard
            let holder = try scene.hold(
                { StressOrder(kind: .hold, stage: .half, kill: kill, delay: delay, id: $0) },
                within: patience(.killWoken))
        else { return Episode(hang: nobody(scene)) }
        guard let victim = try scene.waiters(but: holder.worker).randomElement(using: &generator),
            let process = scene.process(victim)
        else {
            scene.arena.victim = nil
            scene.arena.release(holder.order)
            return Episode(wasIdle: true)
        }
        scene.condemn(victim)
        scene.arena.victim = (victim, process.pid)
        let released = Clock.now()
        scene.arena.release(holder.order)
        let patience = Patience.after(.seconds(2))
        var pause = Pause()
        while !process.hasEnded && !patience.hasPassed { pause.take() }
        // Its process id may be used again once it is reaped, so no worker may aim at it from then on.
        scene.arena.victim = nil
        process.send(SIGKILL)
        scene.fleet.reap(victim)
        result.kills += 1
        // The victim itself may have been the next: an acquisition after its end is asked for.
        let mark = scene.arena.makeMark()
        guard let seen = try scene.awaitSight(of: mark, within: self.patience(.killWoken)) else {
            return Episode(hang: nobody(scene))
        }
        result.recovery.add(seen > released ? seen - released : 0)
        try scene.start(victim)
        try scene.awaitContending(min(scene.workers, 2))
        return Episode()
    }
}
