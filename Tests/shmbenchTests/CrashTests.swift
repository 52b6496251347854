import Foundation
import ShmCoordinator
import ShmCore
import ShmHarness
import TestSupport
import Testing

extension CommandLineSuite.Faults {
    /// Runs that kill processes in the middle of a lock. Not at every instruction: an unoptimised build has thousands.
    @Suite struct CrashTests {
        private static let columns = [
            "schema", "started_at", "tool_version", "hostname", "kernel", "cpu_model", "cpus", "lock", "owner_death",
            "workers", "every", "instructions_uncontended", "instructions_waiter", "instructions_holder",
            "instructions_barger", "instructions_first_use", "instructions", "kills", "owner_deaths", "hangs",
            "corruptions", "slowest_recovery_ns", "duration_s", "complete", "as_promised", "verdict",
            "instructions_try", "instructions_timed", "instructions_timed_waiter", "instructions_expiring",
            "instructions_reader", "not_exercised", "discarded_trials",
            "instructions_quiet", "instructions_begin_contended", "instructions_end_contended", "instructions_biased",
            "instructions_revoked", "instructions_revoker", "instructions_waiter_owner", "instructions_revoker_owner",
            "instructions_revoked_revoker",
        ]

        private static let canTrace =
            (try? Invocation(["crash", "--locks", "none", "--paths", "holder", "--every", "1000"]).finish().exit)
            == .code(0)

