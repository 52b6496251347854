internal import ShmHarness

/// One of the ways to take a lock.
enum LockWay {
    case lock
    case attempt
    /// With a deadline, in ns of ``Clock``.
    case timedWait(UInt64)
    case read
}

/// Chooses ways at random, within the policy of the stress test.
struct LockWays {
    private let arena: StressArena
    private let sharesReaders: Bool
    private var state: UInt64

    /// By how much a deadline may precede or follow an announced release, in ns; a timer fires up to 50 µs late.
    private static let handOffLead: UInt64 = 60_000
    private static let handOffLag: UInt64 = 5_000

    init(_ arena: StressArena, seed: UInt64, sharesReaders: Bool) {
        self.arena = arena
        self.sharesReaders = sharesReaders
        state = 0x9e37_79b9_7f4a_7c15 &* (seed | 1)
    }

    /// Marsaglia's xorshift, as in ``ReadDice``.
    private mutating func draw(below limit: UInt64) -> UInt64 {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return (state >> 11) % limit
    }

    mutating func next() -> LockWay {
        switch arena.policy {
        case .lock: return .lock
        case .tries: return .attempt
        case .timedWaits: return .timedWait(deadline())
        case .reads: return .read
        case .any: break
        }
        return switch draw(below: 16) {
        case 0..<2: .attempt
        case 2..<6: .timedWait(deadline())
        case 6..<(sharesReaders ? 10 : 7): .read
        default: .lock
        }
    }

    /// Mostly microseconds to milliseconds ahead; often the time of an announced release; sometimes in the past.
    private mutating func deadline() -> UInt64 {
        let (now, handOff) = (Clock.now(), arena.handOff)
        if handOff > now && handOff - now < 10_000_000 && draw(below: 2) == 0 { return handOffDeadline() }
        if draw(below: 16) == 0 { return now - 1 }
        return now + (1_000 << draw(below: 12)) + draw(below: 1_000)
    }

    /// A deadline close to the announced release.
    mutating func handOffDeadline() -> UInt64 {
        arena.handOff - Self.handOffLead + draw(below: Self.handOffLead + Self.handOffLag)
    }

    /// How long before its release an owner announces it, in ns; `nil` if it does not.
    mutating func announcement() -> UInt64? {
        switch arena.policy {
        case .any: draw(below: 32) == 0 ? 10_000 + draw(below: 70_000) : nil
        case .timedWaits: draw(below: 4) == 0 ? 10_000 + draw(below: 70_000) : nil
        case .lock, .tries, .reads: nil
        }
    }

    /// How long a reader stays inside, in ns; mostly 0.
    mutating func readingTime() -> UInt64 { draw(below: 8) == 0 ? draw(below: 20_000) : 0 }
}
