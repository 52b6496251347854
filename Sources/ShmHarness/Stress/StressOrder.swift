/// What the coordinator of a stress test wants of the next owner, in one word.
public struct StressOrder: Sendable, Equatable {
    /// What to do.
    public enum Kind: UInt8, Sendable {
        /// Nothing.
        case none
        /// Stay inside, asleep, until it is released.
        case hold
        /// Stay inside, busy, until it is released.
        case holdBusily
        /// As `hold`, and then busy until ``StressArena/handOff``, which is when the lock is released.
        case holdUntilHandOff
    }

    /// At which point of the section.
    public enum Stage: UInt8, Sendable, CaseIterable {
        /// The owner word is set, the data are untouched.
        case before
        /// Half of the counters are incremented.
        case half
        /// All are, and the worker has not counted its section.
        case uncounted
        /// It has.
        case counted
        /// The owner word is cleared; the lock is held.
        case after
    }

    /// Whom to kill when it is released.
    public enum Kill: UInt8, Sendable {
        /// No worker.
        case nobody
        /// Another worker, right before the lock is released.
        case beforeUnlock
        /// Another worker, right after.
        case afterUnlock
    }

    /// What to do.
    public var kind: Kind
    /// Where.
    public var stage: Stage
    /// Whom to kill when it is released; ``StressArena/target`` names it.
    public var kill = Kill.nobody
    /// How long after the unlock, or before it, units of 64 ns.
    public var delay: UInt16 = 0
    /// Unique in an arena, never 0.
    public var id: UInt32

    /// An order.
    public init(kind: Kind, stage: Stage, kill: Kill = .nobody, delay: UInt16 = 0, id: UInt32) {
        (self.kind, self.stage, self.kill, self.delay, self.id) = (kind, stage, kill, delay, id)
    }

    /// As a word of shared memory; 0 is no order.
    public var word: UInt64 {
        UInt64(kind.rawValue) | UInt64(stage.rawValue) << 4 | UInt64(kill.rawValue) << 8 | UInt64(delay) << 16
            | UInt64(id) << 32
    }

    /// The order of a word; `nil` where the word is no order.
    public init?(word: UInt64) {
        guard let kind = Kind(rawValue: UInt8(word & 15)), kind != .none,
            let stage = Stage(rawValue: UInt8(word >> 4 & 15)), let kill = Kill(rawValue: UInt8(word >> 8 & 15))
        else { return nil }
        self.init(
            kind: kind, stage: stage, kill: kill, delay: UInt16(truncatingIfNeeded: word >> 16),
            id: UInt32(truncatingIfNeeded: word >> 32))
    }
}
