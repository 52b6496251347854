internal import CShm
internal import Glibc
@_spi(Bench) internal import ShmCore
internal import ShmHarness
internal import Synchronization
internal import SystemPackage

// Read-only sections.
extension StressWorker {
    /// A read-only section beside other readers, repeated until no writer has come in between.
    mutating func read<L: LockPrimitive & ~Copyable>(_ lock: borrowing L) -> Int32? {
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
            // Only writers repair what a dead owner has left.
            let mayBeHalf = outcome == .ownerDied || data.owner.map(arena.isBeingKilled) ?? false
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
}
