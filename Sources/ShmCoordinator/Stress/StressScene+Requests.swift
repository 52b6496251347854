internal import Glibc
internal import ShmCore
internal import ShmHarness
internal import Synchronization

// Requests of single workers, and their answers.
extension StressScene {
    /// Waits for a condition; `false` if it does not hold in time, or a worker has ended.
    func wait(within patience: Int, _ isSo: () -> Bool) throws(RoundFailure) -> Bool {
        try Patience.after(nanoseconds: Int64(patience)).wait(unless: hasUnexpectedEnd, until: isSo)
    }

    /// Whether a worker has ended without being killed by the test: its part of the condition will not come.
    func hasUnexpectedEnd() -> Bool { unexpectedEnd() != nil }

    /// Makes all workers rest between two acquisitions; returns those that do not come to it, in words. Clearing
    /// `isPaused` ends the pause.
    func rest(within patience: Int) throws(RoundFailure) -> String? {
        arena.isPaused = true
        let everyone = contending
        _ = try wait(within: patience) { everyone.allSatisfy { state($0) == .resting } }
        return whereabouts(of: everyone.filter { state($0) != .resting })
    }

    /// Makes a request of a worker.
    func ask(_ worker: Int, _ request: StressSlot.Request, _ wanted: Int = 0) {
        let slot = unsafe arena.slot(worker)
        unsafe slot.pointee.wanted.store(UInt32(wanted), ordering: .relaxed)
        unsafe slot.pointee.request.store(request.rawValue, ordering: .releasing)
        arena.wakeResting()
    }

    /// Whether a worker has answered its request.
    func hasAnswered(_ worker: Int) -> Bool {
        unsafe arena.slot(worker).pointee.request.load(ordering: .acquiring) == 0
    }

    /// A worker's answer: 0, or an errno.
    func answer(_ worker: Int) -> Int32 { unsafe arena.slot(worker).pointee.answer.load(ordering: .relaxed) }

    /// Makes a request of some workers, and waits for their answers; returns those that do not answer in time, in
    /// words.
    func ask(_ some: [Int], _ request: StressSlot.Request, _ wanted: Int = 0, within patience: Int)
        throws(RoundFailure) -> String?
    {
        for worker in some { ask(worker, request, wanted) }
        return try awaitAnswers(of: some, within: patience)
    }

    /// Waits for the answers of some workers; returns those that do not answer in time, in words.
    func awaitAnswers(of some: [Int], within patience: Int) throws(RoundFailure) -> String? {
        _ = try wait(within: patience) { some.allSatisfy(hasAnswered) }
        return whereabouts(of: some.filter { !hasAnswered($0) })
    }

    /// Waits until a worker that was asked for a pass certainly waits for the lock: it sleeps in its call, or has used
    /// so much CPU time there that it spins.
    func awaitWaiting(_ worker: Int, within patience: Int) throws(RoundFailure) -> Bool {
        guard let process = process(worker) else { return false }
        var spentBefore: UInt64?
        return try wait(within: patience) {
            guard state(worker) == .waiting else { return false }
            guard let spent = Self.cpuTime(of: process.pid) else { return false }
            let before = spentBefore ?? spent
            spentBefore = before
            return spent - before >= 3_000_000 || ProcessState.isAsleep(process.pid) && state(worker) == .waiting
        }
    }

    /// CPU time of a process, in ns.
    private static func cpuTime(of process: Int32) -> UInt64? {
        var clock = clockid_t()
        var time = timespec()
        guard unsafe clock_getcpuclockid(process, &clock) == 0, unsafe clock_gettime(clock, &time) == 0 else {
            return nil
        }
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }
}
