import Foundation
import ShmCoordinator
import ShmCore
import TestSupport
import Testing

extension CommandLineSuite.Faults {
    /// Stress tests from the command line, of sound locks and of one with planted bugs.
    @Suite struct StressTests {
        private let folder: Folder

        init() throws { folder = try Folder() }

        private func stress(bug: String, _ arguments: String...) throws -> Invocation.Outcome {
            let command = [
                "SHM_PLANTED_BUG=\(bug)", "\(Invocation.programs)/shmbench", "stress", "--lock-plugin",
                try folder.plugin("planted-bug"),
                "--seed", "1", "--format", "csv",
            ]
            return try Invocation(program: "/usr/bin/env", command + arguments, in: folder)
                .finish(within: .seconds(50))
        }

        @Test func `every fault is done to the default lock, which survives it, and nothing is left`() throws {
            let traces = Traces()
            let run = try Invocation(
                ["stress", "--locks", "robust-futex", "--duration", "2s", "--seed", "1", "--format", "csv"])
            let outcome = run.finish(within: .seconds(50))
            #expect(outcome.exit == .code(0))
            #expect(outcome.complaints == [])
            let rows = try Table(outcome.stdout).rows
            #expect(rows.map { $0["fault"] } == Fault.allCases.map(\.name))
            for row in rows where row["verdict"] != "n/a" {
                // On a loaded machine the others may get no CPU while one is frozen.
                let verdicts = row["fault"] == "freeze-waiter" ? ["ok", "stalls"] : ["ok"]
                #expect(verdicts.contains(row["verdict"] ?? "") && row["as_promised"] == "yes", "\(row)")
                #expect(row["hangs"] == "0" && row["corruptions"] == "0" && row["untold_deaths"] == "0")
                #expect(Int(row["episodes"] ?? "").map { $0 > 0 } == true, "\(row["fault"] ?? "")")
            }
            let holder = try #require(rows.first { $0["fault"] == "kill-holder" })
            #expect(Int(holder["kills"] ?? "").map { $0 > 0 } == true)
            #expect(Int(holder["recovery_max_ns"] ?? "").map { $0 > 0 } == true)
            #expect(run.folder.names == [])
            #expect(traces.left() == [])
        }

        @Test func `no lock is caught, and a lock that promises nothing may hang`() throws {
            let run = try Invocation(
                ["stress", "--locks", "none,futex", "--faults", "kill-holder,interrupt", "--duration", "100ms"])
            let outcome = run.finish(within: .seconds(50))
            #expect(outcome.exit == .code(0))
            #expect(outcome.stdout.contains("without mutual exclusion failed the check"))
            let lines = outcome.stdout.split(separator: "\n")
            #expect(lines.contains { $0.hasPrefix("none ") && $0.contains("unsafe") })
            #expect(lines.contains { $0.hasPrefix("futex ") && $0.contains("hangs") })
            #expect(lines.allSatisfy { $0.count <= 80 })
        }

        @Test func `a lock without a bug passes the test that its bugs fail`() throws {
            let outcome = try stress(bug: "none", "--duration", "3s")
            #expect(outcome.exit == .code(0), "\(outcome.stderr)")
            let rows = try Table(outcome.stdout).rows
            #expect(rows.allSatisfy { ["ok", "n/a", "stalls"].contains($0["verdict"] ?? "") })
        }

        /// The rows of the first of twenty runs that find the bug: whether processes meet is a matter of luck on a busy machine.
        private func rows(finding verdict: String, ofBug bug: String, faults: String) throws -> [[String: String]] {
            for _ in 1...20 {
                let outcome = try stress(bug: bug, "--faults", faults, "--duration", "6s")
                let rows = try Table(outcome.stdout).rows
                let isFound = rows.contains { $0["verdict"] == verdict }
                #expect(outcome.exit == .code(isFound ? 3 : 0), "\(outcome.stderr)")
                if isFound { return rows }
            }
            Issue.record("twenty runs do not find it")
            return []
        }

        @Test func `a lock that now and then takes nothing is caught`() throws {
            _ = try rows(finding: "bad", ofBug: "skip", faults: "interrupt,attach-storm,kill-waiter")
        }

        @Test func `a lock that forgets wake-ups is caught`() throws {
            _ = try rows(finding: "hangs", ofBug: "forget", faults: "attach-storm,interrupt")
        }

