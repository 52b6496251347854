/// What a survivor is to do: a running number, so that every order differs from the one before, and a kind.
public struct CrashOrder: Sendable, Equatable {
    /// What there is to do.
    public enum Kind: UInt32, Sendable {
        /// Nothing.
        case none = 0
        /// Lock, critical section, unlock.
        case pass = 1
        /// Lock and critical section; holds the lock until the next order.
        case hold = 2
        /// Unlock.
        case release = 3
    }

    /// As it lies in ``CrashArena/orderWord(_:)``.
    public let word: UInt32

    /// The order of a word.
    public init(word: UInt32) { self.word = word }

    /// The order to give after this one.
    public func next(_ kind: Kind) -> CrashOrder { CrashOrder(word: ((word >> 2 &+ 1) << 2) | kind.rawValue) }

    /// What there is to do.
    public var kind: Kind { Kind(rawValue: word & 3) ?? .none }
}
