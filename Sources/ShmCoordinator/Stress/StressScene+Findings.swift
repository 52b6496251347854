extension StressScene {
    /// What waits for ever, or ended without being killed, in words.
    func stuck(within patience: Int, _ outside: OutsideFindings) throws(RoundFailure) -> String? {
        var hang = whereabouts(of: try awaitProgress(within: patience))
        if hang == nil && canRest { hang = try drain(within: patience) }
        hang = unexpectedEnd() ?? hang
        if hang != nil { outside.look(at: self) }
        return hang
    }

    /// The finding where no worker gets the lock.
    func nobody(_ outside: OutsideFindings) -> String {
        outside.look(at: self)
        if let end = unexpectedEnd() { return end }
        return live.first.map(whereabouts) ?? "nobody is left"
    }
}
