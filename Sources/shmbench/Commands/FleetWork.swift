internal import Glibc
internal import ShmCluster
internal import ShmCoordinator
internal import ShmRecord

/// A fleet that is being followed: what `fleet run`, `resume` and `compare` have in common.
struct FleetWork {
    let folder: FleetFolder
    let plan: FleetPlan
    let engine: any FleetEngine

    /// The shortest time that a task gets, s, and the margin over its expected duration.
    private static let leastLimit = 180.0
    private static let margin = 3.0

    /// The limit of a task in s.
    static func limit(_ options: FleetOptions, expected seconds: Double) -> Int {
        if let given = options.timeLimit { return max(1, (given.nanoseconds + 999_999_999) / 1_000_000_000) }
        return Int(min(seconds * margin + leastLimit, 7 * 86_400))
    }

    /// Waits for the end with a live view, and returns it. The fleet goes on elsewhere while this process waits.
    func follow() throws -> FleetSession.End {
        var view = FleetProgress(plan)
        defer { view.clear() }
        var session = FleetSession(folder, plan, engine) { Terminal.warn($0) }
        return try session.follow { view.show($0) }
    }

    /// The engine of a fleet that was submitted before.
    static func engine(_ folder: FleetFolder, _ plan: FleetPlan) throws -> (any FleetEngine)? {
        switch plan.engine {
        case .none: return nil
        case .slurm:
            let engine = try SlurmEngine(
                folder, plan, SlurmOptions(), record: try folder.record() ?? EngineRecord())
            try engine.takeOver()
            return engine
        case .ssh: return try SSHEngine(folder, plan, record: try folder.record() ?? EngineRecord())
        }
    }
}
