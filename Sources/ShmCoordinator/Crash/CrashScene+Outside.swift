extension CrashScene {
    /// Why what was seen since a time says nothing about the lock: this process or a survivor stood still; `nil` where none
    /// did.
    ///
    /// - Parameter isSuspicious: whether something is wrong that a process that cannot run would explain.
    func standstill(since start: UInt64, isSuspicious: Bool) -> Standstill? {
        if let found = Standstill(PauseWatch.shared.pauses(since: start)) { return found }
        for (index, process) in processes.enumerated() {
            let wasSignalled = process.jobSignal() != nil
            guard wasSignalled || isSuspicious else { continue }
            let freeze = ProcessFreeze.description(of: process.pid)
            if wasSignalled || freeze != nil {
                let what = freeze ?? "was stopped by a signal, and went on"
                return Standstill(text: "survivor \(index + 1) of \(survivors) (pid \(process.pid)) \(what)")
            }
        }
        return nil
    }

    /// A survivor that something outside this program has ended, in words.
    func outsideEnd() -> String? {
        for (index, process) in processes.enumerated() where !process.isRunning {
            guard let exit = process.exit, exit.isOutside else { continue }
            return "survivor \(index + 1) of \(survivors) (pid \(process.pid)) \(exit.explained)"
        }
        return nil
    }
}
