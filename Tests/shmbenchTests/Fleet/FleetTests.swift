import Foundation
import ShmCoordinator
import ShmRecord
import TestSupport
import Testing

@testable import ShmCluster

extension CommandLineSuite.Inputs {
    /// `shmbench fleet` with programs that stand in for Slurm and ssh, and run the tasks on this machine.
    @Suite struct FleetTests {
        private static let short = [
            "--locks", "futex", "--workers", "1", "--rounds", "2", "--duration", "5ms", "--warmup", "1ms",
        ]

        private func rows(_ path: String) throws -> Int {
            try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n").count - 1
        }

        @Test func `a fleet on Slurm runs, and names the node that is down`() throws {
            let slurm = try FakePrograms.slurm()
            let work = try Folder()
            let folder = "a fleet's folder"
            let outcome = try slurm.shmbench(["fleet", "run", "--folder", folder] + Self.short, in: work).finish()
            // A node is missing: the report is there, and the exit code is not 0.
            #expect(outcome.exit == .code(1), "\(outcome.stderr)")
            #expect(outcome.stdout.contains("futex"))
            #expect(
                outcome.stderr.contains(
                    "warning: n3 is missing: Slurm says that the node is down, and does not respond"))
            #expect(try rows(work.path("\(folder)/rows.csv")) == 4)
            #expect(slurm.folder.text("bound.0") == "n1\n" && slurm.folder.text("bound.1") == "n2\n")
            let status = try #require(TaskStatus(work.text("\(folder)/results/n2/status")))
            #expect(status.exit == 0 && status.rows == 2)
            // The same is said of the folder afterwards.
            for command in [["fleet", "collect", folder], ["fleet", "resume", folder]] {
                let again = try slurm.shmbench(command, in: work).finish()
                #expect(again.exit == .code(1) && again.stderr.contains("n3 is missing"), "\(again.stderr)")
                #expect(again.stdout == outcome.stdout)
            }
        }

        @Test func `a fleet is not begun twice in one folder`() throws {
            let work = try Folder()
            let plan = ["fleet", "plan", "--tasks", "1", "--folder", "f"] + Self.short
            #expect(try Invocation(plan, in: work).finish().exit == .code(0))
            let again = try Invocation(plan, in: work).finish()
            #expect(again.exit == .code(64) && again.stderr.contains("another fleet"), "\(again.stderr)")
        }

        @Test func `a plan runs with any engine, and what is missing is named`() throws {
            let work = try Folder()
            let plan = try Invocation(["fleet", "plan", "--tasks", "3", "--folder", "f"] + Self.short, in: work)
                .finish()
            #expect(plan.exit == .code(0) && plan.stdout.contains("./task t1"), "\(plan.stderr)")
            let task = try ChildProcess("/bin/sh", [work.path("f/task"), "t1"])
            #expect(task.awaitExit() == .code(0), "\(work.text("f/results/t1/log"))")
            // One has run half-way, and the last line of its file is cut.
            try FileManager.default.copyItem(atPath: work.path("f/results/t1"), toPath: work.path("f/results/t2"))
            let lines = work.text("f/results/t1/rows.csv").split(separator: "\n")
            let half =
                "\(lines[0])\n\(lines[1].replacing(/\d{8}T\d{6}Z-\w+/, with: "20260101T000000Z-x"))\n\(lines[2].prefix(40))"
            try half.write(toFile: work.path("f/results/t2/rows.csv"), atomically: true, encoding: .utf8)
            let outcome = try Invocation(["fleet", "collect", "f"], in: work).finish()
            #expect(outcome.exit == .code(1))
            #expect(outcome.stderr.contains("task t2 is half-finished: it has 1 of 2 rows"), "\(outcome.stderr)")
            #expect(outcome.stderr.contains("task t3 is missing: it has no status"), "\(outcome.stderr)")
            #expect(!outcome.stderr.contains("t1 is"))
            #expect(try rows(work.path("f/rows.csv")) == 3)
        }

        @Test func `a plan of a thousand tasks is written`() throws {
            let outcome = try Invocation(
                ["fleet", "plan", "--tasks", "1000", "--folder", "f"] + Self.short, in: Folder()
            ).finish()
            #expect(outcome.exit == .code(0) && outcome.stdout.contains("1000 tasks"), "\(outcome.stderr)")
        }

