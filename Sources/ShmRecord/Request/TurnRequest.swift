/// A request to another process to measure one block of turns: the line of a ``RoundRequest`` for the base, with three more
/// words.
package struct TurnRequest: Equatable {
    /// The first line of the other process, with the version of the protocol.
    package static let greeting = "shmbench turns 1"
    /// The prefix of an answer that says why the cell cannot be measured in turns.
    package static let obstacle = "rounds: "

    /// What the base is measured under; its `round` is the number of the block.
    package var base: RoundRequest
    /// The name of the other side's lock, or `plugin` for the plugin's.
    package var otherLock: String
    /// Whether the other side is the base once more.
    package var isControl: Bool
    /// The seed of the block's coins.
    package var seed: UInt64

    package init(base: RoundRequest, otherLock: String, isControl: Bool, seed: UInt64) {
        (self.base, self.otherLock, self.isControl, self.seed) = (base, otherLock, isControl, seed)
    }

    package var line: String {
        base.line + " other_lock=\(otherLock) control=\(isControl ? 1 : 0) coins=\(seed)"
    }

    /// Parses a line.
    ///
    /// - Throws: ``Failure`` that names the word, its value and what is expected.
    package init(_ line: String) throws {
        let words = try RequestWords(line)
        base = try RoundRequest(words)
        otherLock = try words.text("other_lock")
        isControl = try words.text("control") == "1"
        let coins = try words.text("coins")
        guard let seed = UInt64(coins) else {
            throw Failure.invalid(coins, for: "coins", expected: "0…\(UInt64.max)")
        }
        self.seed = seed
    }
}
