import Foundation
import ShmCoordinator
import ShmCore
import ShmHarness
import Synchronization
import TestSupport
import Testing

extension CommandLineSuite.Faults {
    /// Runs that are ended, whose workers die, or that cannot write.
    @Suite struct FaultTests {
        /// Starts a run that lasts until something ends it, and waits until it has written a few rows.
        private func longRun(_ locks: String = "futex,sysv-sem-undo", _ more: String...) throws -> Invocation {
            let arguments = ["run", "--locks", locks, "--workers", "2", "--rounds", "10000", "--duration", "40ms"]
            let run = try Invocation(arguments + ["--warmup", "1ms", "--output", "x.csv"] + more)
            try #require(eventually { rows(run) >= 3 })
            return run
        }

        /// Rows written so far.
        private func rows(_ run: Invocation) -> Int { run.folder.text("x.csv").count { $0 == "\n" } - 1 }

        /// All processes of a run that has workers now.
        private func processes(_ run: Invocation) -> [pid_t] {
            var found: [(pid: pid_t, arguments: [Substring])] = []
            _ = eventually {
                found = ProcessTable.children(of: run.pid)
                return found.contains { $0.arguments.contains("contend") }
            }
            return found.map(\.pid)
        }

        @Test(arguments: [SIGINT, SIGTERM, SIGHUP])
        func `an interrupted run ends its workers, and prints and keeps what it measured`(signal: Int32) throws {
            let traces = Traces()
            let run = try longRun()
            let processes = processes(run)
            #expect(processes.count >= 2)
            run.send(signal)
            let outcome = run.finish(within: .seconds(20))
            #expect(outcome.exit == .code(1))
            #expect(outcome.stdout.contains("2 workers\n") && outcome.stdout.contains("futex"))
            let table = try Table(run.folder.text("x.csv"))
            #expect(table.rows.count >= 3)
            let complaint = "shmbench: interrupted after \(table.rows.count) of 20000 rounds"
            #expect(outcome.complaints.count == 1 && outcome.stderr.contains(complaint))
            #expect(table.rows.allSatisfy { $0["integrity"] == "ok" })
            #expect(traces.left(processes: processes) == [])
        }

        @Test func `an interrupted run's document is complete`() throws {
            let run = try longRun("futex", "--format", "json")
            run.send(SIGINT)
            let outcome = run.finish(within: .seconds(20))
            #expect(outcome.exit == .code(1))
            let parsed = try JSONSerialization.jsonObject(with: Data(outcome.stdout.utf8))
            let objects = try #require((parsed as? [String: Any])?["rows"] as? [Any])
            #expect(objects.count == rows(run))
        }

        @Test(arguments: 1...4)
        func `a coordinator that is killed takes its workers along, and leaves only its results`(turn: Int) throws {
            let traces = Traces()
            let run = try longRun(turn % 2 == 0 ? "futex" : "sysv-sem-undo")
            let processes = processes(run)
            #expect(processes.count >= 2)
            let written = rows(run)
            run.send(SIGKILL)
            #expect(run.finish().exit == .signal(SIGKILL))
            #expect(traces.left(processes: processes) == [])
            let table = try Table(run.folder.text("x.csv"))
            #expect(table.columns == contractedColumns)
            #expect(table.rows.count >= written)
        }

        @Test func `a worker that is killed ends the run, and what was measured is reported`() throws {
            let traces = Traces()
            let run = try longRun("futex")
            let isOver = eventually {
                // A round may end while its worker is being looked for; then there is another.
                if let worker = ProcessTable.workers(of: run.pid).first { kill(worker, SIGKILL) }
                return !run.isRunning
            }
            #expect(isOver)
            let outcome = run.finish()
            #expect(outcome.exit == .code(1))
            #expect(outcome.complaints.count == 1)
            #expect(outcome.stderr.contains("was killed by signal 9"))
            #expect(outcome.stderr.contains("futex with 2 workers: worker "))
            #expect(outcome.stdout.contains("futex"))
            #expect(try Table(run.folder.text("x.csv")).rows.count >= 3)
            #expect(traces.left() == [])
        }