        @Test func `a dry run shows the script and submits nothing`() throws {
            let slurm = try FakePrograms.slurm()
            let outcome = try slurm.shmbench(
                ["fleet", "run", "--dry-run", "--nodes", "n1,n2", "--licenses", "quiet:1"] + Self.short
            )
            .finish()
            #expect(outcome.exit == .code(0) && outcome.stdout.hasPrefix("#!/bin/sh\n#SBATCH --job-name=shmbench-"))
            #expect(
                outcome.stdout.contains("#SBATCH --array=0-1\n")
                    && outcome.stdout.contains("#SBATCH --licenses=quiet:1\n"))
            #expect(!slurm.folder.names.contains("script"))
        }

        @Test(arguments: [
            (["--nodes", "n1,nosuch"], 64, "invalid value 'nosuch' for --nodes"),
            (["--partition", "nosuch"], 64, "invalid value 'nosuch' for --partition"),
            (["--repeat", "3"], 64, "MaxArraySize"), (["--hosts=-oX"], 64, "invalid value '-oX' for --hosts"),
            (["--licenses", "a b"], 64, "--licenses"), (["--locks", "nosuch"], 64, "nosuch"),
            (["--output", "x.csv", "--history", "h.db"], 64, "--history is not for a fleet"),
            (["--engine", "ssh"], 64, "--hosts"), (["compare", "futex", "mcs"], 64, "fleet compare"),
        ])
        func `what a fleet cannot do is refused in one line`(arguments: [String], code: Int32, words: String) throws {
            let slurm = try FakePrograms.slurm()
            let outcome = try slurm.shmbench(["fleet", "run"] + arguments).finish()
            #expect(
                outcome.exit == .code(code) && outcome.complaints.filter { $0.hasPrefix("shmbench: ") }.count == 1,
                "\(outcome.stderr)")
            #expect(outcome.stderr.contains(words), "\(outcome.stderr)")
            #expect(!slurm.folder.names.contains("script"))
        }

        @Test(arguments: [
            ("sbatch", "echo 'sbatch: error: Batch job submission failed: Access denied' >&2; exit 1", "Access denied"),
            ("sbatch", "echo Submitted", "sbatch --parsable"), ("sinfo", "echo '# new format'", "sinfo --noheader"),
            ("sinfo", ": >\"$here/asked\"; exec sleep 100 >/dev/null 2>&1", ""), ("scontrol", "exit 3", "scontrol"),
        ])
        func `a Slurm that fails is one line, and nothing is left submitted`(
            program: String, script: String, words: String
        )
            throws
        {
            let slurm = try FakePrograms.slurm()
            try slurm.add(program, script)
            let run = try slurm.shmbench(["fleet", "run"] + Self.short)
            if words.isEmpty {
                // A program that does not answer is not waited for without end, and an interruption ends it at once.
                #expect(eventually { slurm.folder.names.contains("asked") })
                run.send(SIGTERM)
            }
            let outcome = run.finish()
            #expect(outcome.exit == .code(1) && (words.isEmpty || outcome.stderr.contains(words)), "\(outcome.stderr)")
            #expect(outcome.complaints.filter { $0.hasPrefix("shmbench: ") }.count == 1, "\(outcome.stderr)")
        }

        @Test func `without Slurm, a line says what to do`() throws {
            let empty = try FakePrograms([:])
            let outcome = try Invocation(
                program: "/usr/bin/env",
                ["PATH=\(empty.folder.path)", "\(Invocation.programs)/shmbench", "fleet", "run"] + Self.short
            ).finish()
            #expect(outcome.exit == .code(1) && outcome.complaints.count == 1)
            #expect(
                outcome.stderr.contains("there is no `sbatch` on the PATH") && outcome.stderr.contains("--engine ssh"))
        }

        @Test func `an interruption cancels the jobs and keeps what came`() throws {
            let slurm = try FakePrograms.slurm()
            let work = try Folder()
            let run = try slurm.shmbench(
                [
                    "fleet", "run", "--folder", "f", "--locks", "futex", "--workers", "1", "--rounds", "400",
                    "--duration", "50ms",
                ],
                in: work)
            #expect(eventually { work.text("f/results/n1/rows.csv").split(separator: "\n").count > 2 })
            run.send(SIGINT)
            let outcome = run.finish()
            #expect(outcome.exit == .code(1) && outcome.stderr.contains("interrupted"), "\(outcome.stderr)")
            #expect(slurm.folder.text("cancelled").contains("7"))
            #expect(try rows(work.path("f/rows.csv")) >= 1)
            for task in ["n1", "n2"] {
                #expect(eventually { TaskStatus(work.text("f/results/\(task)/status"))?.hasEnded == true })
            }
        }

        @Test func `hosts run a task each, and nothing is left on them`() throws {
            // The shell that a host gives gets what ssh is told to run.
            let ssh = try FakePrograms(["ssh": "for command do :; done; cd / && exec sh -c \"$command\""])
            let work = try Folder()
            let outcome = try ssh.shmbench(
                ["fleet", "run", "--hosts", "here,me@there", "--at-once", "1", "--folder", "f"] + Self.short, in: work
            ).finish()
            #expect(outcome.exit == .code(0), "\(outcome.stderr)")
            #expect(try rows(work.path("f/rows.csv")) == 4)
            #expect(work.text("f/results/me_there/status").contains("exit=0\n"))
            let id = try FleetPlan(work.text("f/fleet.toml"), path: "x").id
            #expect(Folder.names("/var/tmp").filter { $0.contains(id) } == [])
        }

        @Test func `a host that cannot be reached is missing, and the others run`() throws {
            let ssh = try FakePrograms([
                "ssh": """
                for command do case "$command" in away) echo 'ssh: connect to host away port 22: refused' >&2; exit 255 ;; esac; done
                cd / && exec sh -c "$command"
                """
            ])
            let work = try Folder()
            let outcome = try ssh.shmbench(
                ["fleet", "run", "--hosts", "here,away", "--folder", "f"] + Self.short, in: work
            )
            .finish()
            #expect(outcome.exit == .code(1))
            #expect(
                outcome.stderr.contains("away is missing") && outcome.stderr.contains("refused"), "\(outcome.stderr)")
            #expect(try rows(work.path("f/rows.csv")) == 2)
        }

        @Test func `the report of a folder has the options of a report on files`() throws {
            let work = try Folder()
            let plan =
                ["fleet", "plan", "--tasks", "2", "--folder", "f", "--locks", "futex,mcs"] + Self.short.dropFirst(2)
            #expect(try Invocation(plan, in: work).finish().exit == .code(0))
            for name in ["t1", "t2"] {
                let task = try ChildProcess("/bin/sh", [work.path("f/task"), name])
                #expect(task.awaitExit() == .code(0), "\(work.text("f/results/\(name)/log"))")
            }
            // As if another machine had measured one of them.
            let rows = work.text("f/results/t2/rows.csv").replacing(Machine.current.hostname, with: "other")
            try rows.write(toFile: work.path("f/results/t2/rows.csv"), atomically: true, encoding: .utf8)
            func report(_ options: String...) throws -> Invocation.Outcome {
                try Invocation(["report", "f"] + options, in: work).finish()
            }
            let shown = try report("--reference", "mcs")
            #expect(shown.exit == .code(0) && shown.stdout.contains("relative to that of mcs"), "\(shown.stderr)")
            let unknown = try report("--reference", "mcx")
            #expect(unknown.exit == .code(64) && unknown.stderr.contains("did you mean `mcs`"), "\(unknown.stderr)")
            let axis = try report("--by", "kernel")
            #expect(axis.exit == .code(1) && axis.stderr.contains("--by kernel: all rows have"), "\(axis.stderr)")
            // A file that cannot be read does not hide the others.
            try "\(rows)1,2\n".write(toFile: work.path("f/results/t2/rows.csv"), atomically: true, encoding: .utf8)
            let half = try report()
            #expect(half.exit == .code(1) && half.stdout.contains("mcs"), "\(half.stderr)")
            #expect(half.stderr.contains("2 fields: expected") && half.stderr.contains("left out"), "\(half.stderr)")
        }

        @Test func `rounds' options are refused for the folder of another command`() throws {
            let work = try Folder()
            let plan = ["fleet", "plan", "crash", "--tasks", "1", "--folder", "f", "--locks", "futex"]
            #expect(try Invocation(plan, in: work).finish().exit == .code(0))
            let refused = try Invocation(["report", "f", "--by", "kernel"], in: work).finish()
            #expect(refused.exit == .code(64) && refused.stderr.contains("leave out --by"), "\(refused.stderr)")
        }

        @Test(arguments: [60, 200]) func `a terminal shows each node while it runs`(columns: Int) throws {
            let slurm = try FakePrograms.slurm()
            let work = try Folder()
            let outcome = try PseudoTerminal.run(
                [
                    "fleet", "run", "--folder", "f", "--nodes", "n1,n2", "--locks", "futex", "--workers", "1",
                    "--rounds", "12", "--duration", "60ms",
                ], columns: columns, ["TERM=xterm", "PATH=\(slurm.folder.path):/usr/bin:/bin"], in: work)
            #expect(outcome.exit == .code(0), "\(outcome.text)")
            #expect(outcome.lines.contains { $0.contains(/^  n2  running +\d+%, 0:\d\d left$/) }, "\(outcome.text)")
            // Before the report, the view is erased.
            let erased = outcome.text.components(separatedBy: "\u{1b}[J").last ?? ""
            let last = try #require(erased.split(separator: "\u{1b}[K").last)
            #expect(last.hasPrefix("results of 2 of 2 tasks") && !last.contains("running"), "\(outcome.text)")
            for line in outcome.lines where line.count > columns && !line.contains("/") {
                Issue.record("\(line.count) of \(columns) in '\(line)'")
            }
        }

        @Test func `a comparison on each node has a share of the error rate`() throws {
            let slurm = try FakePrograms.slurm()
            let work = try Folder()
            let outcome = try slurm.shmbench(
                [
                    "fleet", "compare", "futex", "mcs", "--nodes", "n1,n2", "--folder", "f", "--workers", "1",
                    "--max-time", "2s",
                    "--duration", "1ms", "--false-alarms", "2%",
                ], in: work
            ).finish()
            let plan = try FleetPlan(work.text("f/fleet.toml"), path: "x")
            #expect(plan.command.suffix(4) == ["--false-alarms", "0.0100000000", "futex", "mcs"], "\(plan.command)")
            #expect([.code(0), .code(1), .code(2)].contains(outcome.exit), "\(outcome.stderr)")
            // Under load, a comparison may judge nothing, which is a failure of its task.
            for node in ["n1", "n2"] {
                #expect(
                    outcome.stdout.contains("\(node): ") || outcome.stderr.contains("\(node) failed"),
                    "\(outcome.stderr)")
            }
            #expect(work.text("f/findings.csv").contains("futex"))
        }
    }
}
