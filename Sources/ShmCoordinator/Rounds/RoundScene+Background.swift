internal import Glibc
internal import ShmHarness

// The background load: busy loops, which run from before the first window to the end of the last one. They are no
// workers: no figure counts their time.
extension RoundScene {
    /// Starts the busy loops, and waits until all run.
    func startBackground() throws(RoundFailure) {
        for loop in 0..<cell.busyLoops {
            try background.start(loop, task: "spin", calling: background.name(loop))
            if Interruption.hasCome { throw .interrupted }
        }
        let (arena, loops) = (arena, cell.busyLoops)
        let areRunning = try Patience.after(.seconds(30)).wait(
            unless: { () throws(RoundFailure) in
                try check()
                return disturbance != nil
            }, rest: { usleep(1000) }, until: { arena.busyLoops >= loops })
        if areRunning || disturbance != nil { return }
        throw .failed("\(arena.busyLoops) of \(counted(loops, "busy loop")) began within 30 s")
    }

    /// Ends the busy loops. Throws if one of them has ended before.
    func endBackground() throws(RoundFailure) {
        try checkBackground { _ in true }
        _ = background.kill(background.live)
    }

    /// Throws if a busy loop has ended. Detects those that were stopped.
    ///
    /// - Parameter isChecked: selects the loops to check; each check is a system call.
    func checkBackground(_ isChecked: (Int) -> Bool) throws(RoundFailure) {
        for loop in background.live where isChecked(loop) {
            background.lookForDisturbance(of: loop)
            guard let exit = background.process(loop)?.exit else { continue }
            throw .failed("\(background.fullName(loop)) \(exit.explained)")
        }
    }
}
