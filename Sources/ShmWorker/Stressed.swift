internal import CShm
internal import Glibc
internal import ShmCore
internal import ShmHarness
internal import Synchronization
internal import SystemPackage

/// A worker of a stress test: takes the lock again and again, changes the data, repairs what a dead owner left, and does
/// what the coordinator orders meanwhile.
@safe struct Stressed: LockVisitor {
    private let segment: SharedMemory
    private let arena: StressArena
    private let data: StressData
    private let number: Int
    private let incarnation: UInt32
    private let slot: UnsafeMutablePointer<StressSlot>
    private let recorder: FlightRecorder
    private var result: Result<Int32?, SharedMemoryError> = .success(EINVAL)

    static func run(_ starter: Starter, _ numbers: [Int32]) -> WorkerExit {
        StressPlace(starter, numbers).enter { (segment, arena, worker) throws(SharedMemoryError) in
            try segment.attach()
            guard let data = unsafe segment.mutableData, data.count >= StressData.byteCount,
                let address = data.baseAddress
            else { return EINVAL }
            var stressed = Stressed(
                segment: segment, arena: arena, data: unsafe StressData(address), number: worker)
            LockCatalogue.visit(&stressed)
            return try stressed.result.get()
        }
    }

    private init(segment: SharedMemory, arena: StressArena, data: StressData, number: Int) {
        self.segment = segment
        self.arena = arena
        self.data = data
        self.number = number
        unsafe slot = arena.slot(number)
        incarnation = unsafe slot.pointee.incarnation.load(ordering: .acquiring)
        recorder = arena.recorder(number)
    }

    mutating func visit<L: LockPrimitive & ~Copyable>(_: L.Type) {
        guard segment.lockKind?.name == L.properties.name else { return }
        do throws(SharedMemoryError) {
            let lock = try segment.participant(in: L.self)
            let failure = work(lock)
            unsafe slot.pointee.errorNumber.store(failure ?? 0, ordering: .relaxed)
            enter(failure == nil ? .done : .failed)
            result = .success(failure)
        } catch {
            result = .failure(error)
        }
    }

    /// Works until it is over; returns the errno of a lock that failed.
    private func work<L: LockPrimitive & ~Copyable>(_ lock: borrowing L) -> Int32? {
        record(.start, at: Clock.now(), incarnation)
        enter(.outside)
        while !arena.isOver {
            if arena.isPaused {
                enter(.resting)
                arena.rest()
                enter(.outside)
            }
            let wanted = unsafe slot.pointee.request.load(ordering: .acquiring)
            switch StressSlot.Request(rawValue: wanted) ?? .none {
            case .none: if let failure = pass(lock) { return failure }
            case .forkAndExec: if let failure = pass(lock, inside: { Mischief.forkAndExec() }) { return failure }
            case .exhaustDescriptors:
                let outcome = Mischief.withoutDescriptors {
                    for _ in 0..<20 { if let failure = pass(lock) { return failure } }
                    return nil
                }
                if let failure = outcome.failure { return failure }
                answer(outcome.answer)
            case .leave:
                answer(0)
                return nil
            }
        }
        return nil
    }

    private func answer(_ errno: Int32) {
        unsafe slot.pointee.answer.store(errno, ordering: .relaxed)
        unsafe slot.pointee.request.store(0, ordering: .releasing)
    }

    private func enter(_ state: StressSlot.State) {
        unsafe slot.pointee.state.store(state.rawValue, ordering: .releasing)
    }

