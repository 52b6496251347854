internal import Glibc
internal import ShmCore
internal import ShmHarness
internal import Synchronization

// Faults that kill nobody.
extension StressTest {
    /// How long somebody is frozen, ns.
    private static let freeze: UInt32 = 5_000

    mutating func freezeHolder(_ scene: StressScene, _ result: inout StressResult) throws(RoundFailure) -> Episode {
        guard
            let holder = try scene.hold(
                { StressOrder(kind: .hold, stage: .half, id: $0) }, within: patience(.freezeHolder)),
            let process = scene.process(holder.worker)
        else { return Episode(hang: nobody(scene)) }
        process.send(SIGSTOP)
        scene.fleet.beginStop(holder.worker)
        let mark = scene.arena.makeMark()
        scene.arena.release(holder.order)
        usleep(Self.freeze)
        let gotIn = scene.data.seen.mark == mark
        scene.fleet.endStop(holder.worker)
        let resumed = Clock.now()
        process.send(SIGCONT)
        guard let seen = try scene.awaitSight(of: mark, within: patience(.freezeHolder)) else {
            return Episode(hang: nobody(scene))
        }
        if gotIn { return Episode(corruption: "somebody got the lock while its owner was frozen") }
        result.recovery.add(seen > resumed ? seen - resumed : 0)
        return Episode()
    }

    mutating func freezeWaiter(_ scene: StressScene, _ result: inout StressResult) throws(RoundFailure) -> Episode {
        guard
            let holder = try scene.hold(
                { StressOrder(kind: .hold, stage: .half, id: $0) }, within: patience(.freezeWaiter))
        else { return Episode(hang: nobody(scene)) }
        guard let victim = try scene.waiters(but: holder.worker).randomElement(using: &generator),
            let process = scene.process(victim)
        else {
            scene.arena.release(holder.order)
            return Episode(wasIdle: true)
        }
        process.send(SIGSTOP)
        scene.fleet.beginStop(victim)
        scene.arena.release(holder.order)
        usleep(Self.freeze / 2)
        let halfway = scene.arena.finished
        usleep(Self.freeze / 2)
        let stalled = scene.arena.finished == halfway
        let mark = scene.arena.makeMark()
        scene.fleet.endStop(victim)
        let resumed = Clock.now()
        process.send(SIGCONT)
        guard let seen = try scene.awaitSight(of: mark, within: patience(.freezeWaiter)) else {
            return Episode(hang: nobody(scene), stalled: stalled)
        }
        result.recovery.add(seen > resumed ? seen - resumed : 0)
        return Episode(stalled: stalled)
    }

    mutating func interrupt(_ scene: StressScene) throws(RoundFailure) -> Episode {
        let end = Deadline.after(.milliseconds(5))
        while !end.hasPassed {
            for worker in scene.live { scene.process(worker)?.send(SIGUSR1) }
            usleep(.random(in: 0...100, using: &generator))
        }
        return Episode(hang: try stuck(scene, patience(.interrupt)))
    }

    mutating func lowerPriority(_ scene: StressScene, _ result: inout StressResult) throws(RoundFailure) -> Episode {
        guard
            let holder = try scene.hold(
                { StressOrder(kind: .holdBusily, stage: .half, id: $0) }, within: patience(.lowerPriority)),
            let process = scene.process(holder.worker)
        else { return Episode(hang: nobody(scene)) }
        process.setNiceness(19)
        defer { process.setNiceness(0) }
        usleep(2_000)
        let mark = scene.arena.makeMark()
        let released = Clock.now()
        scene.arena.release(holder.order)
        guard let seen = try scene.awaitSight(of: mark, within: patience(.lowerPriority)) else {
            return Episode(hang: nobody(scene))
        }
        result.recovery.add(seen > released ? seen - released : 0)
        return Episode()
    }

    /// Lets some worker do something beside.
    mutating func ask(
        _ request: StressSlot.Request, _ scene: StressScene, _ fault: Fault, _ result: inout StressResult
    ) throws(RoundFailure) -> Episode {
        guard let worker = scene.contending.randomElement(using: &generator) else { return Episode(wasIdle: true) }
        let slot = unsafe scene.arena.slot(worker)
        unsafe slot.pointee.request.store(request.rawValue, ordering: .releasing)
        let deadline = Patience.after(nanoseconds: Int64(patience(fault)))
        var pause = Pause()
        while unsafe slot.pointee.request.load(ordering: .acquiring) != 0 {
            if deadline.hasPassed || scene.unexpectedEnd() != nil { return Episode(hang: nobody(scene)) }
            if Interruption.hasCome { throw .interrupted }
            pause.take()
        }
        let answer = unsafe slot.pointee.answer.load(ordering: .relaxed)
        if answer != 0 { result.obstacle = try refusal(answer, request, to: scene.process(worker)?.pid) }
        return Episode(hang: try stuck(scene, patience(fault)))
    }

    func attachStorm(_ scene: StressScene) throws(RoundFailure) -> Episode {
        let end = Deadline.after(.milliseconds(5))
        while !end.hasPassed {
            let handle = SharedMemory(key: scene.keys.test)
            do throws(SharedMemoryError) {
                try handle.attach()
                _ = try handle.numAttachments
                try handle.detach()
            } catch {
                return try fault(error, "attaching failed")
            }
        }
        return Episode(hang: try stuck(scene, patience(.attachStorm)))
    }

    func startStorm(_ scene: StressScene) throws(RoundFailure) -> Episode {
        let extra = scene.workers..<2 * scene.workers
        for worker in extra { try scene.start(worker) }
        try scene.awaitContending(2 * scene.workers)
        let hang = try stuck(scene, patience(.startStorm))
        if hang != nil { return Episode(hang: hang) }
        for worker in extra {
            unsafe scene.arena.slot(worker).pointee.request.store(
                StressSlot.Request.leave.rawValue, ordering: .releasing)
        }
        let deadline = Patience.after(nanoseconds: Int64(patience(.startStorm)))
        var pause = Pause()
        for worker in extra {
            while scene.process(worker)?.isRunning == true {
                if deadline.hasPassed { return Episode(hang: scene.whereabouts(worker)) }
                if Interruption.hasCome { throw .interrupted }
                pause.take()
            }
            scene.fleet.reap(worker)
        }
        return Episode()
    }
}
