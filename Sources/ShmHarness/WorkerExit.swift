/// The exit codes of a worker.
public enum WorkerExit: Int32, Sendable {
    /// Its work is done.
    case done = 0
    /// It could not use its segments.
    case setup = 65
    /// Its lock failed; the slot has the errno.
    case lock = 70
    /// It was not allowed to be traced; the slot has the errno.
    case untraceable = 71
    /// Its arguments are wrong, as when it is started by hand.
    case usage = 64
}
