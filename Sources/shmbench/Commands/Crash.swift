internal import ArgumentParser
internal import Glibc
internal import ShmCoordinator
internal import ShmCore
internal import ShmHarness
internal import ShmRecord
internal import ShmRender
internal import SystemPackage

/// `shmbench crash`.
struct Crash: MeasuringCommand {
    static let configuration = CommandConfiguration(
        abstract: "Kill a process at every machine instruction of a lock, and see whether the others go on.",
        discussion: """
            Leads a target through lock, critical section and unlock one machine instruction at a time (ptrace), and \
            kills it after the first, the second, the third …, a fresh target each time. After each kill all other \
            processes must get the lock within 2 s, and the data must be as the target left them, or repaired.

            Paths: `uncontended`, nobody else wants the lock; `waiter`, another process holds it, releases when the \
            target sleeps, and others sleep behind the target; `holder`, the target holds it and the others sleep; \
            `barger`, as waiter, and a third process takes the lock between the target's wake-up and its death; \
            `first-use`, as uncontended, by a process that has never used the lock; `try`, as uncontended, by tryLock; \
            `timed` and `timed-waiter`, as uncontended and as waiter, with a distant deadline; `expiring`, another process \
            holds it, and the deadline passes; `reader`, a read-only section, where readers share the lock. What is written \
            outside the lock's area is found, too.

            Exit code 3 where a lock that promises to survive its owner's death does not. A lock that does not promise \
            it may hang.
            """)

    @OptionGroup var options: CrashOptions
    @OptionGroup var plugin: PluginOption

    func check() throws { try options.check() }

    var workerPath: String? { options.worker }

    func loadPlugin() throws -> Bool { try plugin.load() }

    typealias Plan = (kinds: [LockKind], paths: [CrashPath])

    struct Work {
        let plan: Plan
        let program: WorkerProgram
        let startedAt: Int
        var results: [CrashResult] = []
        var failure: Failure?
    }

    func plan(hasPlugin: Bool) throws -> Plan {
        (try options.kinds(hasPlugin: hasPlugin), try options.selectedPaths())
    }

    func open(_ plan: Plan, _ program: WorkerProgram) -> Work {
        Work(plan: plan, program: program, startedAt: time(nil))
    }

    func measure(_ work: inout Work) {
        (work.results, work.failure) = test(work.plan.kinds, work.plan.paths, work.program)
    }

    func conclude(_ work: Work) throws {
        let results = work.results
        for result in results where !result.verdict.isAsPromised {
            for finding in result.breaches { Terminal.complain("\(result.lock), \(finding)") }
        }
        // What was not reached is told, too.
        let reached = results.map(\.lock)
        let others = work.plan.kinds.filter { !reached.contains($0) }
        try report(results + others.map { CrashResult(lock: $0, startedAt: work.startedAt) })
        if let failure = work.failure { throw failure }
        if !results.allSatisfy(\.verdict.isAsPromised) { throw ExitCode(ExitStatus.integrity.rawValue) }
    }

    /// Tests lock after lock. What was found is returned, whatever ended it.
    private func test(
        _ kinds: [LockKind], _ paths: [CrashPath], _ program: WorkerProgram
    ) -> (results: [CrashResult], failure: Failure?) {
        var results: [CrashResult] = []
        var progress = CrashProgress(locks: kinds.count, paths: paths.count)
        var number = 0
        defer { progress.clear() }
        for kind in kinds {
            progress.begin(kind)
            var test = CrashTest(
                kind, survivors: options.workers, every: options.every, program: program,
                numbers: {
                    number += 1
                    return number
                }, report: { progress.show($0) })
            defer { PauseWarning.show("\(kind)", test.standstills) }
            do throws(RoundFailure) {
                try test.run(paths)
                results.append(test.result)
            } catch {
                progress.clear()
                if !test.result.paths.isEmpty { results.append(test.result) }
                return (results, failure(error, kind, results.reduce(0) { $0 + $1.total.kills }))
            }
        }
        return (results, nil)
    }

    private func failure(_ failure: RoundFailure, _ lock: LockKind, _ kills: Int) -> Failure {
        switch failure {
        case .interrupted: Failure("interrupted at \(lock) after \(kills) kills; what was found until then is reported")
        case .failed(let reason): Failure("\(lock): \(reason)")
        }
    }

    private func report(_ results: [CrashResult]) throws {
        let conditions = CrashConditions(workers: options.workers, every: options.every)
        try Terminal.show(Report(results, conditions), options.format)
    }
}
