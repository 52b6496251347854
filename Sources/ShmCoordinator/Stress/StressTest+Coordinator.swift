internal import Glibc
internal import ShmCore
internal import ShmHarness
internal import SystemPackage

// The fault of another coordinator.
extension StressTest {
    /// Another coordinator with workers of its own is killed; what it had must go.
    mutating func killCoordinator(_ result: inout StressResult) throws(RoundFailure) -> Episode {
        let words: LastWords
        let other: ChildProcess
        do {
            words = try LastWords()
            other = try start(errors: words.errors)
        } catch {
            throw .failed("cannot start another coordinator from /proc/self/exe: \(MachineWant.reason(error))")
        }
        // It says itself why; whether its workers get the lock is another question.
        guard let run = try awaitWork(of: other) else {
            let end = words.line() ?? other.exit?.explained ?? "it has no workers after 30 s"
            throw .failed("another coordinator did not come to work: \(end)")
        }
        usleep(.random(in: 0...20_000, using: &generator))
        let killed = Clock.now()
        other.end()
        result.kills += 1
        let deadline = Patience.after(.seconds(10))
        while true {
            let hasFiles = RunFiles.runs().contains(run)
            let running = hasFiles ? 0 : Self.processes(of: run)
            if !hasFiles && running == 0 { break }
            if deadline.hasPassed {
                return Episode(
                    corruption: hasFiles
                        ? "a killed coordinator's segments stay" : "a killed coordinator leaves \(running) processes")
            }
            usleep(500)
        }
        result.recovery.add(Clock.now() - killed)
        return Episode()
    }

    /// Starts this very program once more, even if its file was replaced or `/proc` numbers processes for another namespace.
    private func start(errors: FileDescriptor) throws(Errno) -> ChildProcess {
        let arguments = [
            "stress", "--locks", lock.name, "--faults", "kill-random", "--workers", "\(workers)", "--duration", "60s",
            "--worker", program.path,
        ]
        let nowhere: FileDescriptor
        do {
            nowhere = try FileDescriptor.open(FilePath("/dev/null"), .writeOnly, options: [.closeOnExec])
        } catch { throw error as? Errno ?? .ioError }
        defer { try? nowhere.close() }
        return try ChildProcess("/proc/self/exe", arguments, output: nowhere, errors: errors)
    }

    /// Waits until another coordinator has workers; `nil` where that does not come to be. It is known by its lease, which says
    /// which process it is while that lives.
    private func awaitWork(of other: ChildProcess) throws(RoundFailure) -> RunID? {
        let holder = RunLease.Holder(process: other.pid, namespace: RunLease.Holder.current.namespace)
        let deadline = Patience.after(.seconds(30))
        var run: RunID?
        while other.isRunning && !deadline.hasPassed {
            if Interruption.hasCome { throw .interrupted }
            run = run ?? RunFiles.runs().first { RunLease.holder(of: $0) == holder }
            if let run, RunFiles.arenas(of: run).contains(where: { ((try? $0.numAttachments) ?? 0) > 1 }) { return run }
            usleep(2_000)
        }
        return nil
    }

    /// Workers and janitors of a run: its id is in their arguments, which a zombie does not have.
    private static func processes(of run: RunID) -> Int {
        let processes = ((try? SegmentFile.names(in: "/proc")) ?? []).filter { $0.allSatisfy(\.isNumber) }
        return processes.count { process in
            let line = (try? SmallFile.read("/proc/\(process)/cmdline")) ?? ""
            return line.split(separator: "\0").contains { $0.hasPrefix("\(run)") }
        }
    }
}
