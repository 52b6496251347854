internal import Glibc
@_spi(Bench) internal import ShmCore
internal import ShmHarness
internal import Synchronization
internal import SystemPackage

/// A worker of a stress test: it takes the lock repeatedly, changes the data, repairs what dead owners have left, and
/// carries out the coordinator's orders and requests.
@safe struct StressWorker: LockVisitor {
    let segment: SharedMemory
    let arena: StressArena
    let data: StressData
    let number: Int
    let incarnation: UInt32
    let slot: UnsafeMutablePointer<StressSlot>
    var ways: LockWays
    var tries = Punctuality()
    var timedWaits = Punctuality()
    let recorder: FlightRecorder
    private var result: Result<Int32?, SharedMemoryError> = .success(EINVAL)

    static func run(_ starter: Starter, _ numbers: [Int32]) -> WorkerExit {
        StressPlace(starter, numbers).enter { (segment, arena, number) throws(SharedMemoryError) in
            try segment.attach()
            guard let data = unsafe segment.mutableData, data.count >= StressData.byteCount,
                let address = data.baseAddress
            else { return EINVAL }
            var worker = StressWorker(
                segment: segment, arena: arena, data: unsafe StressData(address), number: number)
            LockCatalogue.visit(&worker)
            return try worker.result.get()
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

    /// Works until the test is over; returns the errno of a failed lock.
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
                if let failure = pass(lock, .lock, inside: { FaultAction.forkAndExec() }) { return failure }
            case .exhaustDescriptors:
                let outcome = FaultAction.withoutDescriptors {
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

    func enter(_ state: StressSlot.State) {
        unsafe slot.pointee.state.store(state.rawValue, ordering: .releasing)
    }

    func record(_ kind: FlightEvent.Kind, at time: UInt64, _ argument: UInt32 = 0) {
        if !arena.isEvidenceFixed { recorder.record(kind, at: time, argument) }
    }
}
