internal import Glibc
public import ShmCore
internal import Synchronization
internal import SystemPackage

/// A worker's work: contend for the lock, through every phase of a round.
///
/// Generic over the lock, so that the compiler makes one loop for each kind with the lock's fast path in line.
/// Between acquire and release runs nothing but ``GuardedData/section(worker:counters:delay:)``; beside the lock's
/// own, a window has no system call and no allocation.
@safe public struct Contention {
    private let arena: Arena
    private let data: GuardedData
    private let worker: Int
    private let plan: Plan
    private let slot: UnsafeMutablePointer<WorkerSlot>
    private let heapBytes: () -> UInt64

    /// Work for one worker of an arena. `heapBytes` tells how many bytes this thread has allocated so far.
    public init(arena: Arena, data: GuardedData, worker: Int, heapBytes: @escaping () -> UInt64) {
        self.arena = arena
        self.data = data
        self.worker = worker
        plan = arena.plan
        unsafe slot = arena.slot(worker)
        self.heapBytes = heapBytes
    }

    /// Takes part in a segment's lock, arrives at the barrier, and contends until the coordinator says stop. Returns
    /// the errno of a lock that failed.
    public func run(on segment: SharedMemory) throws(SharedMemoryError) -> Int32? {
        var contender = Contender(contention: self, segment: segment)
        LockCatalogue.visit(&contender)
        return try contender.result.get()
    }

