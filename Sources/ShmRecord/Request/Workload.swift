package import ShmCoordinator
package import ShmCore

/// A workload, under which several locks are measured with several numbers of workers.
package struct Workload {
    package var locks: [LockKind]
    package var workers: [Int]
    /// The combinations of the other parameters: a grid, or one load; ``workers`` replaces their number of workers.
    package let points: [Load]

    /// - Parameter points: at least one.
    package init(locks: [LockKind], workers: [Int], _ points: [Load] = [Load()]) {
        self.locks = locks
        self.workers = workers
        self.points = points
    }

    /// The load, or the first one of a grid.
    package var load: Load { points[0] }

    /// Whether a parameter other than the number of workers has several values.
    package var isGrid: Bool { points.count > 1 }

    /// Each combination with each number of workers.
    package var loads: [Load] {
        workers.flatMap { count in
            points.map { point in
                var load = point
                load.workers = count
                return load
            }
        }
    }

    /// Every lock with every number of workers.
    package var cells: [Cell] { loads.flatMap { load in locks.map { Cell($0, load) } } }

    /// The default numbers of workers: 1, 2, and four per CPU.
    package static var usualWorkers: [Int] { [1, 2, 4 * Machine.current.cpus].uniqued() }

    /// Explains which parameters contradict each other; `nil` if none do. It applies to the command line and to scenarios.
    package func objection(stuckAfter: Int) -> String? {
        points.lazy.compactMap { objection($0, stuckAfter: stuckAfter) }.first
    }

    private func objection(_ load: Load, stuckAfter: Int) -> String? {
        if load.criticalSection + load.think >= stuckAfter {
            return
                "critical section and think time last as long as --stuck-after \(TimeSpan(nanoseconds: stuckAfter)): expected a longer --stuck-after"
        }
        let (rate, think) = (load.rate, load.think)
        if load.isOpen, think > 0, let most = workers.max(), rate * Double(think) > 1e9 * Double(most) {
            return
                "a rate of \(Figure.rate(rate)) is more than \(counted(most, "worker")) with a think time of \(TimeSpan(nanoseconds: think)) can request: expected a lower rate, a shorter think time or more workers"
        }
        return nil
    }
}
