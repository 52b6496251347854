internal import Glibc
@_spi(Bench) internal import ShmCore
internal import ShmHarness
internal import Synchronization
internal import SystemPackage

/// A process of a crash test that is not killed. It takes the lock when ordered to, with a plain `lock` without a time
/// limit: if the lock hangs, the survivor hangs, which the coordinator detects.
@safe struct Survivor: LockVisitor {
    private let segment: SharedMemory
    private let data: GuardedData
    private let number: Int
    private let arena: CrashArena
    private let slot: UnsafeMutablePointer<CrashSlot>
    private var result: Result<Int32?, SharedMemoryError> = .success(EINVAL)

    static func run(_ place: CrashPlace) -> WorkerExit {
        place.enter { (segment, arena, data) throws(SharedMemoryError) in
            // A survivor with so long a run has the bias, which the path `revoker` needs; quiet mode comes at once.
            unsafe setenv("SHM_ROBUST_RUN", "512", 1)
            unsafe setenv("SHM_ROBUST_QUIET", "1", 1)
            var survivor = Survivor(segment: segment, arena: arena, data: data, number: Int(place.process))
            LockCatalogue.visit(&survivor)
            return try survivor.result.get()
        }
    }

    private init(segment: SharedMemory, arena: CrashArena, data: GuardedData, number: Int) {
        self.segment = segment
        self.arena = arena
        self.data = data
        self.number = number
        unsafe slot = arena.slot(number)
    }

    mutating func visit<L: LockPrimitive & ~Copyable>(_: L.Type) {
        guard segment.lockKind?.name == L.properties.name else { return }
        do throws(SharedMemoryError) {
            let failure = serve(try segment.participant(in: L.self))
            unsafe slot.pointee.errorNumber.store(failure, ordering: .relaxed)
            enter(.failed)
            result = .success(failure)
        } catch {
            result = .failure(error)
        }
    }

    /// Carries out orders until the lock fails; returns its errno.
    private func serve<L: LockPrimitive & ~Copyable>(_ lock: borrowing L) -> Int32 {
        var order = CrashOrder(word: 0)
        while true {
            enter(.idle)
            finish(order)
            order = nextOrder(after: order)
            switch order.kind {
            case .none, .release: continue
            case .pass:
                if let failure = acquire(lock) { return failure }
            case .hold, .own:
                if order.kind == .own, let failure = occupy(lock) { return failure }
                if let failure = acquire(lock) { return failure }
                let before = data.counter(0)
                enter(.holding)
                order = nextOrder(after: order)
                // The lock was held, so no other process can have been inside.
                if data.counter(0) != before || data.ownerNow != nil {
                    unsafe slot.pointee.overlaps.add(1, ordering: .relaxed)
                }
            }
            lock.unlock()
        }
    }

    /// Takes and releases the lock often.
    private func occupy<L: LockPrimitive & ~Copyable>(_ lock: borrowing L) -> Int32? {
        for _ in 0..<Self.manyAcquisitions {
            if let failure = acquire(lock) { return failure }
            lock.unlock()
        }
        return nil
    }

    /// More than what ends contended mode and then earns the bias.
    private static let manyAcquisitions = 2000

    /// Lock and critical section. Returns the errno of a failed lock.
    private func acquire<L: LockPrimitive & ~Copyable>(_ lock: borrowing L) -> Int32? {
        enter(.locking)
        let outcome = lock.lock()
        unsafe slot.pointee.acquiredAt.store(Clock.now(), ordering: .relaxed)
        switch outcome {
        case .acquired: break
        case .ownerDied:
            data.repair()
            unsafe slot.pointee.ownerDeaths.add(1, ordering: .relaxed)
        case .busy: return EBUSY
        case .failed(let errno): return errno.rawValue
        }
        if data.sectionAsCall(worker: UInt32(number), counters: CrashArena.counters, delay: 0) != 0 {
            unsafe slot.pointee.overlaps.add(1, ordering: .relaxed)
        }
        unsafe slot.pointee.sections.add(1, ordering: .relaxed)
        return nil
    }

    private func nextOrder(after order: CrashOrder) -> CrashOrder {
        let orderWord = unsafe arena.orderWord(number)
        while true {
            let word = unsafe orderWord.pointee.load(ordering: .acquiring)
            if word != order.word { return CrashOrder(word: word) }
            _ = unsafe Futex.wait(orderWord, while: word, until: nil)
        }
    }

    private func finish(_ order: CrashOrder) {
        let finishedWord = unsafe arena.finishedWord(number)
        unsafe finishedWord.pointee.store(order.word, ordering: .releasing)
        unsafe Futex.wake(finishedWord, count: 1)
    }

    private func enter(_ state: CrashSlot.State) {
        unsafe slot.pointee.state.store(state.rawValue, ordering: .releasing)
    }
}
