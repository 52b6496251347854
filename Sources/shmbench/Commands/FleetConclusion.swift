internal import ArgumentParser
internal import ShmCluster
internal import ShmCompare
internal import ShmCoordinator
internal import ShmRecord
internal import ShmRender

/// The end of a fleet: its results in one file, the report on all nodes, and what is missing.
struct FleetConclusion {
    private let collection: FleetCollection
    private let isInterrupted: Bool

    /// - Parameter end: how following the fleet has ended; `nil` if no engine was asked.
    init(_ folder: FleetFolder, _ plan: FleetPlan, _ end: FleetSession.End?) throws {
        collection = try FleetCollection(folder, plan, end, schema: Self.schema(plan.kind))
        isInterrupted = end?.isInterrupted ?? false
    }

    private static func schema(_ kind: FleetKind) -> Int {
        switch kind {
        case .run: ResultColumn.schema
        case .compare: FindingColumn.schema
        case .crash: CrashColumn.schema
        case .stress: StressColumn.schema
        case .lifecycle: 1
        }
    }

    /// What of the results is shown: those of a run have a report over many machines.
    private var isOfRounds: Bool { collection.plan.kind == .run }

    /// Writes the rows of all tasks into one file, and shows the report.
    func conclude(_ options: DocumentOptions) throws {
        try collection.writeMerged()
        let files = "\(collection.results.count) of \(counted(collection.outcomes.count, "task"))"
        Terminal.write("results of \(files) in \(collection.mergedPath)\n")
        try show(options, nil, FilesReport.View())
    }

    /// Shows the report and the warnings, and ends the program with an exit code other than 0 if anything is missing or
    /// broken.
    func show(_ options: DocumentOptions, _ plots: PlotOption?, _ view: FilesReport.View) throws {
        var status = ExitStatus.ok
        if isOfRounds {
            let documents = try options.open(.report, plots)
            let (rounds, unreadable) = Self.readable(collection)
            if rounds.isEmpty {
                let failure = Failure("no node of the fleet \(collection.folder.path) has results")
                try documents.reporting({ FilesReport.nothing($0) }) {
                    warn(unreadable)
                    throw isInterrupted ? Failure("interrupted: \(failure.message)", cause: .interrupted) : failure
                }
            }
            try documents.reporting({ FilesReport.nothing($0) }) {
                do { try view.check(against: rounds) } catch {
                    warn(unreadable)
                    throw error
                }
            }
            let report = FilesReport(rounds, view, tasks: tasks)
            try documents.show(report.report, report.isAsPromised ? .ok : .integrity)
            // The collection has its own warnings of these.
            for warning in report.warnings where ![.taskNote, .clockOffset].contains(warning.code) {
                Terminal.warn(warning.text)
            }
            for gap in report.gaps { Terminal.complain(gap) }
            warn(unreadable)
            status = report.isAsPromised ? (report.gaps.isEmpty && unreadable.isEmpty ? .ok : .failed) : .integrity
        } else {
            let (found, unreadable) = try showJudged(options)
            warn(unreadable)
            status = found == .ok && !unreadable.isEmpty ? .failed : found
        }
        if status == .ok && !collection.isComplete { status = .failed }
        if isInterrupted && status != .integrity {
            throw Failure(
                "interrupted: the tasks were cancelled, and what came is in \(collection.folder.path)",
                cause: .interrupted)
        }
        if status != .ok { throw ExitCode(status.rawValue) }
    }

    private func warn(_ more: [String]) { for line in collection.warnings + more { Terminal.warn(line) } }

    /// The rounds of all files that can be read, and why others cannot.
    static func readable(_ collection: FleetCollection) -> (rounds: [RecordedRounds], obstacles: [String]) {
        let (rounds, obstacles) = ResultsReader.readable(
            collection.results.map { FileContent($0.text, path: $0.path) })
        return (rounds, obstacles.map(leftOut))
    }

    private static func leftOut(_ error: any Error) -> String {
        "\((error as? Failure)?.message ?? "\(error)"); this file is left out"
    }

    /// What the report says of the machines beside their rows.
    private var tasks: [MachineTask] { collection.outcomes.map(MachineTask.init) }

    // MARK: Other commands than run

    /// Shows one document on the results of all tasks. Returns the gravest verdict, and why files are left out.
    private func showJudged(_ options: DocumentOptions) throws -> (ExitStatus, unreadable: [String]) {
        var unreadable: [String] = []
        func read<Content>(_ content: (String, String) throws -> Content) -> [(name: String, content: Content)] {
            collection.resultsOfTasks.compactMap { outcome, results in
                do { return (outcome.title, try content(results.path, results.text)) } catch {
                    unreadable.append(Self.leftOut(error))
                    return nil
                }
            }
        }
        switch collection.plan.kind {
        case .crash:
            let crashes = read { try RecordedCrashes([($0, $1)]) }.map { (name: $0.name, crashes: $0.content) }
            if !crashes.isEmpty { try options.open(.crash).show(Report(crashes, tasks: tasks), worst) }
        case .stress:
            let stress = read { try RecordedStress([($0, $1)]) }.map { (name: $0.name, stress: $0.content) }
            if !stress.isEmpty { try options.open(.stress).show(Report(stress, tasks: tasks), worst) }
        case .compare:
            let findings = read { try RecordedFindings($1, path: $0) }.map { (machine: $0.name, recorded: $0.content) }
            if findings.isEmpty { break }
            let verdict = NodesVerdict(
                findings, tasks: tasks, falseAlarms: collection.plan.falseAlarms,
                failsUndecided: collection.plan.command.contains("--fail-inconclusive"))
            try options.open(.findings).show(Report(verdict), verdict.status)
            return (verdict.status, unreadable)
        case .run, .lifecycle: try Terminal.show(ended)
        }
        return (worst, unreadable)
    }

    /// A line for each task that has done its work.
    private var ended: String {
        collection.outcomes.filter(\.isComplete).map { "\($0.title): \(counted($0.rows, "row"))\n" }.joined()
    }

    /// The gravest verdict of a task that tests promises.
    private var worst: ExitStatus {
        collection.outcomes.contains { $0.verdict == Int(ExitStatus.integrity.rawValue) } ? .integrity : .ok
    }
}
