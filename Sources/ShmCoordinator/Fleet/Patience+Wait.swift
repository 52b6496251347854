extension Patience {
    /// Waits until something is so, for as long as this patience lasts. Returns whether it came to be so; throws where
    /// the user wants an end.
    ///
    /// - Parameters:
    ///   - isVain: whether there is no point in waiting on, which each look asks; throws what ends the test.
    ///   - rest: waits between two looks.
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

    /// The same, with a ``Pause`` between two looks.
    func wait(
        unless isVain: () throws(RoundFailure) -> Bool = { () throws(RoundFailure) in false }, until isSo: () -> Bool
    ) throws(RoundFailure) -> Bool {
        var pause = Pause()
        return try wait(unless: isVain, rest: { pause.take() }, until: isSo)
    }
}
