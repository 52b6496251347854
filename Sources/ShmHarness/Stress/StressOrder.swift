/// An order of a stress test's coordinator for the next owner, in one word.
public struct StressOrder: Sendable, Equatable {
    /// What to do.
    public enum Kind: UInt8, Sendable {
        /// Nothing.
        case none
        /// Stay in the critical section, asleep, until released.
        case hold
        /// Stay in the critical section, spinning, until released.
        case holdBusily
        /// As `hold`, and then spin until ``StressArena/handOff``, the time of the release.
        case holdUntilHandOff
    }

    /// The point of the critical section at which the order is carried out.
    public enum Stage: UInt8, Sendable, CaseIterable {
        /// The owner word is set; the data are untouched.
        case before
        /// Half of the counters are incremented.
        case half
        /// All counters are incremented; the worker has not counted its section.
        case uncounted
        /// The worker has counted its section.
        case counted
        /// The owner word is cleared; the lock is still held.
        case after
    }

    /// Whether the owner kills another worker when it is released.
    public enum Kill: UInt8, Sendable {
        /// It does not.
        case noWorker
        /// Just before it releases the lock.
        case beforeUnlock
        /// Just after it has released the lock.
        case afterUnlock
    }

    /// What to do.
    public var kind: Kind
    /// At which point.
    public var stage: Stage
    /// Whether it kills another worker, which ``StressArena/target`` names.
    public var kill = Kill.noWorker
    /// Time between the kill and the unlock, in units of 64 ns.
    public var delay: UInt16 = 0
    /// Unique in an arena; not 0.
    public var id: UInt32

    /// Creates an order; `id` is unique in an arena and not 0, `delay` is in units of 64 ns.
    public init(kind: Kind, stage: Stage, kill: Kill = .noWorker, delay: UInt16 = 0, id: UInt32) {
        (self.kind, self.stage, self.kill, self.delay, self.id) = (kind, stage, kill, delay, id)
    }

    /// The order as a word of shared memory; 0 stands for no order.
    public var word: UInt64 {
        UInt64(kind.rawValue) | UInt64(stage.rawValue) << 4 | UInt64(kill.rawValue) << 8 | UInt64(delay) << 16
            | UInt64(id) << 32
    }

    /// Decodes a word; `nil` if it is not an order.
    public init?(word: UInt64) {
        guard let kind = Kind(rawValue: UInt8(word & 15)), kind != .none,
            let stage = Stage(rawValue: UInt8(word >> 4 & 15)), let kill = Kill(rawValue: UInt8(word >> 8 & 15))
        else { return nil }
        self.init(
            kind: kind, stage: stage, kill: kill, delay: UInt16(truncatingIfNeeded: word >> 16),
            id: UInt32(truncatingIfNeeded: word >> 32))
    }
}
