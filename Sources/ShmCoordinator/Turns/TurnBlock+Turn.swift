internal import Glibc
@_spi(Bench) internal import ShmCore
internal import ShmHarness

// One turn.
extension TurnBlock {
    /// Lets one side contend in a window. Returns `false` if the block ends: the side is stuck, or a process stood still.
    func turn(of index: Int, _ window: Phase) throws(RoundFailure) -> Bool {
        let side = sides[index]
        let arena = side.scene.arena
        let writes = side.writes()
        arena.openGate(to: window)
        guard try meeting(of: index) else { return false }
        arena.enter(.warmup)
        sleep(timing.warmup)
        let used = side.cpuMicroseconds()
        arena.enter(window)
        if window != .throughput, try !areAllIn(window, index) { return false }
        let start = side.snapshot()
        var end = start
        // On a machine that stood still, a window may have no section, and would be void.
        repeat {
            sleep(timing.window)
            end = side.snapshot()
            guard try goesOn(index) else { return false }
        } while end.sections == start.sections
        arena.enter(.settle)
        guard try meeting(of: index) else { return false }
        side.examine(writes: side.writes() &- writes)
        side.record(window, from: start, to: end, cpuMicroseconds: side.cpuMicroseconds() &- used)
        return true
    }

    private func sleep(_ nanoseconds: Int) {
        var rest = timespec()
        (rest.tv_sec, rest.tv_nsec) = (nanoseconds / 1_000_000_000, nanoseconds % 1_000_000_000)
        unsafe nanosleep(&rest, nil)
    }

    /// Waits until all workers of a side have arrived at the gate or the barrier. Returns `false` if the block ends.
    private func meeting(of index: Int) throws(RoundFailure) -> Bool {
        let total = sides[index].nextMeeting()
        let arena = sides[index].scene.arena
        return try wait(index, rest: {}) { arena.awaitArrivals(total, until: .after(.milliseconds(20))) >= total }
    }

    /// Waits until all workers are inside a window. Returns `false` if the block ends.
    private func areAllIn(_ window: Phase, _ index: Int) throws(RoundFailure) -> Bool {
        let arena = sides[index].scene.arena
        return try wait(index, rest: { usleep(50) }) { arena.areAllWorkersIn(window) }
    }

    private func wait(_ index: Int, rest: () -> Void, until isSo: () -> Bool) throws(RoundFailure) -> Bool {
        let limit = timing.stuckAfter + timing.stuckAfter / 4
        var ends = false
        let hasCome = try Patience.after(nanoseconds: Int64(limit)).wait(
            unless: { () throws(RoundFailure) in
                ends = try !goesOn(index)
                return ends
            }, rest: rest, until: isSo)
        if hasCome || ends { return hasCome }
        let name = sides[index].scene.cell.lock
        throw .failed(
            "workers of \(name) took more than \(limit / 1_000_000) ms to begin or end a turn of \(timing.window / 1000) µs"
        )
    }

    /// Whether the block goes on: no process of either side was disturbed, and the side whose turn it is makes progress.
    /// Throws if a worker has ended.
    private func goesOn(_ index: Int) throws(RoundFailure) -> Bool {
        for side in sides { try side.scene.check() }
        if disturbance != nil { return false }
        let progress = sides[0].scene.progress() &+ sides[1].scene.progress()
        if watchdog.isStuck(progress: progress) { stuckSide = index }
        return stuckSide == nil
    }
}
