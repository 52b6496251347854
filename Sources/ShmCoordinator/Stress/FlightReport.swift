public import ShmCore
public import ShmHarness

/// The last events of all workers when something was wrong.
public struct FlightReport: Sendable {
    /// The lock for which workers contended.
    public let lock: LockKind
    /// The fault that was injected when the finding was made.
    public let fault: Fault
    /// What was wrong, in words.
    public let finding: String
    /// The state of each worker, in words.
    public let whereabouts: [String]
    /// The last events of each worker, oldest first; times of ``Clock/now()``.
    public let events: [[FlightEvent]]

    init(_ scene: StressScene, fault: Fault, finding: String) {
        lock = scene.lock
        self.fault = fault
        self.finding = finding
        whereabouts = scene.live.map(scene.whereabouts)
        events = scene.events()
    }

    /// As text: the events of all workers in one sequence, oldest first; times in µs before the last event.
    public func text(last count: Int = 400) -> String {
        var lines = ["\(lock), \(fault.name): \(finding)", ""] + whereabouts + ["", "     µs  worker  event"]
        let all = events.enumerated().flatMap { worker, events in events.map { (worker: worker, event: $0) } }
            .sorted { $0.event.time < $1.event.time }
        let end = all.last?.event.time ?? 0
        for (worker, event) in all.suffix(count) {
            let before = "-\(Double((end - event.time) / 100) / 10)"
            let column = String(repeating: " ", count: max(0, 9 - before.count)) + before
            let number = String(repeating: " ", count: worker + 1 < 10 ? 5 : 4) + "\(worker + 1)"
            lines.append("\(column)  \(number)  \(event.words)")
        }
        return lines.joined(separator: "\n") + "\n"
    }
}