    /// Finds the segment's kind of lock in the catalogue; for each, the compiler makes a loop of its own.
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
        // Whatever these calls set up on their first use is not the window's cost, even where a worker comes so late that its warm-up
        // is over.
        _ = Cost.now(heapBytes)
        enter(.warmup)
        let outcome = lock.lock()
        if case .acquired = outcome {} else if let failure = acquiredOddly(outcome) { return failure }
        lock.unlock()
        if let failure = contend(lock, during: .warmup) { return failure }
        enter(.throughput)
        let costBefore = Cost.now(heapBytes)
        if let failure = contend(lock, during: .throughput) { return failure }
        let cost = Cost.now(heapBytes) - costBefore
        unsafe cost.store(in: slot)
        enter(.settle)
        arena.arriveAndWait(while: .settle)
        enter(.latency)
        if let failure = contendTimed(lock) { return failure }
        unsafe slot.pointee.residentKilobytes.store(Cost.residentKilobytes(), ordering: .relaxed)
        return nil
    }

    private func enter(_ state: WorkerSlot.State) {
        unsafe slot.pointee.state.store(state.rawValue, ordering: .releasing)
    }

    private func enter(_ phase: Phase) {
        unsafe slot.pointee.phase.store(phase.rawValue, ordering: .relaxed)
    }

    /// The loop without a clock, while the arena's phase stays the same. Returns the errno of a lock that failed.
    ///
    /// A function of its own, with everything in locals: the compiler then keeps what the loop needs in registers.
    @inline(never)
    private func contend<L: LockPrimitive & ~Copyable>(_ lock: borrowing L, during phase: Phase) -> Int32? {
        if plan.readPercent > 0 { return contendReading(lock, during: phase) }
        let phaseWord = unsafe arena.phaseWord
        let (data, slot, worker) = unsafe (data, slot, UInt32(truncatingIfNeeded: worker))
        let (counters, sectionDelay, think) = (Int(plan.counters), plan.criticalSectionIterations, plan.thinkIterations)
        var sections = unsafe slot.pointee.sections.load(ordering: .relaxed)
        while unsafe phaseWord.pointee.load(ordering: .relaxed) == phase.rawValue {
            let outcome = lock.lock()
            // A pattern, not `==`: the enum's derived equality is a call into another module.
            if case .acquired = outcome {} else if let failure = acquiredOddly(outcome) { return failure }
            let contradiction = data.section(worker: worker, counters: counters, delay: sectionDelay)
            lock.unlock()
            sections &+= 1
            unsafe slot.pointee.sections.store(sections, ordering: .relaxed)
            if contradiction != 0 { countContradiction() }
            if think > 0 { Delay.spin(think) }
        }
        return nil
    }

    /// The same loop where some of the sections only read, at random.
    @inline(never)
    private func contendReading<L: LockPrimitive & ~Copyable>(_ lock: borrowing L, during phase: Phase) -> Int32? {
        let phaseWord = unsafe arena.phaseWord
        let (data, slot, me) = unsafe (data, slot, UInt32(truncatingIfNeeded: worker))
        let (counters, sectionDelay, think) = (Int(plan.counters), plan.criticalSectionIterations, plan.thinkIterations)
        var dice = ReadDice(percent: plan.readPercent, worker: worker)
        var sections = unsafe slot.pointee.sections.load(ordering: .relaxed)
        var reads = unsafe slot.pointee.reads.load(ordering: .relaxed)
        while unsafe phaseWord.pointee.load(ordering: .relaxed) == phase.rawValue {
            var contradiction: UInt64 = 0
            if dice.saysRead() {
                while true {
                    var begun: UInt64 = 0
                    let outcome = lock.beginRead(&begun)
                    if case .acquired = outcome {} else if let failure = acquiredOddly(outcome) { return failure }
                    contradiction = data.readSection(counters: counters, delay: sectionDelay)
                    if lock.endRead(begun) { break }
                }
                reads &+= 1
                unsafe slot.pointee.reads.store(reads, ordering: .relaxed)
            } else {
                let outcome = lock.lock()
                if case .acquired = outcome {} else if let failure = acquiredOddly(outcome) { return failure }
                contradiction = data.section(worker: me, counters: counters, delay: sectionDelay)
                lock.unlock()
            }
            sections &+= 1
            unsafe slot.pointee.sections.store(sections, ordering: .relaxed)
            if contradiction != 0 { countContradiction() }
            if think > 0 { Delay.spin(think) }
        }
        return nil
    }

    /// The same loop with the clock read before and after every acquisition. A section that only reads is timed from its
    /// first attempt to the beginning of the one that counts.
    private func contendTimed<L: LockPrimitive & ~Copyable>(_ lock: borrowing L) -> Int32? {
        let phaseWord = unsafe arena.phaseWord
        let counters = Int(plan.counters)
        let histogram = arena.latency(worker)
        var dice = ReadDice(percent: plan.readPercent, worker: worker)
        var longest: UInt64 = 0
        var reads = unsafe slot.pointee.reads.load(ordering: .relaxed)
        var sections = unsafe slot.pointee.sections.load(ordering: .relaxed)
        while unsafe phaseWord.pointee.load(ordering: .relaxed) == Phase.latency.rawValue {
            let isRead = plan.readPercent > 0 && dice.saysRead()
            let start = Clock.now()
            var waited: UInt64 = 0
            var contradiction: UInt64 = 0
            if isRead {
                while true {
                    var begun: UInt64 = 0
                    let outcome = lock.beginRead(&begun)
                    waited = Clock.now() &- start
                    if case .acquired = outcome {} else if let failure = acquiredOddly(outcome) { return failure }
                    contradiction = data.readSection(counters: counters, delay: plan.criticalSectionIterations)
                    if lock.endRead(begun) { break }
                }
                reads &+= 1
                unsafe slot.pointee.reads.store(reads, ordering: .relaxed)
            } else {
                let outcome = lock.lock()
                waited = Clock.now() &- start
                if case .acquired = outcome {} else if let failure = acquiredOddly(outcome) { return failure }
                contradiction = data.section(
                    worker: UInt32(truncatingIfNeeded: worker), counters: counters,
                    delay: plan.criticalSectionIterations)
                lock.unlock()
            }
            sections &+= 1
            unsafe slot.pointee.sections.store(sections, ordering: .relaxed)
            if contradiction != 0 { countContradiction() }
            histogram.record(waited)
            if waited > longest {
                longest = waited
                unsafe slot.pointee.longestAcquisition.store(longest, ordering: .relaxed)
            }
            if plan.thinkIterations > 0 { Delay.spin(plan.thinkIterations) }
        }
        return nil
    }

    /// Anything but a plain acquisition: repairs after a dead owner; returns the errno of a lock that was not taken.
    @inline(never)
    private func acquiredOddly(_ outcome: LockOutcome) -> Int32? {
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
    private func countContradiction() {
        unsafe slot.pointee.overlaps.add(1, ordering: .relaxed)
    }
}
