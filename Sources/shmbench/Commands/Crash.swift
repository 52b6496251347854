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
        abstract: "Kill a process at every machine instruction of a lock, and check that the others go on.",
        discussion: """
            Single-steps a target process through lock, critical section and unlock (ptrace), and kills it after the first \
            instruction. A new target is killed after the second, and so on. After each kill, all other processes must \
            acquire the lock within 2 s, and the data must be as the target left them, or repaired.

            Paths: `uncontended`: no other process wants the lock. `waiter`: another process holds it and releases it when \
            the target sleeps; others sleep behind the target. `holder`: the target holds it and the others sleep. \
            `barger`: as waiter, and a third process takes the lock between the target's wake-up and its death. \
            `first-use`: as uncontended, by a process that has not used the lock before. `try`: as uncontended, with \
            tryLock. `timed` and `timed-waiter`: as uncontended and as waiter, with a deadline far in the future. \
            `expiring`: another process holds the lock until the deadline has passed. `reader`: a read-only section, for \
            locks with a shared mode. For locks that change their mode (robust-futex): `quiet`: as uncontended, in quiet \
            mode. `begin-contended`: as waiter, from quiet mode. `end-contended`: the acquisition ends contended mode. \
            `biased`: as uncontended, by a target with the bias. `revoked`: as holder, with the bias, which another \
            process revokes. `revoker`: the target revokes the bias of the process that holds the lock. Paths of two deaths: \
            `waiter-owner`, for locks that survive their owner's death, and `revoker-owner`: as waiter and as revoker, and \
            the process that holds the lock is killed where it would release it. `revoked-revoker`: as revoked, and the \
            process that revokes the bias is killed just before the target. Writes outside the lock's area are detected.

            A lock that does not promise to survive its owner's death may hang.

            \(ExitStatus.help([.ok, .failed, .integrity, .usage]))

            \(Examples.text("crash"))
            """)

    @OptionGroup var options: CrashOptions
    @OptionGroup var plugin: PluginOption

    func check() {}

    var workerPath: String? { options.worker }

    func loadPlugin() throws -> Bool { try plugin.load() }

    typealias Plan = (kinds: [LockKind], paths: [CrashPath])

    struct Work {
        let plan: Plan
        let program: WorkerProgram
        let documents: DocumentOutput
        let startedAt: Int
        let progress: CrashProgress
        var results: [CrashResult] = []
        var failure: Failure?
    }

    func plan(hasPlugin: Bool) throws -> Plan {
        (try options.kinds(hasPlugin: hasPlugin), try options.selectedPaths())
    }

    func open(_ plan: Plan, _ program: WorkerProgram) throws -> Work {
        let documents = try options.document.open(.crash)
        try documents.begin()
        return Work(
            plan: plan, program: program, documents: documents, startedAt: time(nil),
            progress: CrashProgress(plan.kinds, paths: plan.paths.count))
    }

    func measure(_ work: inout Work) {
        (work.results, work.failure) = test(work.plan.kinds, work.plan.paths, work.program, work.progress)
    }

    func conclude(_ work: Work) throws {
        let results = work.results
        for result in results where !result.verdict.isAsPromised {
            for finding in result.breaches { Terminal.complain("\(result.lock), \(finding)") }
        }
        // Locks that were not reached are in the report as well.
        let reached = results.map(\.lock)
        let others = work.plan.kinds.filter { !reached.contains($0) }
        let isBroken = work.failure == nil && !results.allSatisfy(\.verdict.isAsPromised)
        let conditions = CrashConditions(
            workers: options.workers, every: options.every, paths: work.plan.paths)
        let all = results + others.map { CrashResult(lock: $0, startedAt: work.startedAt) }
        try work.documents.show(Report(all, conditions), isBroken ? .integrity : .ok)
        if let failure = work.failure { throw failure }
        if isBroken { throw ExitCode(ExitStatus.integrity.rawValue) }
    }

    /// Tests one lock after another. Returns the results up to a failure.
    private func test(
        _ kinds: [LockKind], _ paths: [CrashPath], _ program: WorkerProgram, _ progress: CrashProgress
    ) -> (results: [CrashResult], failure: Failure?) {
        var results: [CrashResult] = []
        var progress = progress
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
        case .interrupted:
            Failure("interrupted at \(lock) after \(counted(kills, "kill")); the results until then are reported")
        case .failed(let reason): Failure("\(lock): \(reason)")
        }
    }
}
