import Foundation
import ShmCoordinator
import TestSupport
import Testing

extension CommandLineSuite.Inputs {
    /// Runs that are frozen, or parts of them: that says nothing about a lock.
    @Suite struct PauseTests {
        private static let run = [
            "run", "--locks", "robust-futex", "--workers", "2", "--rounds", "1", "--warmup", "20ms", "--duration", "3s",
            "--output", "x.csv",
        ]

        /// The run and all its children.
        private func processes(_ run: Invocation, named argument: Substring? = nil) -> [pid_t] {
            ProcessTable.children(of: run.pid).filter { argument == nil || $0.arguments.contains(argument!) }.map(\.pid)
        }

        private func awaitWorkers(_ run: Invocation, _ count: Int, doing task: Substring = "contend") throws {
            try #require(eventually { processes(run, named: task).count >= count })
            // In the middle of what they do; a crash test may be over in half a second.
            usleep(task == "survive" ? 100_000 : 700_000)
        }

        /// A round that was measured again is in the results once, with that said beside it.
        private func expectRepeated(_ outcome: Invocation.Outcome, _ run: Invocation, atLeast seconds: Double) throws {
            #expect(outcome.exit == .code(0), "\(outcome.stderr)")
            #expect(outcome.complaints == [])
            #expect(
                outcome.stderr.contains(
                    "warning: robust-futex with 2 workers, round 1 is discarded and measured again: "))
            let rows = try Table(run.folder.text("x.csv")).rows
            try #require(rows.count == 1)
            #expect(rows[0]["integrity"] == "ok")
            #expect(rows[0]["discarded_tries"] == "1")
            let paused = try #require(rows[0]["paused_s"].flatMap { Double($0) })
            #expect(paused >= seconds && paused < seconds + 5)
            // A window with a freeze in it is longer.
            let duration = try #require(rows[0]["duration_s"].flatMap { Double($0) })
            #expect((2.9..<4.5).contains(duration))
        }

