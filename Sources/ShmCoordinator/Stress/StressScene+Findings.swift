extension StressScene {
    /// What hangs, or ended without being killed, in words; `nil` if nothing does.
    func stuck(within patience: Int, _ outside: OutsideFindings) throws(RoundFailure) -> String? {
        var hang = whereabouts(of: try awaitProgress(within: patience))
        if hang == nil && canRest { hang = try drain(within: patience) }
        hang = unexpectedEnd() ?? hang
        if hang != nil { outside.look(at: self) }
        return hang
    }

    /// The finding if no worker gets the lock.
    func noProgress(_ outside: OutsideFindings) -> String {
        outside.look(at: self)
        if let end = unexpectedEnd() { return end }
        return live.first.map(whereabouts) ?? "no worker is left"
    }
}
