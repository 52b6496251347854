internal import ShmCore

/// Notices that a figure has not moved for too long.
struct Watchdog {
    private let patience: Int64
    private var last: UInt64?
    private var deadline = Deadline.now

    init(patience nanoseconds: Int) { patience = Int64(nanoseconds) }

    mutating func isStuck(progress: UInt64) -> Bool {
        if progress != last {
            last = progress
            deadline = .after(nanoseconds: patience)
        }
        return deadline.hasPassed
    }
}
