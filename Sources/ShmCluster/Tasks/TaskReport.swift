/// A task at one moment, for the live view.
package struct TaskReport: Equatable, Sendable {
    package let task: FleetTask
    package var state: TaskState
    /// The rows that are measured so far; `nil` where it is not known from here.
    package var rows: Int?
    /// The part that is done, 0 to 1; `nil` where it is not known from here.
    package var share: Double?
    /// The exit code, of a task that has ended and whose status is known.
    package var exit: Int?

    package init(
        task: FleetTask, state: TaskState, rows: Int? = nil, share: Double? = nil, exit: Int? = nil
    ) {
        self.task = task
        self.state = state
        self.rows = rows
        self.share = share
        self.exit = exit
    }
}
