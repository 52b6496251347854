internal import Glibc
@_spi(Bench) internal import ShmCore
internal import ShmHarness

// Waiting for the end of a phase.
extension RoundPhases {
    /// Lets the workers contend for a time, or until they are stuck.
    ///
    /// - Parameters:
    ///   - untilProgress: whether that time is extended until at least one section is completed: on a machine that
    ///     stood still, a window may have none, and would be void.
    ///   - look: called every 10 ms.
    mutating func watch(for nanoseconds: Int, untilProgress: Bool = false, look: () -> Void)
        throws(RoundFailure)
    {
        let end = Deadline.after(nanoseconds: Int64(nanoseconds))
        let start = scene.sections()
        while !end.hasPassed || (untilProgress && scene.sections() == start) {
            var pause = timespec()
            pause.tv_nsec = Int(min(max(end.remaining, 100_000), Timing.look))
            unsafe nanosleep(&pause, nil)
            try scene.check(all: false)
            pulse.look(scene.sections())
            if let worker = pulse.nextStill() { scene.lookForFreeze(worker) }
            isAlive = !isStuck()
            if !isAlive { return }
            if !end.hasPassed { look() }
        }
    }

    /// Waits until all workers have arrived at the n-th barrier. In a queue of many waiters that spin on few CPUs each
    /// worker needs its grant, and each grant takes time slices of all others.
    mutating func settle(_ barrier: Int) throws(RoundFailure) {
        let total = barrier * scene.cell.workers
        let arena = scene.arena
        try awaitAll(rest: {}) { arena.awaitArrivals(total, until: .after(.milliseconds(20))) >= total }
    }

    /// Waits until all workers are inside a window.
    mutating func awaitEverybody(in phase: Phase) throws(RoundFailure) {
        let arena = scene.arena
        try awaitAll(looksAtAll: false, rest: { usleep(200) }) { arena.areAllWorkersIn(phase) }
    }

    /// Waits until all workers meet a condition. If that takes too long although they are not stuck, the round is cut
    /// short.
    private mutating func awaitAll(looksAtAll: Bool = true, rest: () -> Void, until haveCome: () -> Bool)
        throws(RoundFailure)
    {
        let patience = Patience.after(nanoseconds: Int64(timing.longestEnd))
        isCutShort = try !patience.wait(
            unless: { () throws(RoundFailure) in
                try scene.check(all: looksAtAll)
                isAlive = !isStuck()
                return !isAlive
            }, rest: rest, until: haveCome)
    }

    /// Waits until all workers have exited, which takes each at most one more critical section.
    mutating func awaitEnds() throws(RoundFailure) {
        let fleet = scene.fleet
        var pause: UInt32 = 50
        isCutShort = try !Patience.after(nanoseconds: Int64(timing.longestEnd)).wait(
            unless: { () throws(RoundFailure) in
                isAlive = !isStuck()
                return !isAlive
            },
            rest: {
                usleep(pause)
                pause = min(pause * 2, 10_000)
            }, until: { !fleet.isRunning })
        if !isCutShort { try scene.check() }
    }

    /// Whether there is no progress, or the round is disturbed and would not count.
    private mutating func isStuck() -> Bool {
        watchdog.isStuck(progress: scene.progress()) || scene.disturbance != nil
    }
}