        @Test(
            .enabled("a control group needs root and version 1 of the freezer") {
                ControlGroup.canBeMade("freezer")
            })
        func `a round in which all was frozen is measured again, and the pause is named`() throws {
            let traces = Traces()
            let group = try ControlGroup("freezer")
            let run = try Invocation(Self.run, member: group)
            try awaitWorkers(run, 2)
            try group.write("FROZEN", "freezer.state")
            usleep(3_000_000)
            try group.write("THAWED", "freezer.state")
            let outcome = run.finish(within: .seconds(40))
            try expectRepeated(outcome, run, atLeast: 2.8)
            #expect(
                outcome.stderr.contains(/this program stood still for (2\.[89]|3\.\d) s from \d\d:\d\d:\d\d UTC on/))
            #expect(traces.left() == [])
        }

        @Test func `a round in which all was stopped by signals is measured again, and the pause is named`() throws {
            let traces = Traces()
            let run = try Invocation(Self.run)
            try awaitWorkers(run, 2)
            let all = [run.pid] + processes(run)
            for process in all { kill(process, SIGSTOP) }
            usleep(2_000_000)
            for process in all { kill(process, SIGCONT) }
            let outcome = run.finish(within: .seconds(40))
            try expectRepeated(outcome, run, atLeast: 1.8)
            #expect(outcome.stderr.contains("this program stood still for "))
            #expect(traces.left(processes: all) == [])
        }

        @Test(arguments: [1, 2])
        func `workers that are stopped are named, and their round is measured again`(count: Int) throws {
            let traces = Traces()
            let run = try Invocation(Self.run)
            try awaitWorkers(run, 2)
            for worker in processes(run, named: "contend").prefix(count) { kill(worker, SIGSTOP) }
            let outcome = run.finish(within: .seconds(40))
            try expectRepeated(outcome, run, atLeast: 0)
            #expect(
                outcome.stderr.contains(/worker [12] of 2 \(pid \d+\) is stopped by a signal that this program did not/)
            )
            #expect(traces.left() == [])
        }

        @Test func `workers that are stopped in each try end the run with 1, and accuse no lock`() throws {
            let traces = Traces()
            let run = try Invocation(Self.run)
            let isOver = eventually(within: .seconds(40)) {
                for worker in processes(run, named: "contend") { kill(worker, SIGSTOP) }
                usleep(20_000)
                return !run.isRunning
            }
            #expect(isOver)
            let outcome = run.finish()
            #expect(outcome.exit == .code(1))
            #expect(outcome.complaints.count == 1)
            #expect(
                outcome.stderr.contains("its processes stood still in each of 4 tries, which says nothing about a lock")
            )
            #expect(!outcome.stdout.contains("STUCK"))
            #expect(traces.left() == [])
        }

        @Test func `a coordinator that is stopped alone keeps its round, and says so`() throws {
            let traces = Traces()
            let run = try Invocation(Self.run)
            try awaitWorkers(run, 2)
            run.send(SIGSTOP)
            usleep(2_500_000)
            run.send(SIGCONT)
            let outcome = run.finish(within: .seconds(40))
            #expect(outcome.exit == .code(0))
            #expect(
                outcome.stderr.contains(
                    "warning: robust-futex with 2 workers, round 1: this program alone stood still for 2."))
            let row = try #require(try Table(run.folder.text("x.csv")).rows.first)
            #expect(row["discarded_tries"] == "0" && row["integrity"] == "ok")
            #expect(row["paused_s"].flatMap { Double($0) }.map { (2.0...6).contains($0) } == true)
            #expect(traces.left() == [])
        }

        /// Longer than a lock that promises to survive may keep a waiter.
        @Test(arguments: [
            [
                "stress", "--locks", "robust-futex,futex", "--faults", "kill-waiter,interrupt,freeze-holder",
                "--duration", "4s",
            ],
            ["crash", "--locks", "robust-futex", "--paths", "waiter", "--every", "20"],
        ])
        func `a test that was stopped for seven seconds accuses no lock, and names the pause`(
            arguments: [String]
        ) throws {
            // A stop between two trials disturbs no test, and is not reported.
            for _ in 1...4 where try stderr(ofStopping: arguments).contains(Self.doneAgain) { return }
            Issue.record("no run names the pause of seven seconds")
        }

        private static var doneAgain: Regex<(Substring, Substring)> {
            /warning: .*what was being tested was done again: .*(stood still for [67]\.\d s|stopped)/
        }

        /// Stops a run and its workers for seven seconds, in the middle of what they do, and lets it end: it must accuse no lock.
        private func stderr(ofStopping arguments: [String]) throws -> String {
            let traces = Traces()
            let run = try Invocation(arguments + ["--format", "csv"])
            try awaitWorkers(run, 2, doing: arguments[0] == "stress" ? "stress" : "survive")
            let all = [run.pid] + processes(run)
            for process in all { kill(process, SIGSTOP) }
            usleep(7_000_000)
            for process in all { kill(process, SIGCONT) }
            let outcome = run.finish(within: .seconds(45))
            #expect(outcome.exit == .code(0), "\(outcome.stderr)\(outcome.stdout)")
            let rows = try Table(outcome.stdout).rows
            #expect(rows.allSatisfy { $0["as_promised"] != "no" })
            #expect(traces.left(processes: all) == [])
            return outcome.stderr
        }

        @Test func `a test whose workers are stopped from outside accuses no lock`() throws {
            let traces = Traces()
            let run = try Invocation(
                [
                    "stress", "--locks", "robust-futex", "--faults", "interrupt,kill-waiter", "--duration", "6s",
                    "--format", "csv",
                ])
            try awaitWorkers(run, 4, doing: "stress")
            let workers = processes(run, named: "stress")
            for worker in workers { kill(worker, SIGSTOP) }
            let outcome = run.finish(within: .seconds(45))
            #expect(outcome.exit == .code(0), "\(outcome.stderr)\(outcome.stdout)")
            #expect(outcome.stderr.contains(/done again: worker \d \(pid \d+\) is stopped by a signal/))
            #expect(try Table(outcome.stdout).rows.allSatisfy { $0["as_promised"] == "yes" })
            #expect(traces.left(processes: workers) == [])
        }
    }
}
