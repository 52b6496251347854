internal import Glibc

/// Outside interference with a fleet's processes: observations of them meanwhile say nothing about a lock.
struct Disturbances {
    /// The first that was detected.
    private(set) var first: Standstill?
    /// Places of the processes that the test itself stops, or has stopped and continued.
    private var stoppedByTest: Set<Int> = []

    /// Records that the test stops a process.
    mutating func beginStop(_ place: Int) { stoppedByTest.insert(place) }

    /// Records that the test is about to continue a process.
    mutating func endStop(_ process: ChildProcess, called name: @autoclosure () -> String) {
        if process.jobSignal() == SIGCONT {
            first = Standstill(text: "\(name()), which this test had stopped, was continued by another program")
        }
    }

    /// Checks whether another program stops a process, or has stopped it since the last check.
    ///
    /// - Parameter isSuspicious: whether something is wrong that a process without CPU time would explain.
    mutating func look(
        at process: ChildProcess, _ place: Int, called name: @autoclosure () -> String, isSuspicious: Bool
    ) {
        let wasSignalled = process.jobSignal() != nil && !stoppedByTest.contains(place)
        guard wasSignalled || isSuspicious else { return }
        let freeze = ProcessFreeze.description(of: process.pid)
        guard wasSignalled || freeze != nil else { return }
        first = first ?? Standstill(text: "\(name()) \(freeze ?? "was stopped by a signal, and continued")")
    }
}
