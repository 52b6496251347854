internal import ArgumentParser
internal import Glibc
internal import ShmCoordinator
internal import ShmCore
internal import ShmRecord
internal import ShmRender
internal import SystemPackage

/// `shmbench stress`.
struct Stress: MeasuringCommand {
    static let configuration = CommandConfiguration(
        abstract: "Kill, freeze and disturb processes around a lock, and check that the others go on.",
        discussion: """
            Workers acquire the lock continuously and change the data that it protects. Killed workers are replaced. After \
            each fault, at least one worker must acquire the lock, and at the end all must. The data must match what the \
            workers have counted, except for the half-written update of a dead owner, which the next owner repairs.

            \(Fault.allCases.map { "\($0.name): \($0.summary)." }.joined(separator: "\n"))

            Workers use all operations that the lock offers: lock, try, lock with a deadline, shared lock. The bytes around \
            the lock's area and its kernel objects are checked. The report names each promise that was not tested.

            A lock may hang where it does not promise to survive (`shmbench list`).

            \(ExitStatus.help([.ok, .failed, .integrity, .usage]))

            \(Examples.text("stress"))
            """)

    @OptionGroup var options: StressOptions
    @OptionGroup var plugin: PluginOption

    func check() throws { try options.check() }

    var workerPath: String? { options.worker }

    func loadPlugin() throws -> Bool { try plugin.load() }

    typealias Plan = (kinds: [LockKind], faults: [Fault])

    struct Work {
        let startedAt: Int
        let documents: DocumentOutput
        var session: StressSession
        var failure: Failure?
    }

    func plan(hasPlugin: Bool) throws -> Plan {
        (try options.kinds(hasPlugin: hasPlugin), try options.selectedFaults())
    }

    func open(_ plan: Plan, _ program: WorkerProgram) throws -> Work {
        let startedAt = time(nil)
        let documents = try options.document.open(.stress)
        let reports = try documents.begin {
            try ReportFolder(options.reports, startedAt: startedAt, plan.kinds, plan.faults)
        }
        let session = StressSession(
            options: options, kinds: plan.kinds, faults: plan.faults, program: program,
            // Short, since the command line that repeats the run has it.
            seed: options.seed ?? UInt64(UInt32.random(in: 0 ... .max)), pluginPath: plugin.lockPlugin,
            reports: reports, line: StressProgress.firstLine(plan.kinds[0], plan.faults[0]))
        return Work(startedAt: startedAt, documents: documents, session: session)
    }

    func measure(_ work: inout Work) { work.failure = work.session.run() }

    func conclude(_ work: Work) throws {
        let session = work.session
        let matrix = SurvivalMatrix(
            results: session.results, kinds: session.kinds, faults: session.faults, startedAt: work.startedAt,
            seed: session.seed, workers: options.workers,
            duration: options.episodes == nil ? options.duration ?? StressOptions.usualDuration : nil,
            episodes: options.episodes, wasCutShort: work.failure != nil, page: Terminal.page)
        let isBroken = work.failure == nil && !session.results.allSatisfy(\.isAsPromised)
        try work.documents.show(Report(matrix), isBroken ? .integrity : .ok)
        if let failure = work.failure { throw failure }
        if isBroken { throw ExitCode(ExitStatus.integrity.rawValue) }
        if !matrix.hasTried {
            let why = session.results.compactMap(\.obstacle).first.map { ": \($0)" } ?? ""
            throw Failure("no fault was injected, so no lock was tested\(why)")
        }
    }
}

/// All tests of one invocation.
struct StressSession {
    let options: StressOptions
    let kinds: [LockKind]
    let faults: [Fault]
    let program: WorkerProgram
    let seed: UInt64
    let pluginPath: String?
    var reports: ReportFolder
    /// The progress line, which shows that the test begins.
    private let line: ProgressLine
    private(set) var results: [StressResult] = []
    private var number = 0
    /// The locks and faults whose broken promises have been reported.
    private var reported: Set<[String]> = []

    /// The maximum time of a pass in ns, so that a long run tests each lock many times.
    private static let longestPass = 60_000_000_000

    init(
        options: StressOptions, kinds: [LockKind], faults: [Fault], program: WorkerProgram, seed: UInt64,
        pluginPath: String?, reports: ReportFolder, line: ProgressLine
    ) {
        self.options = options
        self.kinds = kinds
        self.faults = faults
        self.program = program
        self.seed = seed
        self.pluginPath = pluginPath
        self.reports = reports
        self.line = line
    }

