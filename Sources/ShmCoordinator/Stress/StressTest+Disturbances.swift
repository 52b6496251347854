internal import Glibc
@_spi(Bench) internal import ShmCore
internal import ShmHarness
internal import Synchronization

// Faults that kill nobody.
extension StressTest {
    /// How long a worker is frozen, µs.
    private static let freeze: UInt32 = 5_000

    mutating func freezeHolder(_ fleet: StressFleet, _ result: inout StressResult) throws(RoundFailure) -> Episode {
        guard
            let holder = try fleet.hold(
                { StressOrder(kind: .hold, stage: .half, id: $0) }, within: patience(.freezeHolder)),
            let process = fleet.process(holder.worker)
        else { return Episode(hang: nobody(fleet)) }
        process.send(SIGSTOP)
        fleet.beginStop(holder.worker)
        let mark = fleet.arena.makeMark()
        fleet.arena.release(holder.order)
        usleep(Self.freeze)
        let gotIn = fleet.data.seen.mark == mark
        fleet.endStop(holder.worker)
        let resumed = Clock.now()
        process.send(SIGCONT)
        guard let seen = try fleet.awaitSight(of: mark, within: patience(.freezeHolder)) else {
            return Episode(hang: nobody(fleet))
        }
        if gotIn { return Episode(corruption: "somebody got the lock while its owner was frozen") }
        result.recovery.add(seen > resumed ? seen - resumed : 0)
        return Episode()
    }

    mutating func freezeWaiter(_ fleet: StressFleet, _ result: inout StressResult) throws(RoundFailure) -> Episode {
        guard
            let holder = try fleet.hold(
                { StressOrder(kind: .hold, stage: .half, id: $0) }, within: patience(.freezeWaiter))
        else { return Episode(hang: nobody(fleet)) }
        guard let victim = fleet.waiters(but: holder.worker).randomElement(using: &generator),
            let process = fleet.process(victim)
        else {
            fleet.arena.release(holder.order)
            return Episode(wasIdle: true)
        }
        process.send(SIGSTOP)
        fleet.beginStop(victim)
        fleet.arena.release(holder.order)
        usleep(Self.freeze / 2)
        let halfway = fleet.arena.finished
        usleep(Self.freeze / 2)
        let stalled = fleet.arena.finished == halfway
        let mark = fleet.arena.makeMark()
        fleet.endStop(victim)
        let resumed = Clock.now()
        process.send(SIGCONT)
        guard let seen = try fleet.awaitSight(of: mark, within: patience(.freezeWaiter)) else {
            return Episode(hang: nobody(fleet), stalled: stalled)
        }
        result.recovery.add(seen > resumed ? seen - resumed : 0)
        return Episode(stalled: stalled)
    }

    mutating func interrupt(_ fleet: StressFleet) throws(RoundFailure) -> Episode {
        let end = Deadline.after(.milliseconds(5))
        while !end.hasPassed {
            for worker in fleet.live { fleet.process(worker)?.send(SIGUSR1) }
            usleep(.random(in: 0...100, using: &generator))
        }
        return Episode(hang: try stuck(fleet, patience(.interrupt)))
    }

    mutating func lowerPriority(_ fleet: StressFleet, _ result: inout StressResult) throws(RoundFailure) -> Episode {
        guard
            let holder = try fleet.hold(
                { StressOrder(kind: .holdBusily, stage: .half, id: $0) }, within: patience(.lowerPriority)),
            let process = fleet.process(holder.worker)
        else { return Episode(hang: nobody(fleet)) }
        process.setNiceness(19)
        defer { process.setNiceness(0) }
        usleep(2_000)
        let mark = fleet.arena.makeMark()
        let released = Clock.now()
        fleet.arena.release(holder.order)
        guard let seen = try fleet.awaitSight(of: mark, within: patience(.lowerPriority)) else {
            return Episode(hang: nobody(fleet))
        }
        result.recovery.add(seen > released ? seen - released : 0)
        return Episode()
    }

    /// Lets some worker do something beside.
    mutating func ask(
        _ request: StressSlot.Request, _ fleet: StressFleet, _ fault: Fault, _ result: inout StressResult
    ) throws(RoundFailure) -> Episode {
        guard let worker = fleet.contending.randomElement(using: &generator) else { return Episode(wasIdle: true) }
        let slot = unsafe fleet.arena.slot(worker)
        unsafe slot.pointee.request.store(request.rawValue, ordering: .releasing)
        let deadline = Patience.after(nanoseconds: Int64(patience(fault)))
        var pause = Pause()
        while unsafe slot.pointee.request.load(ordering: .acquiring) != 0 {
            if deadline.hasPassed || fleet.unexpectedEnd() != nil { return Episode(hang: nobody(fleet)) }
            if Interruption.hasCome { throw .interrupted }
            pause.take()
        }
        let answer = unsafe slot.pointee.answer.load(ordering: .relaxed)
        if answer != 0 { result.obstacle = try refusal(answer, request, to: fleet.process(worker)?.pid) }
        return Episode(hang: try stuck(fleet, patience(fault)))
    }

    func attachStorm(_ fleet: StressFleet) throws(RoundFailure) -> Episode {
        let end = Deadline.after(.milliseconds(5))
        while !end.hasPassed {
            let handle = SharedMemory(key: fleet.keys.test)
            do throws(SharedMemoryError) {
                try handle.attach()
                _ = try handle.numAttachments
                try handle.detach()
            } catch {
                return try fault(error, "attaching failed")
            }
        }
        return Episode(hang: try stuck(fleet, patience(.attachStorm)))
    }

    func startStorm(_ fleet: StressFleet) throws(RoundFailure) -> Episode {
        let extra = fleet.workers..<2 * fleet.workers
        for worker in extra { try fleet.start(worker) }
        try fleet.awaitContending(2 * fleet.workers)
        let hang = try stuck(fleet, patience(.startStorm))
        if hang != nil { return Episode(hang: hang) }
        for worker in extra {
            unsafe fleet.arena.slot(worker).pointee.request.store(
                StressSlot.Request.leave.rawValue, ordering: .releasing)
        }
        let deadline = Patience.after(nanoseconds: Int64(patience(.startStorm)))
        var pause = Pause()
        for worker in extra {
            while fleet.process(worker)?.isRunning == true {
                if deadline.hasPassed { return Episode(hang: fleet.whereabouts(worker)) }
                if Interruption.hasCome { throw .interrupted }
                pause.take()
            }
            fleet.reap(worker)
        }
        return Episode()
    }
}