        @Test(.enabled("ptrace is not permitted here") { canTrace })
        func `a lock that survives does so wherever its owner is killed`() throws {
            let traces = Traces()
            let run = try Invocation(["crash", "--locks", "pthread-robust", "--every", "20", "--format", "csv"])
            let outcome = run.finish()
            #expect(outcome.exit == .code(0))
            #expect(outcome.complaints == [] && outcome.stderr.hasPrefix("0% done: pthread-robust (1/1)\n"))
            let table = try Table(outcome.stdout)
            #expect(table.columns == Self.columns)
            let row = try #require(table.rows.first)
            func figure(_ name: String) throws -> Int { try #require(row[name].flatMap { Int($0) }, "\(name)") }
            let asked = [
                "schema": "1", "lock": "pthread-robust", "owner_death": "reported", "workers": "3", "every": "20",
                "hangs": "0", "corruptions": "0", "complete": "yes", "as_promised": "yes", "verdict": "survives",
                "instructions_barger": "", "instructions_first_use": "", "instructions_reader": "",
            ]
            for (name, value) in asked { #expect(row[name] == value, "\(name)") }
            let paths = try ["uncontended", "waiter", "holder"].map { try figure("instructions_\($0)") }
            let more = try ["try", "timed", "timed_waiter", "expiring"].map { try figure("instructions_\($0)") }
            #expect(try figure("instructions") == (paths + more).reduce(0, +))
            #expect(more.allSatisfy { $0 > 0 })
            // Even a robust mutex has more than a hundred instructions on each of these; the holder's path has no lock.
            #expect(paths[0] >= 7 && paths[1] >= 7 && paths[2] >= 4 && paths[2] < paths[0])
            // Behind the end of each path, and asleep in the waiter's.
            #expect(try figure("kills") > figure("instructions") + 3)
            #expect(try figure("owner_deaths") > 10)
            #expect(try figure("owner_deaths") < figure("instructions"))
            #expect((1_000..<2_000_000_000).contains(try figure("slowest_recovery_ns")))
            #expect(traces.left() == [])
        }

        @Test(.enabled("ptrace is not permitted here") { canTrace })
        func `a lock that survives its owner's death survives that of another process beside it`() throws {
            let traces = Traces()
            let paths = ["waiter_owner", "revoker_owner", "revoked_revoker"]
            let run = try Invocation([
                "crash", "--locks", "robust-futex,pthread-robust,futex", "--every", "90", "--format", "csv", "--paths",
                paths.map { $0.replacing("_", with: "-") }.joined(separator: ","),
            ])
            let outcome = run.finish()
            #expect(outcome.exit == .code(0) && outcome.complaints == [])
            let rows = try Table(outcome.stdout).rows
            #expect(rows.map { $0["verdict"] } == ["survives", "survives", "not tried"])
            for (row, count) in zip(rows, [3, 1, 0]) {
                let tested = paths.filter { Int(row["instructions_\($0)"] ?? "") ?? 0 > 0 }
                #expect(tested == Array(paths.prefix(count)), "\(row["lock"] ?? "")")
            }
            // Each death of the process that holds the lock is reported.
            let owner = try #require(rows[1]["owner_deaths"].flatMap { Int($0) })
            #expect(try owner >= #require(rows[1]["kills"].flatMap { Int($0) }))
            #expect(rows[2]["not_exercised"]?.contains("waiter-owner: it does not survive its owner's death") == true)
            #expect(traces.left() == [])
        }

        @Test(.enabled("ptrace is not permitted here") { canTrace })
        func `a lock that may hang is reported so, and the negative control is caught`() throws {
            let traces = Traces()
            let run = try Invocation(["crash", "--locks", "futex,none", "--every", "150", "--workers", "2"])
            let outcome = run.finish()
            #expect(outcome.exit == .code(0))
            #expect(outcome.stdout.split(separator: "\n").allSatisfy { $0.count <= 80 })
            let lines = outcome.stdout.split(separator: "\n")
            let futex = try #require(lines.first { $0.hasPrefix("futex ") }).split(separator: " ")
            let none = try #require(lines.first { $0.hasPrefix("none ") }).split(separator: " ")
            #expect(futex.suffix(2) == ["hangs", "(expected)"])
            // instructions, kills, deaths reported, hangs, corrupt
            #expect(futex[3] == "0" && futex[4] != "0" && futex[5] == "0")
            #expect(none.suffix(2) == ["corrupts", "(exp.)"])
            #expect(none[4] == "0" && none[5] != "0")
            #expect(traces.left() == [])
        }

        @Test(
            .enabled("ptrace is not permitted here") { canTrace },
            arguments: [("holder", "of 3 is sleeping in futex"), ("waiter-owner", "the target itself sleeps")])
        func `a lock that does not notice a death breaks its promise, and makes the exit code 3`(
            path: String, hang: String
        ) throws {
            let folder = try Folder()
            let traces = Traces()
            let run = try Invocation(
                program: "/usr/bin/env",
                [
                    "SHM_PLANTED_BUG=ignore", "\(Invocation.programs)/shmbench", "crash", "--lock-plugin",
                    try folder.plugin("planted-bug"), "--every", "40", "--paths", path,
                ])
            let outcome = run.finish(within: .seconds(50))
            #expect(outcome.exit == .code(3))
            #expect(outcome.stdout.contains("BROKEN PROMISE"))
            #expect(outcome.stdout.contains("planted-bug promises to survive"))
            let complaints = outcome.complaints
            #expect(!complaints.isEmpty && complaints.allSatisfy { $0.hasPrefix("shmbench: planted-bug, \(path), ") })
            #expect(complaints.contains { $0.contains(hang) }, "\(outcome.stderr)")
            #expect(traces.left() == [])
        }

        @Test(.enabled("ptrace is not permitted here") { canTrace })
        func `a survivor that is stopped from outside is no fault of its lock`() throws {
            // As the third target starts, a survivor is stopped for ever.
            let worker = try Script(
                """
                if [ "$1$4" = survive1 ]; then echo $$ >"$0.survivor"; fi
                if [ "$1" = die ]; then
                    echo >>"$0.targets"
                    if [ $(wc -l <"$0.targets") = 3 ]; then kill -STOP $(cat "$0.survivor"); fi
                fi
                exec \(Invocation.programs)/shmworker "$@"
                """)
            let traces = Traces()
            let run = try Invocation([
                "crash", "--locks", "pthread-robust", "--every", "30", "--paths", "uncontended,holder", "--worker",
                worker.path,
            ])
            let outcome = run.finish()
            #expect(outcome.exit == .code(0), "\(outcome.stdout)")
            #expect(outcome.stderr.contains(/done again: survivor 2 of 3 \(pid \d+\) is stopped by a signal/))
            #expect(traces.left() == [])
        }

        /// Starts a test that takes long, and waits until it has killed some.
        private func longRun(_ more: String...) throws -> (run: Invocation, processes: [pid_t]) {
            let run = try Invocation(["crash", "--locks", "sysv-sem-undo,pthread-robust", "--workers", "2"] + more)
            var found: [(pid: pid_t, arguments: [Substring])] = []
            // The first targets show how long the paths are.
            var targets: Set<pid_t> = []
            let isKilling = eventually {
                found = ProcessTable.children(of: run.pid)
                let dying = found.filter { $0.arguments.contains("die") }.map(\.pid)
                targets.formUnion(dying)
                return targets.count >= 10 && !dying.isEmpty
            }
            try #require(isKilling)
            return (run, found.map(\.pid))
        }

        @Test(.enabled("ptrace is not permitted here") { canTrace }, arguments: [SIGINT, SIGTERM])
        func `an interrupted test ends its processes and prints what it covered`(signal: Int32) throws {
            let traces = Traces()
            let (run, processes) = try longRun("--format", "json")
            run.send(signal)
            let outcome = run.finish(within: .seconds(20))
            #expect(outcome.exit == .code(1))
            #expect(outcome.stderr.contains("shmbench: interrupted at sysv-sem-undo after "))
            let parsed = try JSONSerialization.jsonObject(with: Data(outcome.stdout.utf8)) as? [String: Any]
            let row = try #require((parsed?["rows"] as? [[String: Any]])?.first)
            #expect(row["lock"] as? String == "sysv-sem-undo")
            #expect(row["complete"] as? Bool == false)
            #expect(row["verdict"] as? String == "unfinished")
            #expect((row["kills"] as? Int).map { $0 > 0 } == true)
            #expect(traces.left(processes: processes) == [])
        }

        @Test(.enabled("ptrace is not permitted here") { canTrace })
        func `a test that is killed takes its processes along, the traced one too`() throws {
            let traces = Traces()
            let (run, processes) = try longRun()
            #expect(processes.count >= 3)
            run.send(SIGKILL)
            #expect(run.finish().exit == .signal(SIGKILL))
            #expect(traces.left(processes: processes) == [])
        }

        private static let strace = "/usr/bin/strace"

        @Test(
            .enabled("it takes another tracer to forbid tracing") {
                canTrace && FileManager.default.isExecutableFile(atPath: strace)
            })
        func `where tracing is refused, one line says what to do`() throws {
            // A process has at most one tracer; -D leaves the target its parent.
            let worker = try Script(
                """
                if [ "$1" = die ]; then exec \(Self.strace) -D -o /dev/null \(Invocation.programs)/shmworker "$@"; fi
                exec \(Invocation.programs)/shmworker "$@"
                """)
            let traces = Traces()
            let run = try Invocation(["crash", "--locks", "futex", "--worker", worker.path])
            let outcome = run.finish()
            #expect(outcome.exit == .code(1))
            #expect(outcome.stdout == "")
            let complaints = outcome.complaints
            #expect(complaints.count == 1)
            #expect(outcome.stderr.contains("shmbench: futex: cannot trace a process of this program: ptrace: "))
            #expect(outcome.stderr.contains("Operation not permitted"))
            #expect(outcome.stderr.contains("kernel.yama.ptrace_scope") && outcome.stderr.contains("SYS_PTRACE"))
            #expect(traces.left() == [])
        }
    }
}
