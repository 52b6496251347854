internal import CBench
internal import Glibc
@_spi(Bench) internal import ShmCore
internal import ShmHarness
internal import Synchronization
internal import SystemPackage

/// The process of a crash test that is killed. It asks to be traced, stops with SIGSTOP where the tracer takes over,
/// and passes through its region: the instructions between the two stores of its position.
@safe struct CrashTarget: LockVisitor {
    private let segment: SharedMemory
    private let data: GuardedData
    private let path: CrashPath
    private let number: UInt32
    private let slot: UnsafeMutablePointer<CrashSlot>
    private var result: Result<Int32?, SharedMemoryError> = .success(EINVAL)

    static func run(_ place: CrashPlace) -> WorkerExit {
        var refused = false
        let exit = place.enter { (segment, arena, data) throws(SharedMemoryError) in
            let traceMe: Int32 = 0
            let traced = bench_ptrace(traceMe, 0, 0, 0)
            if traced != 0 {
                unsafe arena.target.pointee.errorNumber.store(Int32(-traced), ordering: .relaxed)
                refused = true
                return nil
            }
            arena.path.tune()
            var target = unsafe CrashTarget(
                segment: segment, data: data, path: arena.path, number: UInt32(place.survivors), slot: arena.target)
            LockCatalogue.visit(&target)
            return try target.result.get()
        }
        return refused ? .untraceable : exit
    }

    private init(
        segment: SharedMemory, data: GuardedData, path: CrashPath, number: UInt32,
        slot: UnsafeMutablePointer<CrashSlot>
    ) {
        self.segment = segment
        self.data = data
        self.path = path
        self.number = number
        unsafe self.slot = slot
    }

    mutating func visit<L: LockPrimitive & ~Copyable>(_: L.Type) {
        guard segment.lockKind?.name == L.properties.name else { return }
        do throws(SharedMemoryError) {
            result = .success(live(try segment.participant(in: L.self)))
        } catch {
            result = .failure(error)
        }
    }

    private func live<L: LockPrimitive & ~Copyable>(_ lock: borrowing L) -> Int32? {
        for _ in 0..<path.preparations {
            if let failure = handle(lock.lock()) { return failure }
            lock.unlock()
        }
        if path.targetHolds {
            if let failure = handle(lock.lock()) { return failure }
            stop()
            passHeld(lock)
        } else {
            stop()
            switch path {
            case .attempt: passTrying(lock)
            case .timed, .timedWaiter: passTimed(lock, .after(.seconds(60)))
            case .expiring: passTimed(lock, .after(Self.shortWait))
            case .reader: passReading(lock)
            default: pass(lock)
            }
        }
        stop()
        return nil
    }

    /// A wait that expires, single-stepped by the tracer.
    private static let shortWait = Duration.milliseconds(1)

    private func stop() { kill(getpid(), SIGSTOP) }

    /// Lock, critical section, unlock.
    ///
    /// The stores of the position are sequentially consistent, so that neither compiler nor CPU moves anything of the
    /// region across its ends.
    @inline(never)
    private func pass<L: LockPrimitive & ~Copyable>(_ lock: borrowing L) { pass(lock) { $0.lock() } }

    @inline(never)
    private func passTrying<L: LockPrimitive & ~Copyable>(_ lock: borrowing L) { pass(lock) { $0.tryLock() } }

    /// With a deadline. If it passes, there is no critical section and no unlock.
    @inline(never)
    private func passTimed<L: LockPrimitive & ~Copyable>(_ lock: borrowing L, _ deadline: Deadline) {
        pass(lock) { $0.lock(until: deadline) }
    }

    @inline(__always)
    private func pass<L: LockPrimitive & ~Copyable>(
        _ lock: borrowing L, _ take: (borrowing L) -> LockOutcome
    ) {
        let (data, slot, number) = unsafe (data, slot, number)
        unsafe slot.pointee.position.store(CrashSlot.Position.within.rawValue, ordering: .sequentiallyConsistent)
        let outcome = take(lock)
        if case .acquired = outcome {
        } else if handle(outcome) != nil {
            unsafe slot.pointee.position.store(CrashSlot.Position.after.rawValue, ordering: .sequentiallyConsistent)
            return
        }
        let contradiction = data.sectionAsCall(worker: number, counters: CrashArena.counters, delay: 0)
        lock.unlock()
        unsafe slot.pointee.position.store(CrashSlot.Position.after.rawValue, ordering: .sequentiallyConsistent)
        judge(contradiction)
    }

    /// A read-only section.
    @inline(never)
    private func passReading<L: LockPrimitive & ~Copyable>(_ lock: borrowing L) {
        let (data, slot) = unsafe (data, slot)
        unsafe slot.pointee.position.store(CrashSlot.Position.within.rawValue, ordering: .sequentiallyConsistent)
        var contradiction: UInt64 = 0
        var isRead = false
        while !isRead {
            var begun: UInt64 = 0
            let outcome = lock.beginRead(&begun)
            guard outcome.isHeld else {
                _ = handle(outcome)
                break
            }
            contradiction = data.readSectionAsCall(counters: CrashArena.counters, delay: 0)
            isRead = lock.endRead(begun)
        }
        unsafe slot.pointee.position.store(CrashSlot.Position.after.rawValue, ordering: .sequentiallyConsistent)
        judge(contradiction)
    }

    /// Critical section and unlock.
    @inline(never)
    private func passHeld<L: LockPrimitive & ~Copyable>(_ lock: borrowing L) {
        let (data, slot, number) = unsafe (data, slot, number)
        unsafe slot.pointee.position.store(CrashSlot.Position.within.rawValue, ordering: .sequentiallyConsistent)
        let contradiction = data.sectionAsCall(worker: number, counters: CrashArena.counters, delay: 0)
        lock.unlock()
        unsafe slot.pointee.position.store(CrashSlot.Position.after.rawValue, ordering: .sequentiallyConsistent)
        judge(contradiction)
    }

    private func judge(_ contradiction: UInt64) {
        if contradiction != 0 { unsafe slot.pointee.overlaps.add(1, ordering: .relaxed) }
    }

    /// Handles an outcome other than a plain acquisition; returns the errno of a failed lock.
    @inline(never)
    private func handle(_ outcome: LockOutcome) -> Int32? {
        var failure: Int32?
        switch outcome {
        case .acquired: break
        case .ownerDied:
            data.repair()
            unsafe slot.pointee.ownerDeaths.add(1, ordering: .relaxed)
        case .busy where path == .expiring: return ETIMEDOUT
        case .busy: failure = EBUSY
        case .failed(let errno): failure = errno.rawValue
        }
        if let failure { unsafe slot.pointee.errorNumber.store(failure, ordering: .relaxed) }
        return failure
    }
}

extension CrashPath {
    /// How often the target takes and releases the lock beforehand: until its first-use set-up is done, and until the
    /// lock is in the mode that the path begins with.
    fileprivate var preparations: Int {
        if !warmsUp { return 0 }
        if self == .endContended { return 2 }
        return isOfModes ? 64 : 1
    }

    /// Sets when the lock changes its mode. Must precede the first use of the lock.
    fileprivate func tune() {
        guard isOfModes else { return }
        let getsBias = self == .biased || self == .revoked || self == .revokedRevoker
        unsafe setenv("SHM_ROBUST_RUN", getsBias ? "8" : "4294967295", 1)
        unsafe setenv("SHM_ROBUST_QUIET", "1", 1)
        // The first acquisition after the two that prepare `end-contended` ends the mode.
        unsafe setenv("SHM_ROBUST_CONTENDED", "2", 1)
    }
}
