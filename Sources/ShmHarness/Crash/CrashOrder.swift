/// An order for a survivor: a kind, and a sequence number so that each order differs from the one before.
public struct CrashOrder: Sendable, Equatable {
    /// What a survivor is to do.
    public enum Kind: UInt32, Sendable {
        /// Nothing.
        case none = 0
        /// Acquire the lock, execute the critical section, unlock.
        case pass = 1
        /// Acquire the lock, execute the critical section, and hold the lock until the next order.
        case hold = 2
        /// Release the lock.
        case release = 3
        /// As ``hold``, after so many acquisitions that a lock which changes its mode is biased towards the survivor.
        case own = 4
    }

    /// The word that ``CrashArena/orderWord(_:)`` holds.
    public let word: UInt32

    /// Decodes a word.
    public init(word: UInt32) { self.word = word }

    /// The next order after this one.
    public func next(_ kind: Kind) -> CrashOrder { CrashOrder(word: ((word >> 3 &+ 1) << 3) | kind.rawValue) }

    /// What the survivor is to do.
    public var kind: Kind { Kind(rawValue: word & 7) ?? .none }
}
