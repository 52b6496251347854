import Foundation
import ShmCoordinator
import ShmCore
import Testing

extension CommandLineSuite {
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
                // On a loaded machine the others may get no CPU while somebody is frozen.
                let verdicts = row["fault"] == "freeze-waiter" ? ["ok", "stalls"] : ["ok"]
                #expect(verdicts.contains(row["verdict"] ?? "") && row["as_promised"] == "yes", "\(row)")
                #expect(row["hangs"] == "0" && row["corruptions"] == "0" && row["untold_deaths"] == "0")
                #expect(Int(row["episodes"] ?? "").map { $0 > 0 } == true, "\(row["fault"] ?? "")")
            }
            let holder = try #require(rows.first { $0["fault"] == "kill-holder" })
            #expect(Int(holder["kills"] ?? "").map { $0 > 0 } == true)
            #expect(Int(holder["recovery_p50_ns"] ?? "").map { $0 > 0 } == true)
            #expect(run.folder.names == [])
            #expect(traces.left(by: run.pid) == [])
        }

        @Test func `no lock is caught, and a lock that promises nothing may hang`() throws {
            let run = try Invocation(
                ["stress", "--locks", "none,futex", "--faults", "kill-holder,interrupt", "--duration", "100ms"])
            let outcome = run.finish(within: .seconds(50))
            #expect(outcome.exit == .code(0))
            #expect(outcome.stdout.contains("exclude nobody were caught"))
            let lines = outcome.stdout.split(separator: "\n")
            #expect(lines.contains { $0.hasPrefix("none ") && $0.contains("bad") })
            #expect(lines.contains { $0.hasPrefix("futex ") && $0.contains("hangs") })
            #expect(lines.allSatisfy { $0.count <= 80 })
        }

        @Test func `a lock without a bug passes the test that its bugs fail`() throws {
            let outcome = try stress(bug: "none", "--duration", "3s")
            #expect(outcome.exit == .code(0), "\(outcome.stderr)")
            let rows = try Table(outcome.stdout).rows
            #expect(rows.allSatisfy { ["ok", "n/a", "stalls"].contains($0["verdict"] ?? "") })
        }

        @Test func `a lock that now and then takes nothing is caught`() throws {
            let outcome = try stress(bug: "skip", "--faults", "interrupt,attach-storm,kill-waiter", "--duration", "6s")
            #expect(outcome.exit == .code(3))
            #expect(try Table(outcome.stdout).rows.contains { $0["verdict"] == "bad" })
        }

        @Test func `a lock that forgets wake-ups is caught`() throws {
            let outcome = try stress(bug: "forget", "--faults", "attach-storm,interrupt", "--duration", "6s")
            #expect(outcome.exit == .code(3))
            #expect(try Table(outcome.stdout).rows.contains { $0["verdict"] == "hangs" })
        }

        @Test func `a lock that does not notice deaths is caught, with its last events and how to repeat it`() throws {
            let outcome = try stress(bug: "ignore", "--faults", "kill-holder", "--episodes", "3")
            #expect(outcome.exit == .code(3))
            let row = try #require(try Table(outcome.stdout).rows.first)
            #expect(row["verdict"] == "hangs" && row["promised"] == "yes" && row["as_promised"] == "no")
            #expect(outcome.stderr.contains("again: shmbench stress --lock-plugin "))
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
            let outcome = try stress(bug: "two", "--faults", "kill-holder,kill-many", "--duration", "6s")
            #expect(outcome.exit == .code(3))
            let rows = try Table(outcome.stdout).rows
            #expect(rows.contains { $0["verdict"] == "bad" })
            // However long the coordinator took to see it, the last events are those that led to it.
            for row in rows where row["finding"]?.hasPrefix("two were inside") == true {
                let report = try #require(Folder.names(folder.path("results")).first { $0.hasPrefix("stress-") })
                let text = folder.text("results/\(report)/planted-bug-\(row["fault"] ?? "").txt")
                #expect(text.split(separator: "\n").suffix(40).contains { $0.contains("MEETS worker") })
            }
        }

        @Test(arguments: [SIGINT, SIGTERM, SIGKILL])
        func `however it ends, nothing is left`(signal: Int32) throws {
            let traces = Traces()
            let run = try Invocation(["stress", "--locks", "sysv-sem-undo,posix-named-sem", "--duration", "60s"])
            usleep(700_000)
            let workers = ProcessTable.children(of: run.pid).map(\.pid)
            #expect(workers.count >= 2)
            run.send(signal)
            let outcome = run.finish()
            #expect(outcome.exit == (signal == SIGKILL ? .signal(SIGKILL) : .code(1)))
            if signal != SIGKILL {
                #expect(outcome.stderr.contains("shmbench: interrupted at "))
                #expect(outcome.stdout.contains("Deaths"))
            }
            #expect(traces.left(by: run.pid, processes: workers) == [])
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
