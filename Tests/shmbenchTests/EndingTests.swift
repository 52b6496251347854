import Foundation
import ShmCoordinator
import ShmCore
import ShmHarness
import TestSupport
import Testing

extension CommandLineSuite.Faults {
    /// Every command that makes segments, ended in every way while it has some: nothing stays.
    @Suite struct EndingTests {
        struct Command: CustomTestStringConvertible {
            let arguments: [String]
            var testDescription: String { arguments[0] }
        }

        private static let commands = [
            Command(arguments: [
                "run", "--locks", "posix-named-sem,sysv-sem-undo", "--workers", "2", "--duration", "100ms", "--rounds",
                "1000", "--output", "x.csv",
            ]),
            Command(arguments: [
                "run", "--locks", "futex", "--workers", "2", "--busy-loops", "2", "--duration", "100ms", "--rounds",
                "1000",
                "--output", "x.csv",
            ]),
            Command(arguments: [
                "stress", "--locks", "posix-named-sem", "--faults", "interrupt,kill-waiter", "--duration", "30s",
            ]),
            Command(arguments: ["crash", "--locks", "pipe-token"]),
            Command(arguments: ["lifecycle", "--lock", "posix-named-sem", "--samples", "1000000"]),
            Command(arguments: ["lifecycle", "--lock", "fcntl-record", "--attachments", "500", "--samples", "1000000"]),
            Command(arguments: [
                "compare", "posix-named-sem", "pipe-token", "--workers", "2", "--duration", "100ms", "--max-time",
                "50s",
            ]),
        ]

        /// Starts a command, and waits until it has segments.
        private func start(_ command: Command) throws -> Invocation {
            let run = try Invocation(command.arguments)
            // Other tests start runs, too. A comparison's runs are those of its children.
            let hasBegun = eventually {
                let processes = [run.pid] + ProcessTable.children(of: run.pid).map(\.pid)
                return RunFiles.runs().contains { id in
                    RunLease.holder(of: id).map { processes.contains($0.process) } ?? false
                }
            }
            #expect(hasBegun, "\(command)")
            usleep(.random(in: 0...300_000))
            return run
        }

        @Test(arguments: commands, [SIGKILL, SIGTERM, SIGHUP, SIGINT])
        func `nothing stays of a command that gets a signal`(command: Command, signal: Int32) throws {
            let traces = Traces()
            let run = try start(command)
            let processes = ProcessTable.children(of: run.pid).map(\.pid)
            run.send(signal)
            let outcome = run.finish()
            #expect(outcome.exit == (signal == SIGKILL ? .signal(SIGKILL) : .code(1)), "\(outcome.stderr)")
            #expect(traces.left(processes: processes, within: .seconds(15)) == [])
        }

        @Test(arguments: commands)
        func `a second Ctrl-C ends it at once, and leaves nothing`(command: Command) throws {
            let traces = Traces()
            let run = try start(command)
            let processes = ProcessTable.children(of: run.pid).map(\.pid)
            run.send(SIGINT)
            run.send(SIGINT)
            _ = run.finish()
            #expect(traces.left(processes: processes, within: .seconds(15)) == [])
        }

        @Test(arguments: commands.filter { $0.arguments[0] != "compare" })
        func `what stays of one that is killed with its janitor is over, and segments --remove clears it`(
            command: Command
        ) throws {
            let traces = Traces()
            let run = try start(command)
            let id = try #require(run.runID)
            let janitors = ProcessTable.children(of: run.pid).filter { $0.arguments.contains("janitor") }
            #expect(janitors.count == 1 && janitors[0].arguments.contains("\(id)"))
            for janitor in janitors { kill(janitor.pid, SIGKILL) }
            run.send(SIGKILL)
            _ = run.finish()
            #expect(eventually { RunLease.state(of: id) == .free })
            // Workers are attached as long as they die.
            #expect(
                eventually {
                    let removal = try? Invocation(["segments", "--remove"]).finish()
                    return removal?.exit == .code(0) && !RunFiles.runs().contains(id)
                })
            #expect(traces.left() == [])
        }
    }
}
