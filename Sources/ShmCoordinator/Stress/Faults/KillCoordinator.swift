internal import Glibc
internal import ShmCore
internal import ShmHarness
internal import SystemPackage

extension Fault {
    /// Another coordinator with workers of its own is killed; its processes and files must disappear.
    public static let killCoordinator = Fault(
        name: "kill-coordinator", title: "coord.",
        summary: "a coordinator is killed: its workers, segments and semaphores must disappear",
        aim: .death, needs: [],
        hindrance: { lock in
            lock.properties.family == .plugin ? "a second coordinator would have to load the plugin" : nil
        },
        play: .apart { (play) throws(RoundFailure) in
            let words: LastWords
            let other: ChildProcess
            do throws(Errno) {
                words = try LastWords()
                other = try play.startCoordinator(errors: words.errors)
            } catch {
                throw .failed(
                    "cannot start a second coordinator from \(OwnProgram.again): \(RefusalReason.reason(error))")
            }
            // It reports the reason itself; whether its workers get the lock is tested elsewhere.
            guard let run = try play.awaitWork(of: other) else {
                let end = words.line() ?? other.exit?.explained ?? "it has no workers after 30 s"
                throw .failed("the second coordinator did not start its workers: \(end)")
            }
            usleep(.random(in: 0...20_000, using: &play.generator))
            let killed = Clock.now()
            other.end()
            play.result.kills += 1
            if let left = try play.awaitNothing(of: run) { return Episode(corruption: left) }
            play.result.recovery.add(Clock.now() - killed)
            return Episode()
        })
}

extension FaultPlay {
    /// Starts this very program once more, even if its file was replaced, or `/proc` belongs to another PID namespace.
    fileprivate func startCoordinator(errors: FileDescriptor) throws(Errno) -> ChildProcess {
        let arguments = [
            "stress", "--locks", lock.name, "--faults", Fault.killRandom.name, "--workers", "\(workers)", "--duration",
            "60s", "--worker", program.path,
        ]
        let nowhere: FileDescriptor
        do {
            nowhere = try FileDescriptor.open(FilePath("/dev/null"), .writeOnly, options: [.closeOnExec])
        } catch { throw error as? Errno ?? .ioError }
        defer { try? nowhere.close() }
        return try ChildProcess(OwnProgram.again, arguments, output: nowhere, errors: errors)
    }

    /// Waits until the other coordinator has workers; `nil` if that does not happen. It is identified by its lease,
    /// which names the process that holds it.
    fileprivate func awaitWork(of other: ChildProcess) throws(RoundFailure) -> RunID? {
        let holder = RunLease.Holder(process: other.pid, namespace: RunLease.Holder.current.namespace)
        var run: RunID?
        let works = try Patience.after(.seconds(30)).wait(
            unless: { !other.isRunning }, rest: { usleep(2_000) },
            until: {
                run = run ?? RunFiles.runs().first { RunLease.holder(of: $0) == holder }
                return run.map { RunFiles.arenas(of: $0).contains { ((try? $0.numAttachments) ?? 0) > 1 } } ?? false
            })
        return works ? run : nil
    }

    /// Waits until a killed coordinator's segments and processes are gone; returns what remains.
    fileprivate func awaitNothing(of run: RunID) throws(RoundFailure) -> String? {
        var (hasFiles, running) = (true, 0)
        let isGone = try Patience.after(.seconds(10)).wait(
            rest: { usleep(500) },
            until: {
                hasFiles = RunFiles.runs().contains(run)
                running = hasFiles ? 0 : Self.processes(of: run)
                return !hasFiles && running == 0
            })
        if isGone { return nil }
        return hasFiles
            ? "a killed coordinator's segments remain"
            : "a killed coordinator leaves \(counted(running, "process", "processes")) behind"
    }

    /// Workers and janitors of a run: the run's id is among their arguments, which a zombie no longer has.
    private static func processes(of run: RunID) -> Int {
        let processes = ((try? SegmentFile.names(in: "/proc")) ?? []).filter { $0.allSatisfy(\.isNumber) }
        return processes.count { process in
            let line = (try? SmallFile.read("/proc/\(process)/cmdline")) ?? ""
            return line.split(separator: "\0").contains { $0.hasPrefix("\(run)") }
        }
    }
}
