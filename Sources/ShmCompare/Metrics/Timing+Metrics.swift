package import ShmCoordinator

extension Timing {
    /// The timing without the windows that none of the metrics needs under a load. An open loop keeps the latency window,
    /// which shows whether it was overloaded.
    package func serving(_ metrics: [Metric], _ load: Load) -> Timing {
        func isNeeded(_ window: Metric.Window) -> Bool {
            metrics.contains { metric in
                metric.windows.contains(window) && metric.isMeasured(workers: load.workers, kills: true)
            }
        }
        var timing = self
        if !isNeeded(.latency) && !load.isOpen { timing.latency = 0 }
        if !isNeeded(.order) { timing.order = 0 }
        return timing
    }
}
