package import ShmRecord

/// What starts the tasks of a fleet, watches and ends them.
///
/// An engine keeps what it needs to go on in ``EngineRecord``, which it writes as soon as something runs elsewhere: another
/// process can then take over.
package protocol FleetEngine: AnyObject {
    /// Submits all tasks. What fails leaves nothing that runs.
    ///
    /// - Throws: ``Failure`` if nothing could be submitted; a task that cannot run alone is ``TaskState/missing(_:)``.
    func submit() throws

    /// Where each task is, in the order of the plan. Does not wait for a task.
    ///
    /// - Throws: ``Failure`` if the engine does not answer; it may later.
    func poll() throws -> [TaskReport]

    /// Whether a task that the last poll saw running has ended, and what it said last may still become visible here.
    var isSettling: Bool { get }

    /// Brings the results of tasks that are over into the fleet folder, where they are not there already, and removes what
    /// the fleet has left on their nodes. Returns what could not be fetched, by the names of the tasks.
    func fetch(_ tasks: [FleetTask]) -> [String: Failure]

    /// Copies what tasks that still run have by now into the fleet folder, where an engine can do that.
    func peek(_ tasks: [FleetTask])

    /// Ends all tasks that are not over, and waits for their end, for a while.
    ///
    /// - Throws: ``Failure`` if the engine does not do it.
    func cancel() throws
}

extension FleetEngine {
    package var isSettling: Bool { false }

    package func peek(_ tasks: [FleetTask]) {}
}
