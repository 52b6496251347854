internal import ShmHarness
internal import ShmRecord

/// What is odd about a task beside its ending: versions, clocks, kernels.
struct TaskRemarks {
    let lines: [String]

    /// The difference of two clocks that is told, in s.
    private static let tolerance = 60

    init(_ plan: FleetPlan, _ status: TaskStatus?, _ results: TaskResults?, now: Int) {
        var lines: [String] = []
        let tools = ([status?.tool ?? ""] + (results?.values("tool_version") ?? [])).filter { !$0.isEmpty }.uniqued()
        for tool in tools where tool != plan.toolVersion {
            lines.append("it has shmbench \(tool), and the fleet was planned with \(plan.toolVersion)")
        }
        let kernels = ([status?.kernel ?? ""] + (results?.values("kernel") ?? [])).filter { !$0.isEmpty }.uniqued()
        if kernels.count > 1 { lines.append("its kernel changed: \(kernels.joined(separator: ", then "))") }
        if let status { lines += Self.clocks(plan, status, now: now) }
        self.lines = lines
    }

    private static func clocks(_ plan: FleetPlan, _ status: TaskStatus, now: Int) -> [String] {
        if let started = status.started, let ended = status.ended, ended < started {
            return ["its clock was set back by \(started - ended) s or more while it ran"]
        }
        // It cannot have started before it was planned, nor end after now.
        if let started = status.started, let planned = plan.createdSeconds, started < planned - tolerance {
            return ["its clock is behind that of this machine by at least \(planned - started) s"]
        }
        let latest = status.ended ?? status.started ?? now
        if latest > now + tolerance {
            return ["its clock is ahead of that of this machine by at least \(latest - now) s"]
        }
        return []
    }
}
