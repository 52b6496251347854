import Foundation
import ShmCoordinator
import ShmCore
import ShmHarness
import TestSupport
import Testing

extension CommandLineSuite.Inputs {
    /// Runs in PID namespaces of their own that share one `/dev/shm`: in each the tool is process 1.
    @Suite(.enabled("making a PID namespace needs root") { Namespaces.areAllowed }) struct NamespaceTests {
        /// Starts the tool as process 1 of a namespace, which ends with what is started here.
        private func contained(_ arguments: [String], procOfParent: Bool = false) throws -> Invocation {
            let unshare = "exec unshare --pid --fork --kill-child \(procOfParent ? "" : "--mount-proc ")\"$@\""
            return try Invocation(
                program: "/bin/sh", ["-c", unshare, "sh", Invocation.programs + "/shmbench"] + arguments)
        }

        private func shortRun() throws -> Invocation {
            try contained([
                "run", "--locks", "futex", "--workers", "2", "--rounds", "1", "--duration", "10ms", "--warmup", "1ms",
                "--output", "x.csv",
            ])
        }

        @Test func `two that start at once do not meet, and neither clears away the other's`() throws {
            let traces = Traces()
            let long = try contained([
                "stress", "--locks", "futex-handoff,posix-sem", "--faults", "kill-waiter,interrupt", "--duration", "6s",
                "--workers", "2", "--format", "csv",
            ])
            for _ in 0..<3 {
                let pair = [try shortRun(), try shortRun()]
                for run in pair {
                    let outcome = run.finish()
                    #expect(outcome.exit == .code(0), "\(outcome.stderr)")
                }
            }
            let outcome = long.finish(within: .seconds(50))
            #expect(outcome.exit == .code(0), "\(outcome.stderr)")
            #expect(traces.left() == [])
        }

        @Test(arguments: ["run", "stress", "crash", "lifecycle"])
        func `what dies with its whole namespace is seen as over from outside, and cleared by the next run`(
            command: String
        ) throws {
            let traces = Traces()
            let arguments = [
                "run": [
                    "run", "--locks", "posix-named-sem", "--workers", "2", "--duration", "20s", "--output", "x.csv",
                ],
                "stress": ["stress", "--locks", "posix-named-sem", "--faults", "interrupt", "--duration", "20s"],
                "crash": ["crash", "--locks", "posix-named-sem"],
                "lifecycle": ["lifecycle", "--lock", "posix-named-sem", "--samples", "1000000"],
            ]
            let before = RunFiles.runs()
            let run = try contained(try #require(arguments[command]))
            var made: RunID?
            #expect(
                eventually {
                    // Other tests start runs, too, in this namespace.
                    made = RunFiles.runs().subtracting(before).first { run in
                        let holder = RunLease.holder(of: run)
                        return RunLease.state(of: run) == .held
                            && holder?.namespace != RunLease.Holder.current.namespace
                    }
                    return made != nil
                })
            usleep(.random(in: 100_000...400_000))
            // The namespace's first process takes all others along, the janitor too.
            run.send(SIGKILL)
            _ = run.finish()
            let id = try #require(made)
            #expect(eventually { RunLease.state(of: id) == .free }, "\(RunLease.state(of: id))")
            let next = try shortRun().finish()
            #expect(next.exit == .code(0), "\(next.stderr)")
            #expect(RunLease.state(of: id) == .missing)
            #expect(traces.left() == [])
        }

        @Test func `a live run is reported as such in another namespace, and left alone`() throws {
            let run = try Invocation.run("futex", workers: "2", "--duration", "20s", "--output", "x.csv")
            defer { run.send(SIGKILL) }
            #expect(eventually { run.runID != nil })
            let id = try #require(run.runID)
            let table = try contained(["segments", "--format", "csv"]).finish()
            #expect(table.exit == .code(0))
            let rows = try Table(table.stdout).rows.filter { $0["name"]?.contains("\(id)") == true }
            #expect(!rows.isEmpty && rows.allSatisfy { $0["leftover"] == "no" }, "\(table.stdout)")
            #expect(try contained(["segments", "--remove"]).finish().exit == .code(0))
            #expect(RunLease.state(of: id) == .held && run.isRunning)
        }

        @Test func `a short stress of namespaces finds nothing`() throws {
            let program = Invocation.programs + "/shmbench"
            let script = try Invocation(
                program: Folder.sources + "/scripts/stress-namespaces", ["--iterations", "30", "--program", program])
            let outcome = script.finish(within: .seconds(55))
            #expect(outcome.exit == .code(0), "\(outcome.stdout)\(outcome.stderr)")
            #expect(outcome.stdout.hasPrefix("30 iterations, 2 at once, "))
        }

        /// Without a `/proc` of its own, a namespace's numbers mean other processes there.
        @Test func `another coordinator is this program, though /proc has another one under its number`() throws {
            let traces = Traces()
            let run = try contained(
                [
                    "stress", "--locks", "futex", "--faults", "kill-coordinator", "--workers", "2", "--duration", "2s",
                    "--format", "csv",
                ], procOfParent: true)
            let outcome = run.finish(within: .seconds(50))
            #expect(outcome.exit == .code(0), "\(outcome.stderr)")
            let row = try #require(try Table(outcome.stdout).rows.first)
            #expect(row["verdict"] == "ok" && row["hangs"] == "0", "\(row)")
            #expect(Int(row["kills"] ?? "").map { $0 > 0 } == true)
            #expect(traces.left() == [])
        }

        @Test func `whether a process sleeps is asked of the right one`() throws {
            let arguments = [
                "crash", "--locks", "futex,robust-futex", "--paths", "waiter", "--every", "20", "--format", "csv",
            ]
            let outcome = try contained(arguments, procOfParent: true).finish(within: .seconds(50))
            #expect(outcome.exit == .code(0), "\(outcome.stderr)")
        }
    }
}
