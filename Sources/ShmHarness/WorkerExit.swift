/// How a worker process ends.
public enum WorkerExit: Int32, Sendable {
    /// Its work is done.
    case done = 0
    /// Its segments could not be used.
    case setup = 65
    /// Its lock failed; the slot has the errno.
    case lock = 70
    /// It may not be traced; the slot has the errno.
    case untraceable = 71
    /// It was started by hand.
    case usage = 64
}
