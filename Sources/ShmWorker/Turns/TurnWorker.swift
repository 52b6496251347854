internal import CBench
@_spi(Bench) internal import ShmCore
internal import ShmHarness
internal import Synchronization
internal import SystemPackage

/// A worker of a block of turns: it attaches to its side's arena and to the test segment of both sides, takes its turns,
/// and exits.
enum TurnWorker {
    /// - Parameter heapBytes: the number of bytes that this thread has allocated so far.
    static func run(_ starter: Starter, _ numbers: [Int32], heapBytes: @escaping () -> UInt64) -> WorkerExit {
        let (round, worker, workers) = (numbers[0], numbers[1], numbers[2])
        guard starter.dieWithCoordinator() else { return Complaint.refuse() }
        let arenaSegment = SharedMemory(key: RoundKeys(run: starter.run, round: Int(round)).arena)
        do {
            try arenaSegment.attach()
            guard let arena = Arena(arenaSegment, workers: Int(workers)), worker >= 0, worker < workers else {
                Complaint.say("cannot use the arena of this block: it does not fit its arguments")
                return .setup
            }
            let testSegment = SharedMemory(key: RoundKeys(run: starter.run, round: Int(arena.stage.testRound)).test)
            try testSegment.attach()
            let cpu = unsafe arena.slot(Int(worker)).pointee.cpuPlusOne.load(ordering: .relaxed)
            if cpu > 0 { _ = bench_pin_to_cpu(Int32(cpu) - 1) }
            return try takeTurns(arena, testSegment, Int(worker), heapBytes)
        } catch let error as SharedMemoryError {
            Complaint.say(error.description)
        } catch {
            Complaint.say("\(error)")
        }
        return .setup
    }

    private static func takeTurns(
        _ arena: Arena, _ segment: SharedMemory, _ worker: Int, _ heapBytes: @escaping () -> UInt64
    ) throws -> WorkerExit {
        let (stage, plan) = (arena.stage, arena.plan)
        let (offset, room) = (Int(stage.areaOffset), Int(stage.areaRoom))
        let dataSize = GuardedData.byteCount(counters: Int(plan.counters), lines: Int(plan.touchedLines))
        guard let data = unsafe segment.mutableData, let address = data.baseAddress, offset % 128 == 0,
            dataSize <= offset, offset + room <= data.count
        else {
            Complaint.say("cannot use the test segment of this block: it does not fit the arena")
            return .setup
        }
        let work = Contention(
            arena: arena, data: unsafe GuardedData(address), worker: worker, heapBytes: heapBytes)
        let file = try SegmentFile.open(segment.key, writable: true)
        defer { try? file.close() }
        let place = unsafe LockPlace(
            area: address + offset, room: room, participants: try segment.participantCapacity, file: file)
        var taker = TurnTaker(contention: work, lock: stage.lock, place: place)
        LockCatalogue.visit(&taker)
        switch taker.result {
        case .success(let failure)?: return failure == nil ? .done : .lock
        case .failure(let errno)?: Complaint.say("cannot make the lock \(stage.lock): \(errno)")
        case nil:
            Complaint.say(
                taker.lack.map { "the lock \(stage.lock) needs \($0) bytes, and there are \(room)" }
                    ?? "this program does not have the lock \(stage.lock)")
        }
        return .setup
    }

    /// Finds the lock in the catalogue; the compiler specialises the loops for each kind.
    private struct TurnTaker: LockVisitor {
        let contention: Contention
        let lock: String
        let place: LockPlace
        /// The bytes that the lock needs, if there are too few.
        var lack: Int?
        var result: Result<Int32?, Errno>?

        mutating func visit<L: LockPrimitive & ~Copyable>(_: L.Type) {
            guard lock == L.properties.name else { return }
            lack = place.lack(for: L.self)
            if lack != nil { return }
            do throws(Errno) {
                contention.enter(.ready)
                let failure = try contention.takeTurns(L.self, at: place)
                if let failure { unsafe contention.slot.pointee.errorNumber.store(failure, ordering: .relaxed) }
                contention.enter(failure == nil ? .done : .failed)
                result = .success(failure)
            } catch {
                result = .failure(error)
            }
        }
    }
}
