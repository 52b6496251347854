internal import CShm
internal import Glibc
@_spi(Bench) internal import ShmCore
internal import ShmHarness
internal import Synchronization
internal import SystemPackage

/// A worker of a stress test: takes the lock again and again, changes the data, repairs what a dead owner left, and does
/// what the coordinator orders meanwhile.
@safe struct Stressed: LockVisitor {
    let segment: SharedMemory
    let arena: StressArena
    private let data: StressData
    let number: Int
    private let incarnation: UInt32
    let slot: UnsafeMutablePointer<StressSlot>
    private var ways: LockWays
    private var tries = Punctuality()
    private var timedWaits = Punctuality()
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
        ways = LockWays(arena, seed: UInt64(number), sharesReaders: false)
    }

    mutating func visit<L: LockPrimitive & ~Copyable>(_: L.Type) {
        guard segment.lockKind?.name == L.properties.name else { return }
        do throws(SharedMemoryError) {
            let lock = try segment.participant(in: L.self)
            ways = LockWays(
                arena, seed: UInt64(incarnation) << 16 | UInt64(number) << 1,
                sharesReaders: L.properties.sharesReaders)
            let failure = work(lock)
            unsafe slot.pointee.errorNumber.store(failure ?? 0, ordering: .relaxed)
            enter(failure == nil ? .done : .failed)
            result = .success(failure)
        } catch {
            result = .failure(error)
        }
    }

    /// Works until it is over; returns the errno of a lock that failed.
    private mutating func work<L: LockPrimitive & ~Copyable>(_ lock: borrowing L) -> Int32? {
        record(.start, at: Clock.now(), incarnation)
        enter(.outside)
        var crowd = Crowd<L>()
        while !arena.isOver {
            if arena.isPaused {
                enter(.resting)
                unsafe arena.rest(in: slot)
                enter(.outside)
            }
            let wanted = unsafe slot.pointee.request.load(ordering: .acquiring)
            let request = StressSlot.Request(rawValue: wanted) ?? .none
            switch request {
            case .none: if let failure = pass(lock, ways.next()) { return failure }
            case .forkAndExec:
                if let failure = pass(lock, .lock, inside: { Mischief.forkAndExec() }) { return failure }
            case .exhaustDescriptors:
                let outcome = Mischief.withoutDescriptors {
                    for _ in 0..<20 { if let failure = pass(lock, ways.next()) { return failure } }
                    return nil
                }
                if let failure = outcome.failure { return failure }
                answer(outcome.answer)
            case .leave:
                answer(0)
                return nil
            case .pass, .passWithDeadline, .passUntilHandOff, .passThrice:
                for _ in 0..<(request == .passThrice ? 3 : 1) {
                    if let failure = pass(lock, way(for: request)) { return failure }
                }
                answer(0)
            case .gather, .passByEach, .contendByEach, .oneMore, .disperse, .comeAndGo:
                if let failure = serve(request, &crowd) { return failure }
            }
        }
        return nil
    }

    private mutating func way(for request: StressSlot.Request) -> LockWay {
        switch request {
        case .passWithDeadline: .timedWait(Clock.now() + 60_000_000_000)
        case .passUntilHandOff: .timedWait(ways.handOffDeadline())
        default: .lock
        }
    }

    func answer(_ errno: Int32) {
        unsafe slot.pointee.answer.store(errno, ordering: .relaxed)
        unsafe slot.pointee.request.store(0, ordering: .releasing)
    }

    private func enter(_ state: StressSlot.State) {
        unsafe slot.pointee.state.store(state.rawValue, ordering: .releasing)
    }

    /// Lock, section, unlock. A way that comes back without the lock is a pass, too. Returns the errno of a lock that failed.
    mutating func pass<L: LockPrimitive & ~Copyable>(
        _ lock: borrowing L, _ way: LockWay, inside: (() -> Int32)? = nil
    ) -> Int32? {
        if case .read = way, L.properties.sharesReaders { return read(lock) }
        let began = Clock.now()
        unsafe slot.pointee.waitingSince.store(began, ordering: .relaxed)
        enter(.waiting)
        var begun: UInt64 = 0
        let outcome = call(lock, way, at: began, &begun)
        let acquired = Clock.now()
        count(way)
        var isTold = false
        switch outcome {
        case .acquired: break
        case .ownerDied: isTold = true
        case .busy:
            record(.giveUp, at: acquired)
            enter(.outside)
            return giveUp(way, began, acquired)
        case .failed(let errno): return errno.rawValue
        }
        record(.acquire, at: acquired)
        enter(.inside)
        if isTold {
            record(.deathSeen, at: acquired)
            unsafe slot.pointee.told.add(1, ordering: .relaxed)
        }
        data.see(arena.mark, at: acquired)
        arena.noteGrant(number)
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
        awaitHandOff(order)
        let released = Clock.now()
        record(.release, at: released)
        if let order, order.kill == .beforeUnlock { kill(target, after: order.delay) }
        if case .read = way { _ = lock.endRead(begun) } else { lock.unlock() }
        enter(.outside)
        if let order, order.kill == .afterUnlock { kill(target, after: order.delay) }
        judgeDelay(way, began, acquired)
        return nil
    }

    private func call<L: LockPrimitive & ~Copyable>(
        _ lock: borrowing L, _ way: LockWay, at began: UInt64, _ begun: inout UInt64
    ) -> LockOutcome {
        switch way {
        case .lock:
            record(.wait, at: began)
            return lock.lock()
        case .attempt:
            record(.attempt, at: began)
            return lock.tryLock()
        case .timedWait(let deadline):
            record(.timedWait, at: began, UInt32(clamping: deadline > began ? (deadline - began) / 1000 : 0))
            return lock.lock(until: Deadline(nanoseconds: Int64(clamping: deadline)))
        case .read:
            record(.read, at: began)
            return lock.beginRead(&begun)
        }
    }

    private func count(_ way: LockWay) {
        switch way {
        case .lock: unsafe slot.pointee.locks.add(1, ordering: .relaxed)
        case .attempt: unsafe slot.pointee.tries.add(1, ordering: .relaxed)
        case .timedWait: unsafe slot.pointee.timedWaits.add(1, ordering: .relaxed)
        case .read: unsafe slot.pointee.reads.add(1, ordering: .relaxed)
        }
    }

    /// A way came back without the lock, which a plain call must not.
    private mutating func giveUp(_ way: LockWay, _ began: UInt64, _ back: UInt64) -> Int32? {
        switch way {
        case .lock, .read: return EBUSY
        case .attempt: unsafe slot.pointee.refusals.add(1, ordering: .relaxed)
        case .timedWait(let deadline):
            unsafe slot.pointee.expiries.add(1, ordering: .relaxed)
            if back < deadline {
                unsafe slot.pointee.early.add(1, ordering: .relaxed)
                noteWorst(deadline - back)
            }
        }
        judgeDelay(way, began, back)
        return nil
    }

    /// Looks whether a try came back at once, and a timed wait at its deadline.
    private mutating func judgeDelay(_ way: LockWay, _ began: UInt64, _ back: UInt64) {
        switch way {
        case .lock, .read: return
        case .attempt:
            guard let delay = tries.isLate(due: began, back: back) else { return }
            unsafe slot.pointee.slowTries.add(1, ordering: .relaxed)
            noteWorst(delay)
        case .timedWait(let deadline):
            guard let delay = timedWaits.isLate(due: max(began, deadline), back: back) else { return }
            unsafe slot.pointee.late.add(1, ordering: .relaxed)
            noteWorst(delay)
        }
    }

    private func noteWorst(_ nanoseconds: UInt64) {
        if unsafe slot.pointee.worst.load(ordering: .relaxed) < nanoseconds {
            unsafe slot.pointee.worst.store(nanoseconds, ordering: .relaxed)
        }
    }

    /// Before the unlock: at times says when that is going to be, so that others can let their deadlines fall on it.
    private mutating func awaitHandOff(_ order: StressOrder?) {
        if order == nil, let notice = ways.announcement() {
            arena.handOff = Clock.now() + notice
        } else if order?.kind != .holdUntilHandOff {
            return
        }
        // What is too far away is of another owner.
        let end = min(arena.handOff, Clock.now() + 100_000_000)
        while Clock.now() < end && !arena.isOver { shm_cpu_relax() }
    }

    /// A read-only section beside other readers, again until no writer has come in between.
    private mutating func read<L: LockPrimitive & ~Copyable>(_ lock: borrowing L) -> Int32? {
        let stayed = ways.readingTime()
        while !arena.isOver {
            let began = Clock.now()
            record(.read, at: began)
            unsafe slot.pointee.waitingSince.store(began, ordering: .relaxed)
            enter(.waiting)
            var begun: UInt64 = 0
            let outcome = lock.beginRead(&begun)
            let acquired = Clock.now()
            switch outcome {
            case .acquired, .ownerDied: break
            case .busy: return EBUSY
            case .failed(let errno): return errno.rawValue
            }
            record(.acquire, at: acquired)
            enter(.inside)
            // What a dead owner left is for writers to repair.
            let mayBeHalf = outcome == .ownerDied || data.owner.map(arena.isCondemned) ?? false
            var isWhole = data.isWhole
            let first = data.counter(0)
            if arena.policy == .reads { stay(arena.take(as: number), .before) }
            let end = acquired + stayed
            while stayed > 0 && Clock.now() < end { shm_cpu_relax() }
            isWhole = data.counter(0) == first && data.isWhole && isWhole
            record(.release, at: Clock.now())
            let isValid = lock.endRead(begun)
            enter(.outside)
            if !isValid { continue }
            unsafe slot.pointee.reads.add(1, ordering: .relaxed)
            if !isWhole && !mayBeHalf {
                unsafe slot.pointee.tornReads.add(1, ordering: .relaxed)
                contradict(data.owner?.worker ?? number)
            }
            return nil
        }
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
        switch order.kind {
        case .none: break
        case .hold, .holdUntilHandOff: arena.awaitRelease(order)
        case .holdBusily: while !arena.isReleased(order) && !arena.isOver { shm_cpu_relax() }
        }
        enter(.inside)
    }

    private func kill(_ target: borrowing StressTarget?, after delay: UInt16) {
        let end = Clock.now() + UInt64(delay) * 64
        while Clock.now() < end { shm_cpu_relax() }
        target?.kill()
    }
}