        @Test func `a lock that does not notice deaths is caught, with its last events and how to repeat it`() throws {
            let outcome = try stress(bug: "ignore", "--faults", "kill-holder", "--episodes", "3")
            #expect(outcome.exit == .code(3))
            let row = try #require(try Table(outcome.stdout).rows.first)
            #expect(row["verdict"] == "hangs" && row["promised"] == "yes" && row["as_promised"] == "no")
            #expect(outcome.stderr.contains("again: SHM_PLANTED_BUG=ignore shmbench stress --lock-plugin "))
            #expect(
                outcome.stderr.contains("--locks planted-bug --faults kill-holder --workers 4 --episodes 3 --seed 1"))
            let reports = Folder.names(folder.path("results")).filter { $0.hasPrefix("stress-") }
            let report = try #require(reports.first)
            #expect(
                Folder.names(folder.path("results/\(report)"))
                    == ["planted-bug-kill-holder.trace.json", "planted-bug-kill-holder.txt"])
            let text = folder.text("results/\(report)/planted-bug-kill-holder.txt")
            #expect(text.contains("stays inside, as ordered") && text.contains("calls lock"))
            let data = Data(folder.text("results/\(report)/planted-bug-kill-holder.trace.json").utf8)
            let trace = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
            let events = try #require(trace["traceEvents"] as? [[String: Any]])
            #expect(events.contains { $0["name"] as? String == "hold, unfinished" })
        }

        @Test func `a lock that lets two in after a recovery is caught`() throws {
            let rows = try rows(finding: "bad", ofBug: "two", faults: "kill-holder,kill-many")
            // However long the coordinator took to see it, the last events are those that led to it.
            for row in rows where row["finding"]?.hasPrefix("two processes were inside") == true {
                let report = try #require(Folder.names(folder.path("results")).first { $0.hasPrefix("stress-") })
                let text = folder.text("results/\(report)/planted-bug-\(row["fault"] ?? "").txt")
                #expect(text.split(separator: "\n").suffix(40).contains { $0.contains("MEETS worker") })
            }
        }

        @Test(arguments: ["table", "markdown", "csv", "json"])
        func `of a lock whose plugin dies before a fault was done, nothing is said to be kept`(format: String) throws {
            // In a worker, before it takes part.
            let object = try folder.plugin(
                "planted-bug",
                [
                    (
                        "static size_t bytes_needed(",
                        """
                        __attribute__((constructor)) static void die(int argc, char **argv) {
                            if (argc == 6 && strcmp(argv[1], "stress") == 0 && argv[2][0] != '-') raise(SIGKILL);
                        }
                        static size_t bytes_needed(
                        """
                    )
                ])
            let outcome = try Invocation(
                ["stress", "--lock-plugin", object, "--faults", "freeze-holder,fork", "--format", format], in: folder
            ).finish()
            #expect(outcome.exit == .code(1) && outcome.stderr.contains("was killed by signal 9"), "\(outcome.stderr)")
            #expect(!outcome.stdout.contains("kept its promise") && !outcome.stdout.contains("\"yes\",\"episodes\""))
            switch format {
            case "csv":
                let rows = try Table(outcome.stdout).rows
                #expect(rows.map { $0["fault"] } == ["freeze-holder", "fork"])
                #expect(rows.allSatisfy { $0["as_promised"] == "" && $0["verdict"] == "-" })
            case "json": #expect(outcome.stdout.contains("\"as_promised\":null"))
            default: #expect(outcome.stdout == "Nothing was tested: no fault was injected.\n")
            }
        }

        @Test func `a run without a fault is not a success`() throws {
            // A control without exclusion has no waiters.
            let outcome = try Invocation(
                ["stress", "--locks", "atomic-add", "--faults", "kill-waiter", "--duration", "1s"], in: folder
            ).finish(within: .seconds(50))
            if outcome.stdout.hasPrefix("Nothing was tried") {
                #expect(
                    outcome.exit == .code(1) && outcome.stderr.contains("no fault was injected"), "\(outcome.stderr)")
            } else {
                #expect(outcome.stdout.contains("kills"))
            }
        }

        @Test func `a run with kills names what the lock did after them`() throws {
            // A second death is not noticed, and no process acquires the lock again.
            let object = try folder.plugin(
                "planted-bug",
                [
                    ("    return sizeof(_Atomic uint32_t);", "    return 2 * sizeof(_Atomic uint32_t);"),
                    (
                        "    atomic_init((_Atomic uint32_t *)area, FREE);",
                        "    atomic_init((_Atomic uint32_t *)area, FREE);\n    atomic_init((_Atomic uint32_t *)area + 1, 0);"
                    ),
                    ("if (!ignores && is_dead", "if (!atomic_load(word + 1) && is_dead"),
                    (
                        "            return SHM_LOCK_OWNER_DIED;",
                        "            return atomic_store((_Atomic uint32_t *)area + 1, 1), SHM_LOCK_OWNER_DIED;"
                    ),
                ])
            let outcome = try Invocation.run(
                "plugin", workers: "2", "--lock-plugin", object, "--kills", "3", "--output", "x.csv", in: folder
            ).finish(within: .seconds(50))
            #expect(outcome.exit == .code(3), "\(outcome.stderr)")
            #expect(outcome.stdout.contains("did not survive the kill of an owner"), "\(outcome.stdout)")
            #expect(!outcome.stdout.contains("admitted two") && !outcome.stdout.contains("lost updates"))
        }

        @Test func `reports of an older run in a folder that is named are replaced`() throws {
            for _ in 1...2 {
                let outcome = try Invocation(
                    ["stress", "--locks", "futex", "--faults", "kill-holder", "--episodes", "1", "--reports", "r"],
                    in: folder
                ).finish(within: .seconds(50))
                #expect(outcome.exit == .code(0) && outcome.complaints == [], "\(outcome.stderr)")
                #expect(Folder.names(folder.path("r")) == ["futex-kill-holder.trace.json", "futex-kill-holder.txt"])
            }
        }

        @Test func `kills without a possible target are refused`() throws {
            for arguments in [["--locks", "futex", "--workers", "2"], ["--locks", "flock", "--workers", "1"]] {
                let outcome = try Invocation(["run", "--kills", "3"] + arguments, in: folder).finish()
                #expect(
                    outcome.exit == .code(64)
                        && outcome.stderr.contains("--kills 3 has no effect: it needs --workers of 2"),
                    "\(outcome.stderr)")
            }
        }

        @Test func `an integrity failure is not reported as a clock error`() throws {
            let object = try folder.plugin("planted-bug", [("++acquisitions % 10000 == 0", "++acquisitions % 3 == 0")])
            let arguments = ["SHM_PLANTED_BUG=skip", "\(Invocation.programs)/shmbench", "run", "--lock-plugin", object]
            let outcome = try Invocation(
                program: "/usr/bin/env",
                arguments + ["--locks", "plugin", "--workers", "2", "--duration", "60ms", "--rounds", "1"], in: folder
            ).finish()
            #expect(
                outcome.exit == .code(3) && outcome.stdout.contains("admitted two processes at once ("),
                "\(outcome.stdout)")
            #expect(!outcome.stderr.contains("backwards") && !outcome.stderr.contains("noisy"), "\(outcome.stderr)")
        }

        @Test(arguments: [SIGINT, SIGTERM, SIGKILL])
        func `however it ends, nothing is left`(signal: Int32) throws {
            let traces = Traces()
            let run = try Invocation(["stress", "--locks", "sysv-sem-undo,posix-named-sem", "--duration", "60s"])
            var workers: [pid_t] = []
            let hasBegun = eventually {
                workers = ProcessTable.children(of: run.pid).filter { $0.arguments.contains("stress") }.map(\.pid)
                return workers.count >= 2
            }
            #expect(hasBegun)
            usleep(300_000)
            run.send(signal)
            let outcome = run.finish()
            #expect(outcome.exit == (signal == SIGKILL ? .signal(SIGKILL) : .code(1)))
            if signal != SIGKILL {
                #expect(outcome.stderr.contains("shmbench: interrupted at "))
                #expect(outcome.stdout.contains("Not tested: ") && !outcome.stdout.contains("Every lock"))
            }
            #expect(traces.left(processes: workers) == [])
        }

        @Test func `a traced run shows who held the lock when`() throws {
            let run = try Invocation.run(
                "futex,robust-futex", workers: "2", "--rounds", "2", "--trace", "t.json", "--output", "x.csv")
            #expect(run.finish().exit == .code(0))
            let data = Data(run.folder.text("t.json").utf8)
            let trace = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
            let events = try #require(trace["traceEvents"] as? [[String: Any]])
            let names = events.compactMap { ($0["args"] as? [String: Any])?["name"] as? String }
            #expect(names.contains("futex × 2") && names.contains("robust-futex × 2") && names.contains("worker 2"))
            for group in 1...2 {
                let holds = events.filter { $0["name"] as? String == "hold" && $0["pid"] as? Int == group }
                    .compactMap { event in
                        (event["ts"] as? Double).flatMap { start in
                            (event["dur"] as? Double).map { (start: start, end: start + $0) }
                        }
                    }
                    .sorted { $0.start < $1.start }
                #expect(holds.count > 10)
                // Two clocks of two CPUs may differ by a little.
                #expect(zip(holds, holds.dropFirst()).allSatisfy { $1.start > $0.end - 0.5 })
            }
        }
    }
}
