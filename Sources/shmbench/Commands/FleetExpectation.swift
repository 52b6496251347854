internal import ShmCluster
internal import ShmCoordinator
internal import ShmCore
internal import ShmRecord

/// What a command is expected to do on a node, by what it would do here.
struct FleetExpectation {
    /// The rows of its results; `nil` where they depend on the node.
    var rows: Int?
    /// Its duration in s.
    var seconds: Double
    /// The length in ns of the throughput window that it chooses by itself.
    var window: Int?

    /// - Throws: what the command itself would refuse.
    init(_ run: Run) throws {
        try run.check()
        let hasPlugin = run.plugin.lockPlugin != nil
        if hasPlugin { try run.plugin.load() }
        let cells = try run.plan(hasPlugin: hasPlugin)
        let options = run.options
        let rounds = options.scheduledRounds(cells)
        let timing = options.timing(rounds: rounds)
        let each = timing.warmup + timing.throughput + timing.latency + timing.order + 50_000_000
        seconds = Double(rounds) * (Double(each) / 1e9 + Double(options.kills) * 0.05)
        window = options.duration == nil ? timing.throughput : nil
        let (locks, workers) = (Self.namesLocks(options.load.locks?.items), options.load.workers != nil)
        var isFixed = locks && workers
        if let scenario = options.load.scenario, locks || options.load.locks == nil {
            isFixed = Scenario.isFixed(try ScenarioFile.text(scenario), locks: locks, workers: workers)
        }
        rows = isFixed && !options.findCapacity ? cells.count * options.rounds : nil
    }

    init(_ crash: Crash) throws {
        crash.check()
        let hasPlugin = try crash.plugin.load()
        let plan = try crash.plan(hasPlugin: hasPlugin)
        rows = Self.namesLocks(crash.options.locks?.items) ? plan.kinds.count : nil
        // About a thousand kills of each lock on each path, of some milliseconds each.
        seconds = Double(plan.kinds.count * plan.paths.count * max(1, 1000 / crash.options.every)) * 0.01
    }

    init(_ stress: Stress) throws {
        try stress.check()
        let hasPlugin = try stress.plugin.load()
        let kinds = try stress.options.kinds(hasPlugin: hasPlugin)
        let faults = try stress.options.selectedFaults()
        rows = nil
        let time = Double((stress.options.duration ?? StressOptions.usualDuration).nanoseconds) / 1e9
        // Each fault is injected at least once.
        seconds =
            max(time, Double(kinds.count * faults.count) * 0.1) + Double(stress.options.episodes ?? 0)
            * Double(kinds.count) * 0.05
    }

    init(_ lifecycle: Lifecycle) throws {
        try lifecycle.check()
        (rows, seconds) = (nil, 60)
    }

    /// Whether the locks are named one by one: which locks a group has depends on the machine.
    private static func namesLocks(_ items: [String]?) -> Bool {
        guard let items else { return false }
        return items.allSatisfy { LockKind(named: $0) != nil }
    }
}
