internal import ShmHarness

extension FlightEvent {
    /// What happened, in words.
    var words: String {
        switch kind {
        case .wait: "calls lock"
        case .attempt: "tries the lock"
        case .timedWait: "calls lock with a deadline in \(argument) µs"
        case .giveUp: "returns without the lock"
        case .read: "calls lock to read"
        case .acquire: "has the lock"
        case .release: "releases the lock"
        case .deathSeen: "learns that the previous owner died"
        case .repair: "repairs a half-written update of worker \(argument + 1)"
        case .intruder: "MEETS worker \(argument + 1) inside, or words that do not agree"
        case .held: "stays inside, as ordered"
        case .start: "starts, as incarnation \(argument)"
        }
    }
}
