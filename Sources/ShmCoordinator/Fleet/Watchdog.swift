/// Detects that a progress count has not changed for too long while this process ran.
struct Watchdog {
    private let patience: Int64
    private var last: UInt64?
    private var deadline: Patience

    init(patience nanoseconds: Int) {
        patience = Int64(nanoseconds)
        deadline = .after(nanoseconds: patience)
    }

    mutating func isStuck(progress: UInt64) -> Bool {
        if progress != last {
            last = progress
            deadline = .after(nanoseconds: patience)
        }
        return deadline.hasPassed
    }
}