    /// Tests one lock after another. The results up to a failure are kept.
    mutating func run() -> Failure? {
        let duration = options.duration ?? StressOptions.usualDuration
        let end = Patience.after(nanoseconds: Int64(duration.nanoseconds))
        var progress = StressProgress(line, steps: kinds.count * faults.count) { [options] in
            guard options.episodes == nil else { return nil }
            return 1 - Double(max(0, end.remaining)) / Double(duration.nanoseconds)
        }
        defer { progress.clear() }
        var pass: UInt64 = 0
        repeat {
            for (index, kind) in kinds.enumerated() {
                let rest = min(Int(end.remaining), Self.longestPass)
                let share = max(0, rest) / ((kinds.count - index) * faults.count)
                do throws(RoundFailure) { try test(kind, pass, share, &progress) } catch {
                    progress.clear()
                    return failure(error, kind)
                }
            }
            pass += 1
        } while options.episodes == nil && !end.hasPassed
        return nil
    }

    private mutating func test(_ kind: LockKind, _ pass: UInt64, _ share: Int, _ progress: inout StressProgress)
        throws(RoundFailure)
    {
        var used = number
        var test = StressTest(
            kind, workers: options.workers, seed: seed &+ pass, program: program,
            numbers: {
                used += 1
                return used
            })
        var kept = (results: 0, reports: 0)
        defer {
            PauseWarning.show("\(kind)", test.standstills)
            number = used
        }
        for fault in faults {
            progress.begin(kind, fault, total: results)
            // After an error, too.
            defer {
                for result in test.results[kept.results...] { add(result, &progress) }
                for report in test.reports[kept.reports...] { write(report, &progress) }
                kept = (test.results.count, test.reports.count)
            }
            try test.run(
                fault, for: options.episodes == nil ? share : 0, atMost: options.episodes ?? .max,
                isCounted: options.episodes != nil,
                look: { result in
                    report(result, &progress)
                    progress.look(result, total: results)
                })
            progress.end()
        }
    }

    /// Reports a broken promise when it is found, with the command that repeats the test.
    private mutating func report(_ result: StressResult, _ progress: inout StressProgress) {
        guard let breach = result.breach, reported.insert([result.lock.name, result.fault.name]).inserted else {
            return
        }
        progress.clear()
        Terminal.complain("\(result.lock), \(result.fault.name): \(breach)")
        Terminal.write("  again: \(command(result.lock, result.fault))\n")
    }

    private mutating func add(_ result: StressResult, _ progress: inout StressProgress) {
        report(result, &progress)
        if let index = results.firstIndex(where: { $0.lock == result.lock && $0.fault == result.fault }) {
            results[index].add(result)
        } else {
            results.append(result)
        }
    }

    /// The command that repeats the test of a fault, with the variables that the plugin reads.
    private func command(_ lock: LockKind, _ fault: Fault) -> String {
        let length = options.episodes.map { "--episodes \($0)" } ?? "--duration 10s"
        let variables = pluginPath.map { PluginEnvironment.assignments($0).map { $0 + " " }.joined() } ?? ""
        let plugin = pluginPath.map { " --lock-plugin \($0.shellWord)" } ?? ""
        return
            "\(variables)shmbench stress\(plugin) --locks \(lock) --faults \(fault.name) --workers \(options.workers) \(length) --seed \(seed)"
    }

    /// Writes the last events.
    private mutating func write(_ report: FlightReport, _ progress: inout StressProgress) {
        let isBroken = results.contains { $0.lock == report.lock && $0.fault == report.fault && !$0.isAsPromised }
        guard isBroken || options.reports != nil else { return }
        do {
            let files = try reports.write(report, repeatedBy: command(report.lock, report.fault))
            if isBroken {
                progress.clear()
                Terminal.write("  last events of \(report.lock), \(report.fault.name): \(files)\n")
            }
        } catch {
            progress.clear()
            let reason = (error as? Failure)?.message ?? "\(error)"
            Terminal.complain("the last events are lost: \(reason); the run continues")
        }
    }

    private func failure(_ failure: RoundFailure, _ lock: LockKind) -> Failure {
        switch failure {
        case .interrupted:
            let episodes = results.reduce(0) { $0 + $1.episodes }
            return Failure(
                "interrupted at \(lock) after \(counted(episodes, "fault")); the results until then are reported")
        case .failed(let reason): return Failure("\(lock): \(reason)")
        }
    }
}
