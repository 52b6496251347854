internal import Glibc
@_spi(Bench) internal import ShmCore
internal import ShmHarness
internal import Synchronization
internal import SystemPackage

// Requests that need additional participants.
extension StressWorker {
    /// How long the worker contends through its participants, in ns.
    private static let contending: UInt64 = 20_000_000

    /// Carries out a request, and answers it; returns the errno of a failed lock.
    mutating func serve<L: LockPrimitive & ~Copyable>(
        _ request: StressSlot.Request, _ crowd: inout Crowd<L>
    ) -> Int32? {
        let wanted = Int(unsafe slot.pointee.wanted.load(ordering: .relaxed))
        var errorNumber: Int32 = 0
        switch request {
        case .gather: errorNumber = gather(wanted, &crowd)
        case .oneMore: errorNumber = gather(crowd.count + 1, &crowd)
        case .passByEach:
            for index in 0..<crowd.count where !arena.isOver {
                if let failure = crowd.withMember(index, { pass($0, .lock) }) { return failure }
            }
        case .contendByEach:
            var end: UInt64?
            for index in (0..<crowd.count).reversed() where !arena.isOver && Clock.now() < end ?? .max {
                if let failure = crowd.withMember(index, { pass($0, .lock) }) { return failure }
                // Counted from the first acquisition, which may have waited long.
                end = end ?? Clock.now() + Self.contending
            }
        case .disperse: crowd.disperse()
        case .comeAndGo:
            switch comeAndGo(L.self, wanted) {
            case .success(let outcome): errorNumber = outcome
            case .failure(let failure): return failure.errorNumber
            }
        default: errorNumber = EINVAL
        }
        unsafe slot.pointee.gathered.store(UInt32(crowd.count), ordering: .relaxed)
        answer(errorNumber)
        return nil
    }

    /// Binds participants until there are that many; returns 0, or the errno of a refusal.
    private func gather<L: LockPrimitive & ~Copyable>(_ wanted: Int, _ crowd: inout Crowd<L>) -> Int32 {
        while crowd.count < wanted && !arena.isOver {
            do throws(SharedMemoryError) { crowd.add(try segment.participant(in: L.self)) } catch {
                return error.errno?.rawValue ?? EPROTO
            }
        }
        return 0
    }

    private struct LockFailure: Error { let errorNumber: Int32 }

    /// Binds that many participants, one after another; each locks once.
    private mutating func comeAndGo<L: LockPrimitive & ~Copyable>(_: L.Type, _ count: Int) -> Result<Int32, LockFailure>
    {
        let before = FaultAction.descriptors
        for _ in 0..<count where !arena.isOver {
            do throws(SharedMemoryError) {
                let participant = try segment.participant(in: L.self)
                if let failure = pass(participant, .lock) { return .failure(LockFailure(errorNumber: failure)) }
            } catch {
                return .success(error.errno?.rawValue ?? EPROTO)
            }
        }
        guard let before, let after = FaultAction.descriptors else { return .success(ENOENT) }
        unsafe slot.pointee.descriptorsLeft.store(Int32(after - before), ordering: .relaxed)
        return .success(0)
    }
}
