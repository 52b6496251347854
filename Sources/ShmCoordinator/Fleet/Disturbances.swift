internal import Glibc

/// What somebody else did to a fleet's processes: what is seen of them meanwhile says nothing about a lock.
struct Disturbances {
    /// The first that was noticed.
    private(set) var first: Standstill?
    /// Places whose processes the test itself stops, or has stopped and let go on.
    private var stoppedByTest: Set<Int> = []

    /// The test itself stops a process.
    mutating func beginStop(_ place: Int) { stoppedByTest.insert(place) }

    /// It is about to let it go on.
    mutating func endStop(_ process: ChildProcess, called name: @autoclosure () -> String) {
        if process.jobSignal() == SIGCONT {
            first = Standstill(text: "\(name()), which this test had stopped, was let go on by somebody else")
        }
    }

    /// Looks whether somebody stops a process, or has stopped it since the last look.
    ///
    /// - Parameter isSuspicious: whether something is wrong that a process that cannot run would explain.
    mutating func look(
        at process: ChildProcess, _ place: Int, called name: @autoclosure () -> String, isSuspicious: Bool
    ) {
        let wasSignalled = process.jobSignal() != nil && !stoppedByTest.contains(place)
        guard wasSignalled || isSuspicious else { return }
        let freeze = ProcessFreeze.description(of: process.pid)
        guard wasSignalled || freeze != nil else { return }
        first = first ?? Standstill(text: "\(name()) \(freeze ?? "was stopped by a signal, and went on")")
    }
}
