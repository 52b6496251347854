package import ShmCoordinator

extension TurnTiming {
    /// The turns of a block that takes the place of a block of four rounds: windows of a quarter of the round's, and none of
    /// the kinds that the rounds leave out.
    package init(_ timing: Timing) {
        self.init(window: max(1_000_000, timing.throughput / 4), stuckAfter: timing.stuckAfter)
        if timing.latency == 0 { latencyPairs = 0 }
        if timing.order == 0 { orderPairs = 0 }
    }

    /// The lengths of the windows of one side, together.
    package var asked: Timing {
        Timing(
            warmup: warmup, throughput: pairs * window, latency: latencyPairs * window, order: orderPairs * window,
            stuckAfter: stuckAfter)
    }
}
