/// In which circumstances a target passes through lock, critical section and unlock, and is killed.
public enum CrashPath: UInt32, Sendable, CaseIterable, CustomStringConvertible {
    /// No other process wants the lock.
    case uncontended = 0
    /// Another process holds the lock; it releases when the target sleeps, and then others sleep behind the target.
    case waiter = 1
    /// The target holds the lock already, and the others sleep waiting for it: section and unlock alone.
    case holder = 2
    /// As ``waiter``, but right before the kill the process that released asks for the lock again. Where the target has
    /// been woken and has not taken the lock yet, it gets in between, and holds the lock while the target dies: the
    /// target takes its wake-up with it, and the newcomer may not know that others sleep.
    case barger = 4
    /// As ``uncontended``, but the target has never used the lock before.
    case firstUse = 3
    /// As ``uncontended``, by a try.
    case attempt = 5
    /// As ``uncontended``, with a distant deadline.
    case timed = 6
    /// As ``waiter``, with a distant deadline.
    case timedWaiter = 7
    /// Another process holds the lock until the target is dead: its deadline passes, and it leaves without the lock.
    case expiring = 8
    /// As ``uncontended``, by a read-only section; for locks whose readers share them.
    case reader = 9

    /// The name by which users ask for it.
    public var name: String {
        switch self {
        case .uncontended: "uncontended"
        case .waiter: "waiter"
        case .holder: "holder"
        case .barger: "barger"
        case .firstUse: "first-use"
        case .attempt: "try"
        case .timed: "timed"
        case .timedWaiter: "timed-waiter"
        case .expiring: "expiring"
        case .reader: "reader"
        }
    }

    /// The path of that name.
    public init?(named name: String) {
        guard let found = Self.allCases.first(where: { $0.name == name }) else { return nil }
        self = found
    }

    /// The name.
    public var description: String { name }

    /// Whether the target takes and releases the lock once before, so that what it sets up on its first use is
    /// not part of the path.
    public var warmsUp: Bool { self != .firstUse }

    /// Whether the others wait for the lock while the target is on its way.
    public var hasWaiters: Bool { self == .holder || beginsHeld }

    /// Whether another process holds the lock when the target begins.
    public var beginsHeld: Bool { self == .waiter || self == .barger || self == .timedWaiter || self == .expiring }

    /// Whether that process goes on holding it until the target is dead.
    public var staysHeld: Bool { self == .expiring }
}
