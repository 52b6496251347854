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

    /// The longest time slice of a process among many, ns: the scheduler's minimum, with a margin.
    private static let longestSlice = 10_000_000

    /// Explains which parameters contradict each other; `nil` if none do. It applies to the command line and to scenarios.
    package func objection(stuckAfter: Int) -> String? {
        points.lazy.compactMap { objection($0, stuckAfter: stuckAfter) }.first
    }

    private func objection(_ load: Load, stuckAfter: Int) -> String? {
        if load.longestSection + load.think >= stuckAfter {
            return
                "critical section and think time last as long as --stuck-after \(TimeSpan(nanoseconds: stuckAfter)): expected a longer --stuck-after"
        }
        let (rate, think) = (load.rate, load.think)
        if load.isOpen, think > 0, let most = workers.max(), rate * Double(think) > 1e9 * Double(most) {
            return
                "a rate of \(Figure.rate(rate)) is more than \(counted(most, "worker")) with a think time of \(TimeSpan(nanoseconds: think)) can request: expected a lower rate, a shorter think time or more workers"
        }
        // Of the time that a worker may wait for a CPU while each busy loop has a time slice.
        let wait = load.busyLoops / Machine.current.cpus * Self.longestSlice
        if wait * 2 > stuckAfter {
            return
                "\(counted(load.busyLoops, "busy loop")) can keep a worker from its CPU for \(TimeSpan(nanoseconds: wait)): expected fewer --busy-loops, or a --stuck-after of at least \(TimeSpan(nanoseconds: 2 * wait))"
        }
        if let count = workers.first(where: { !load.fits(workers: $0) }), let shares = load.sectionShares {
            return
                "critical sections \(shares.text) leave a class without a worker with \(counted(count, "worker")): expected other workers, as in --workers \(shares.fewestWorkers)"
        }
        return nil
    }
}

extension Load {
    /// Whether a number of workers has one of each class of critical sections.
    package func fits(workers: Int) -> Bool { sectionShares?.fits(workers: workers) ?? true }

}

extension Workload {
    /// The numbers of workers that have one of each class of critical sections in all loads; all of them if none has.
    package static func fitting(_ counts: [Int], _ points: [Load]) -> [Int] {
        let fitting = counts.filter { count in points.allSatisfy { $0.fits(workers: count) } }
        return fitting.isEmpty ? counts : fitting
    }
}

extension SectionShares {
    /// The least number of workers with which each class has one.
    fileprivate var fewestWorkers: Int {
        return (classes.count...4096).first { fits(workers: $0) } ?? 4096
    }
}
