internal import ShmCoordinator
internal import ShmCore
internal import ShmHarness

/// One workload, under which several locks are measured with several numbers of workers.
struct Workload {
    var name = "default"
    var locks: [LockKind]
    var workers: [Int]
    var criticalSection = 0
    var think = 0
    var counters = 4
    var readPercent = 0
    var pinning = Pinning.spread
    var spacing = Arrivals.Spacing.closed
    /// Acquisitions a second that are due, of all workers together; 0 in a closed loop.
    var rate = 0.0

    /// Every lock with every number of workers.
    var cells: [Cell] {
        workers.flatMap { count in
            locks.map {
                Cell(
                    lock: $0, workers: count, criticalSection: criticalSection, think: think, counters: counters,
                    readPercent: readPercent, pinning: pinning, spacing: spacing, rate: rate, scenario: name)
            }
        }
    }

    /// Numbers of workers where none are asked for.
    static var usualWorkers: [Int] { [1, 2, 4 * Machine.current.cpus].uniqued() }

    /// Says what makes no sense in it; `nil` where all does. Both the command line and scenario files are held to this.
    func objection(stuckAfter: Int) -> String? {
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