        @Test func `a run whose lock hangs is stuck, tells where its workers are, and exits with 3`() throws {
            let traces = Traces()
            let folder = try Folder()
            let object = try folder.plugin(
                "planted-bug",
                [
                    (
                        "    if (is(\"skip\") && ++acquisitions",
                        "    if (++acquisitions == 1000) for (;;) pause();\n    if (is(\"skip\") && acquisitions"
                    )
                ])
            let run = try Invocation.run(
                "planted-bug", workers: "2", "--lock-plugin", object, "--duration", "20s", "--stuck-after", "500ms",
                "--output", "x.csv", in: folder)
            let outcome = run.finish(within: .seconds(20))
            #expect(outcome.exit == .code(3))
            #expect(outcome.stdout.contains("STUCK"))
            #expect(
                outcome.stderr.contains("shmbench: planted-bug with 2 workers, round 1: no progress for 500ms, ended"))
            for worker in 1...2 { #expect(outcome.stderr.contains("worker \(worker) (pid ")) }
            let row = try #require(try Table(run.folder.text("x.csv")).rows.first)
            #expect(row["integrity"] == "stuck")
            for name in figureColumns + ["lost_updates"] { #expect(row[name] == "", "\(name)") }
            #expect(traces.left() == [])
        }

        @Test func `results that cannot be written at the end are printed all the same`() throws {
            let folder = try Folder()
            try FileManager.default.createSymbolicLink(
                atPath: folder.path("x.json"), withDestinationPath: "/dev/full")
            let run = try Invocation.run("futex", workers: "1", "--output", "x.json", in: folder)
            let outcome = run.finish()
            #expect(outcome.exit == .code(1))
            #expect(outcome.stdout.contains("futex"))
            #expect(outcome.complaints.count == 1)
            #expect(outcome.stderr.contains("x.json: No space left on device"))
        }

        @Test(arguments: ["table", "csv", "json"])
        func `a document that cannot be printed is an error`(format: String) throws {
            let run = try Invocation.run(
                "futex", workers: "1", "--format", format, "--output", "x.csv", stdout: "/dev/full")
            let outcome = run.finish()
            #expect(outcome.exit == .code(1))
            #expect(outcome.complaints.count == 1)
            #expect(outcome.stderr.contains("No space left on device"))
            #expect(try Table(run.folder.text("x.csv")).rows.count == 1)
        }

        /// Becomes a user without other processes, so that limits count only those of this test.
        private static let stranger = "setpriv --reuid 64321 --regid 64321 --clear-groups \"$@\""

        private static var canBecomeStranger: Bool {
            let arguments = ["-c", "exec \(stranger)", "sh", Invocation.programs + "/shmbench", "--version"]
            return (try? Invocation(program: "/bin/sh", arguments).finish().exit) == .code(0)
        }

        @Test(
            .enabled("no limit binds the superuser, and only the superuser can become another user") {
                canBecomeStranger
            })
        func `more workers than the user may have processes is an error that says so`() throws {
            let traces = Traces()
            let folder = try Folder()
            try FileManager.default.setAttributes([.posixPermissions: 0o777], ofItemAtPath: folder.path)
            let limited = "exec prlimit --nproc=10 \(Self.stranger)"
            let arguments = ["run", "--locks", "futex", "--workers", "40", "--output", "x.csv"]
            let run = try Invocation(
                program: "/bin/sh", ["-c", limited, "sh", Invocation.programs + "/shmbench"] + arguments, in: folder)
            let outcome = run.finish()
            #expect(outcome.exit == .code(1))
            #expect(outcome.complaints.count == 1)
            #expect(outcome.stderr.contains("cannot start worker "))
            #expect(outcome.stderr.contains("the user may have 10 processes and threads (RLIMIT_NPROC)"))
            #expect(outcome.stderr.contains("ask for fewer --workers, or raise `ulimit -u`"))
            #expect(traces.left() == [])
        }
    }
}
