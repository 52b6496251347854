internal import Glibc
internal import ShmCoordinator
@_spi(Bench) internal import ShmCore

/// The pause between two polls: a poll takes time from nodes or from the engine, so long tasks are polled less often.
struct PollPause {
    private let started = Deadline.now
    private let tasks: Int

    init(tasks: Int) { self.tasks = tasks }

    /// Waits; an interruption ends the wait.
    func take() {
        let elapsed = Double(Deadline.now.nanoseconds - started.nanoseconds) / 1e9
        let seconds = min(max(0.5, elapsed / 40), 5) + Double(tasks) / 500
        let end = Deadline.after(nanoseconds: Int64(seconds * 1e9))
        while !end.hasPassed && !Interruption.hasCome { usleep(50_000) }
    }
}
