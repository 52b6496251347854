extension Patience {
    /// Waits until a condition holds, for as long as this patience lasts. Returns whether it holds; throws if the user
    /// interrupts.
    ///
    /// - Parameters:
    ///   - isVain: whether waiting has become pointless; called between two checks; throws what ends the test.
    ///   - rest: waits between two checks.
    func wait(
        unless isVain: () throws(RoundFailure) -> Bool = { () throws(RoundFailure) in false }, rest: () -> Void,
        until isSo: () -> Bool
    ) throws(RoundFailure) -> Bool {
        while !isSo() {
            if try isVain() || hasPassed { return isSo() }
            if Interruption.hasCome { throw .interrupted }
            rest()
        }
        return true
    }

    /// The same, with a ``PollBackoff`` between two checks.
    func wait(
        unless isVain: () throws(RoundFailure) -> Bool = { () throws(RoundFailure) in false }, until isSo: () -> Bool
    ) throws(RoundFailure) -> Bool {
        var pause = PollBackoff()
        return try wait(unless: isVain, rest: { pause.take() }, until: isSo)
    }
}
