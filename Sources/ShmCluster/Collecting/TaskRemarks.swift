internal import ShmHarness
internal import ShmRecord

/// What is odd about a task beside its ending: versions, clocks, kernels.
struct TaskRemarks {
    let lines: [String]
    /// That of ``TaskOutcome/clockOffset``.
    let clockOffset: Int?

    /// The difference of two clocks that is told, in s.
    private static let tolerance = 60

    init(_ plan: FleetPlan, _ status: TaskStatus?, _ results: TaskResults?, arrival: Int?) {
        var lines: [String] = []
        let tools = ([status?.tool ?? ""] + (results?.values("tool_version") ?? [])).filter { !$0.isEmpty }.uniqued()
        for tool in tools where tool != plan.toolVersion {
            lines.append("it has shmbench \(tool), and the fleet was planned with \(plan.toolVersion)")
        }
        let kernels = ([status?.kernel ?? ""] + (results?.values("kernel") ?? [])).filter { !$0.isEmpty }.uniqued()
        if kernels.count > 1 { lines.append("its kernel changed: \(kernels.joined(separator: ", then "))") }
        if let started = status?.started, let ended = status?.ended, ended < started {
            lines.append("its clock was set back by \(started - ended) s or more while it ran")
        }
        self.lines = lines
        clockOffset = status.flatMap { Self.clockOffset(plan, $0, arrival: arrival) }
    }

    private static func clockOffset(_ plan: FleetPlan, _ status: TaskStatus, arrival: Int?) -> Int? {
        // It cannot have started before it was planned, nor ended after its status came here.
        if let started = status.started, let planned = plan.createdSeconds, started < planned - tolerance {
            return started - planned
        }
        guard let arrival, let latest = [status.started, status.ended].compactMap(\.self).max() else { return nil }
        return latest > arrival + tolerance ? latest - arrival : nil
    }
}