    /// Lock, section, unlock. Returns the errno of a lock that was not taken.
    private func pass<L: LockPrimitive & ~Copyable>(_ lock: borrowing L, inside: (() -> Int32)? = nil) -> Int32? {
        let began = Clock.now()
        record(.wait, at: began)
        unsafe slot.pointee.waitingSince.store(began, ordering: .relaxed)
        enter(.waiting)
        let outcome = lock.lock()
        let acquired = Clock.now()
        record(.acquire, at: acquired)
        enter(.inside)
        var isTold = false
        switch outcome {
        case .acquired: break
        case .ownerDied:
            isTold = true
            record(.deathSeen, at: acquired)
            unsafe slot.pointee.told.add(1, ordering: .relaxed)
        case .busy: return EBUSY
        case .failed(let errno): return errno.rawValue
        }
        data.see(arena.mark, at: acquired)
        let ghost = meet(isTold: isTold, at: acquired)
        let order = arena.take(as: number)
        change(order)
        if let inside { answer(inside()) }
        // Whom this worker took for dead has gone on; in its own place nobody but itself has.
        if let ghost, ghost.worker != number,
            unsafe arena.slot(ghost.worker).pointee.begun.load(ordering: .relaxed) != ghost.begun
        {
            contradict(ghost.worker)
        }
        let target = order?.kill == .nobody ? nil : order.flatMap { _ in StressTarget(arena) }
        let released = Clock.now()
        record(.release, at: released)
        if let order, order.kill == .beforeUnlock { kill(target, after: order.delay) }
        lock.unlock()
        enter(.outside)
        if let order, order.kill == .afterUnlock { kill(target, after: order.delay) }
        return nil
    }

    /// Looks whose the owner word is. Of a dead one, repairs what it left; returns who that was, and how many sections it
    /// had begun.
    private func meet(isTold: Bool, at time: UInt64) -> (worker: Int, begun: UInt64)? {
        guard let owner = data.owner else {
            if !data.isCoherent { contradict(number) }
            return nil
        }
        guard arena.isCondemned(owner) else {
            contradict(owner.worker)
            return nil
        }
        if !isTold { unsafe slot.pointee.untold.add(1, ordering: .relaxed) }
        let dead = unsafe arena.slot(owner.worker)
        let lost = data.repair(expected: arena.finished)
        if lost > 0 { unsafe slot.pointee.lostUpdates.add(lost, ordering: .relaxed) }
        let finished = unsafe dead.pointee.finished.load(ordering: .relaxed)
        if unsafe dead.pointee.begun.load(ordering: .relaxed) != finished {
            unsafe slot.pointee.repairs.add(1, ordering: .relaxed)
            unsafe dead.pointee.begun.store(finished, ordering: .relaxed)
        }
        record(.repair, at: time, UInt32(owner.worker))
        return (owner.worker, finished)
    }

    private func contradict(_ other: Int) {
        unsafe slot.pointee.overlaps.add(1, ordering: .relaxed)
        record(.intruder, at: Clock.now(), UInt32(other))
        arena.isEvidenceFixed = true
    }

    private func record(_ kind: FlightEvent.Kind, at time: UInt64, _ argument: UInt32 = 0) {
        if !arena.isEvidenceFixed { recorder.record(kind, at: time, argument) }
    }

    /// The section: all counters, and the count of sections, one after another; stays where an order says so.
    private func change(_ order: StressOrder?) {
        let me = StressData.Owner(worker: number, incarnation: incarnation)
        data.owner = me
        stay(order, .before)
        let finished = unsafe slot.pointee.finished.load(ordering: .relaxed)
        unsafe slot.pointee.begun.store(finished &+ 1, ordering: .relaxed)
        for counter in 0..<StressData.counters {
            if counter == StressData.counters / 2 { stay(order, .half) }
            data.increment(counter)
        }
        data.reflect()
        stay(order, .uncounted)
        unsafe slot.pointee.finished.store(finished &+ 1, ordering: .relaxed)
        stay(order, .counted)
        if data.owner != me { contradict(data.owner?.worker ?? number) }
        data.owner = nil
        stay(order, .after)
    }

    private func stay(_ order: StressOrder?, _ stage: StressOrder.Stage) {
        guard let order, order.stage == stage else { return }
        record(.held, at: Clock.now())
        enter(.holding)
        if order.kind == .hold {
            arena.awaitRelease(order)
        } else {
            while !arena.isReleased(order) && !arena.isOver { shm_cpu_relax() }
        }
        enter(.inside)
    }

    private func kill(_ target: borrowing StressTarget?, after delay: UInt16) {
        let end = Clock.now() + UInt64(delay) * 64
        while Clock.now() < end { shm_cpu_relax() }
        target?.kill()
    }
}
