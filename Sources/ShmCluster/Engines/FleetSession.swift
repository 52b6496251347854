internal import Glibc
internal import ShmCoordinator
@_spi(Bench) internal import ShmCore
internal import ShmRecord

/// Follows a submitted fleet to its end: polls, fetches what has ended, and ends what is left when the user interrupts.
package struct FleetSession {
    private let folder: FleetFolder
    private let plan: FleetPlan
    private let engine: any FleetEngine

    /// The failures of single calls, which may be of the moment, as they occur.
    private let complain: (String) -> Void
    private var fetched: Set<String> = []
    private var troubles: [String: String] = [:]
    private var lastTrouble = ""

    /// The time for which an engine may not answer before the session gives up.
    private static let patience = Duration.seconds(120)

    /// - Parameter complain: shows one line about a trouble that does not end the session.
    package init(
        _ folder: FleetFolder, _ plan: FleetPlan, _ engine: any FleetEngine, complain: @escaping (String) -> Void
    ) {
        (self.folder, self.plan, self.engine, self.complain) = (folder, plan, engine, complain)
    }

    /// How following has ended.
    package struct End: Sendable {
        /// Where each task is, in the order of the plan.
        package let reports: [TaskReport]
        package let isInterrupted: Bool
        /// What could not be fetched, by the names of the tasks.
        package let unfetched: [String: String]
    }

    /// Waits until all tasks are over, or the user interrupts: then what runs is cancelled, and what came is kept.
    ///
    /// - Parameter show: is called with every poll.
    /// - Throws: ``Failure`` if the engine has not answered for two minutes.
    package mutating func follow(show: ([TaskReport]) -> Void) throws -> End {
        var reports = plan.tasks.map { TaskReport(task: $0, state: .waiting("")) }
        var silence = Deadline.after(Self.patience)
        let pause = PollPause(tasks: plan.tasks.count)
        while true {
            if Interruption.hasCome { return try interrupted(reports) }
            do {
                reports = try engine.poll()
                silence = .after(Self.patience)
            } catch let failure as Failure {
                if failure.cause == .interrupted { continue }
                if silence.hasPassed { throw failure }
                if failure.message != lastTrouble { complain("\(failure.message); trying again") }
                lastTrouble = failure.message
            }
            fetch(reports)
            show(reports)
            if reports.allSatisfy(\.state.isOver) {
                return End(reports: reports, isInterrupted: false, unfetched: troubles)
            }
            pause.take()
        }
    }

    /// Takes what is there now, without waiting for what runs.
    package mutating func glance() throws -> End {
        var reports = try engine.poll()
        while engine.isSettling && !Interruption.hasCome {
            usleep(200_000)
            reports = try engine.poll()
        }
        fetch(reports)
        engine.peek(reports.filter { $0.state == .running }.map(\.task))
        return End(reports: reports, isInterrupted: false, unfetched: troubles)
    }

    private mutating func interrupted(_ reports: [TaskReport]) throws -> End {
        var reports = reports
        do {
            try engine.cancel()
            reports = try engine.poll()
        } catch let failure as Failure { complain(failure.message) }
        for index in reports.indices where !reports[index].state.isOver {
            reports[index].state = .cancelled("interrupted")
        }
        fetch(reports)
        return End(reports: reports, isInterrupted: true, unfetched: troubles)
    }

    private mutating func fetch(_ reports: [TaskReport]) {
        let ended = reports.filter { $0.state.isOver && !fetched.contains($0.task.name) }.map(\.task)
        if ended.isEmpty { return }
        let failures = engine.fetch(ended)
        for task in ended {
            fetched.insert(task.name)
            if let failure = failures[task.name] { troubles[task.name] = failure.message }
        }
    }
}
