package import ShmCoordinator
package import ShmCore
package import ShmHarness

/// One workload, under which several locks are measured with several numbers of workers.
package struct Workload {
    package var name: String
    package var locks: [LockKind]
    package var workers: [Int]
    package var criticalSection: Int
    package var think: Int
    package var counters: Int
    package var readPercent: Int
    package var pinning: Pinning
    package var spacing: Arrivals.Spacing
    /// Acquisitions a second that are due, of all workers together; 0 in a closed loop.
    package var rate: Double

    /// A workload.
    package init(
        name: String = "default", locks: [LockKind], workers: [Int], criticalSection: Int = 0, think: Int = 0,
        counters: Int = 4, readPercent: Int = 0, pinning: Pinning = .spread,
        spacing: Arrivals.Spacing = .closed, rate: Double = 0
    ) {
        self.name = name
        self.locks = locks
        self.workers = workers
        self.criticalSection = criticalSection
        self.think = think
        self.counters = counters
        self.readPercent = readPercent
        self.pinning = pinning
        self.spacing = spacing
        self.rate = rate
    }

    /// Every lock with every number of workers.
    package var cells: [Cell] {
        workers.flatMap { count in
            locks.map {
                Cell(
                    lock: $0, workers: count, criticalSection: criticalSection, think: think, counters: counters,
                    readPercent: readPercent, pinning: pinning, spacing: spacing, rate: rate, scenario: name)
            }
        }
    }

    /// Numbers of workers where none are asked for.
    package static var usualWorkers: [Int] { [1, 2, 4 * Machine.current.cpus].uniqued() }

    /// Says what makes no sense in it; `nil` where all does. Both the command line and scenario files are held to this.
    package func objection(stuckAfter: Int) -> String? {
        if !(1...GuardedData.counterLimit).contains(counters) {
            return "counters \(counters) makes no sense: 1 to \(GuardedData.counterLimit)"
        }
        if !(0...100).contains(readPercent) { return "a read percentage of \(readPercent) makes no sense: 0 to 100" }
        if criticalSection + think >= stuckAfter {
            return
                "critical section and think time take longer than --stuck-after \(TimeSpan(nanoseconds: stuckAfter)); raise that"
        }
        if spacing != .closed, think > 0, let most = workers.max(), rate * Double(think) > 1e9 * Double(most) {
            return
                "a rate of \(Figure.rate(rate)) is more than \(most) workers with a think time of \(TimeSpan(nanoseconds: think)) can ask for"
        }
        return nil
    }
}
