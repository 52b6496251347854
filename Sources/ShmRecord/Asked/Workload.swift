package import ShmCoordinator
package import ShmCore

/// One workload, under which several locks are measured with several numbers of workers.
package struct Workload {
    package var locks: [LockKind]
    package var workers: [Int]
    /// What is measured under, but for the number of workers.
    package var load: Load

    package init(locks: [LockKind], workers: [Int], _ load: Load = Load()) {
        self.locks = locks
        self.workers = workers
        self.load = load
    }

    /// Its load with each number of workers.
    package var loads: [Load] {
        workers.map { count in
            var load = load
            load.workers = count
            return load
        }
    }

    /// Every lock with every number of workers.
    package var cells: [Cell] { loads.flatMap { load in locks.map { Cell($0, load) } } }

    /// Numbers of workers where none are asked for.
    package static var usualWorkers: [Int] { [1, 2, 4 * Machine.current.cpus].uniqued() }

    /// Says which of its parameters contradict each other; `nil` where none do. Both the command line and scenario files are
    /// held to this.
    package func objection(stuckAfter: Int) -> String? {
        if load.criticalSection + load.think >= stuckAfter {
            return
                "critical section and think time take longer than --stuck-after \(TimeSpan(nanoseconds: stuckAfter)); raise that"
        }
        let (rate, think) = (load.rate, load.think)
        if load.isOpen, think > 0, let most = workers.max(), rate * Double(think) > 1e9 * Double(most) {
            return
                "a rate of \(Figure.rate(rate)) is more than \(most) workers with a think time of \(TimeSpan(nanoseconds: think)) can ask for"
        }
        return nil
    }
}
