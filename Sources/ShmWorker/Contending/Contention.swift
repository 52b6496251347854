internal import CBench
internal import Glibc
@_spi(Bench) internal import ShmCore
internal import ShmHarness
internal import Synchronization
internal import SystemPackage

/// The work of a worker: it contends for the lock through every phase of a round.
///
/// It is generic over the lock, so that the compiler specialises one loop per kind with the lock's fast path inlined.
/// The loops are beside this file: `ThroughputWindow`, `LatencyWindow`, `OrderWindow`, `OpenLoop`. In the first two,
/// only ``GuardedData/section(worker:counters:lines:delay:)`` runs between acquire and release. In the throughput window
/// there is no system call and no allocation other than the lock's own.
@safe struct Contention {
    let arena: Arena
    let data: GuardedData
    let worker: Int
    let plan: Plan
    let slot: UnsafeMutablePointer<WorkerSlot>
    let heapBytes: () -> UInt64

    /// Creates the work of one worker. `heapBytes` returns the number of bytes that this thread has allocated so far.
    init(arena: Arena, data: GuardedData, worker: Int, heapBytes: @escaping () -> UInt64) {
        self.arena = arena
        self.data = data
        self.worker = worker
        unsafe slot = arena.slot(worker)
        var plan = arena.plan
        let own = unsafe slot.pointee.sectionIterationsPlusOne.load(ordering: .relaxed)
        if own > 0 { plan.criticalSectionIterations = own - 1 }
        self.plan = plan
        self.heapBytes = heapBytes
    }

    /// Binds to a segment's lock, arrives at the barrier, and contends until the coordinator enters `stop`. Returns the
    /// errno of a failed lock.
    func run(on segment: SharedMemory) throws(SharedMemoryError) -> Int32? {
        var contender = Contender(contention: self, segment: segment)
        LockCatalogue.visit(&contender)
        return try contender.result.get()
    }

    /// Finds the segment's kind of lock in the catalogue; the compiler specialises the loops for each kind.
    private struct Contender: LockVisitor {
        let contention: Contention
        let segment: SharedMemory
        var result: Result<Int32?, SharedMemoryError> = .success(EINVAL)

        mutating func visit<L: LockPrimitive & ~Copyable>(_: L.Type) {
            guard segment.lockKind?.name == L.properties.name else { return }
            do throws(SharedMemoryError) {
                let lock = try segment.participant(in: L.self)
                contention.enter(.ready)
                contention.arena.arriveAndWait(while: .gathering)
                contention.enter(.contending)
                let failure = contention.run(lock)
                if let failure { unsafe contention.slot.pointee.errorNumber.store(failure, ordering: .relaxed) }
                contention.enter(failure == nil ? .done : .failed)
                result = .success(failure)
            } catch {
                result = .failure(error)
            }
        }
    }

    private func run<L: LockPrimitive & ~Copyable>(_ lock: borrowing L) -> Int32? {
        // The first calls allocate and initialise. They are made here, so that this is not part of the window's cost
        // even if the worker arrives after the warm-up.
        if plan.arrivals.sharesCPUs { bench_sleep_exactly() }
        let hardware = HardwareCounters()
        defer { hardware.close() }
        _ = ResourceUsage.before(hardware, heapBytes)
        arena.log.touch()
        data.touchPages(counters: Int(plan.counters), lines: Int(plan.touchedLines))
        unsafe slot.pointee.heapCounterWorks.store(heapCounterWorks() ? 1 : 0, ordering: .relaxed)
        enter(.warmup)
        let outcome = lock.lock()
        if case .acquired = outcome {} else if let failure = acquiredOddly(outcome) { return failure }
        lock.unlock()
        let (warmingSince, earlier) = (Clock.now(), sections)
        if let failure = contend(lock, during: .warmup, burst: 1) { return failure }
        let burst = Self.burst(sections: sections &- earlier, nanoseconds: Clock.now() &- warmingSince)

        enter(.throughput)
        unsafe slot.pointee.windowEntered.store(Clock.now(), ordering: .relaxed)
        let before = ResourceUsage.before(hardware, heapBytes)
        if let failure = contend(lock, during: .throughput, burst: burst) { return failure }
        let after = ResourceUsage.after(hardware, heapBytes)
        unsafe slot.pointee.windowLeft.store(Clock.now(), ordering: .relaxed)
        unsafe after.store(since: before, in: slot)

        enter(.settle)
        arena.arriveAndWait(while: .settle)
        enter(.latency)
        if let failure = contendTimed(lock) { return failure }
        enter(.regroup)
        arena.arriveAndWait(while: .regroup)
        enter(.order)
        if let failure = contendLogged(lock) { return failure }
        storeDelays()
        return nil
    }

    /// Measures the delays, and the resident set, after the windows.
    func storeDelays() {
        if unsafe slot.pointee.measuresSection.load(ordering: .relaxed) != 0 {
            unsafe slot.pointee.sectionDelayTenths.store(
                Delay.measure(plan.criticalSectionIterations), ordering: .relaxed)
        }
        if worker == 0 {
            unsafe slot.pointee.thinkDelayTenths.store(Delay.measure(plan.thinkIterations), ordering: .relaxed)
        }
        unsafe slot.pointee.residentKilobytes.store(ResourceUsage.residentKilobytes(), ordering: .relaxed)
    }

    /// The positive control of the heap counter: whether it counts an allocation.
    func heapCounterWorks() -> Bool {
        let before = heapBytes()
        let memory = UnsafeMutableRawPointer.allocate(byteCount: 4096, alignment: 16)
        let seen = heapBytes() &- before
        unsafe memory.deallocate()
        return seen >= 4096
    }

    /// Sections completed so far.
    var sections: UInt64 { unsafe slot.pointee.sections.load(ordering: .relaxed) }

    func contend<L: LockPrimitive & ~Copyable>(
        _ lock: borrowing L, during phase: Phase, burst: UInt64
    ) -> Int32? {
        if plan.arrivals.spacing != .closed { return contendPaced(lock, during: phase) }
        if plan.touchedLines > 0 { return contendTouching(lock, during: phase) }
        return plan.readPercent > 0
            ? contendReading(lock, during: phase) : contendClosed(lock, during: phase, burst: burst)
    }

    func enter(_ state: WorkerSlot.State) {
        unsafe slot.pointee.state.store(state.rawValue, ordering: .releasing)
    }

    func enter(_ phase: Phase) {
        unsafe slot.pointee.phase.store(phase.rawValue, ordering: .relaxed)
    }

    /// Handles an outcome other than a plain acquisition: repairs the data of a dead owner; returns the errno of a
    /// failed lock.
    @inline(never)
    func acquiredOddly(_ outcome: LockOutcome) -> Int32? {
        switch outcome {
        case .acquired: return nil
        case .ownerDied:
            data.repair()
            unsafe slot.pointee.ownerDeaths.add(1, ordering: .relaxed)
            return nil
        case .busy: return EBUSY
        case .failed(let errno): return errno.rawValue
        }
    }

    @inline(never)
    func countContradiction() {
        unsafe slot.pointee.overlaps.add(1, ordering: .relaxed)
    }
}
