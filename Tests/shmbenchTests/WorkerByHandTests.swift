import Foundation
import ShmCoordinator
import ShmCore
import ShmHarness
import Testing

extension CommandLineSuite.Faults {
    /// The worker program, started by a person and not by the coordinator.
    @Suite struct WorkerByHandTests {
        private static let own = ProcessInfo.processInfo.processIdentifier
        private static let stranger = RunID.random()

        private func expectComplaint(_ arguments: [String], code: Int32, saying words: String) throws {
            let outcome = try Invocation(program: "shmworker", arguments).finish(within: .seconds(10))
            #expect(outcome.exit == .code(code))
            #expect(outcome.stdout == "")
            #expect(outcome.stderr.hasPrefix("shmworker: ") && outcome.stderr.hasSuffix("\n"))
            #expect(outcome.stderr.split(separator: "\n").count == 1, "\(outcome.stderr)")
            #expect(outcome.stderr.contains(words), "\(outcome.stderr)")
        }

        @Test(arguments: [
            "", "contend", "contend 1", "contend 1 2 3", "contend 1 2 3 4", "contend 1 2 3 4 5", "contend a b c d",
            "contend \(stranger) 1 2 3", "contend \(stranger).1 2 3 99999999999", "contend \(stranger).-1 -2 -3 -4",
            "contend \(stranger).0 0 0 0", "contend \(stranger).\(own) 0 0 1", "contend \(stranger).\(own).1 0 0 1",
            "survive", "survive \(stranger).1 2 3 4", "die", "die \(stranger).\(own) 2 3 4",
            "frobnicate \(stranger).1 2 3 4", "janitor", "janitor x", "janitor 1", "frobnicate", "--version please",
            "--help",
        ])
        func `by hand it does nothing and says who starts it`(line: String) throws {
            try expectComplaint(line.split(separator: " ").map(String.init), code: 64, saying: "use `shmbench run`")
        }

        @Test func `it tells its version, and its C library`() throws {
            let outcome = try Invocation(program: "shmworker", ["--version"]).finish()
            #expect(outcome.exit == .code(0))
            let lines = outcome.stdout.split(separator: "\n", omittingEmptySubsequences: false)
            #expect(lines.count == 3 && lines[0] == ToolVersion.workerLine && lines[2] == "")
            #expect(lines[1].hasPrefix("glibc "))
            #expect(outcome.stderr == "")
        }

        @Test(arguments: ["0", "-1", "2147483647"])
        func `a round that does not exist is reported as such`(round: String) throws {
            let run = RunID.random()
            let lease = try RunLease(run)
            let arguments = ["contend", "\(run).\(Self.own)", round, "0", "1"]
            try withExtendedLifetime(lease) { try expectComplaint(arguments, code: 65, saying: "shmbench.\(run)") }
        }

        @Test func `a run that goes on has no other starter and no other janitor`() throws {
            let run = RunID.random()
            let lease = try RunLease(run)
            let segment = SharedMemory(key: RoundKeys(run: run, round: 1).test)
            try segment.create(size: 64, lock: .futex)
            defer { try? segment.destroy(mode: .forceNoWait) }
            try withExtendedLifetime(lease) {
                for arguments in [["contend", "\(run).\(getppid())", "1", "0", "1"], ["janitor", "\(run)"]] {
                    try expectComplaint(arguments, code: 64, saying: "use `shmbench run`")
                }
            }
            #expect(segment.exists)
        }

        private static let misfits: [(worker: Int32, workers: Int32)] = [
            (0, 2), (0, .max), (1, 1), (2, 1), (-1, 1), (.max, 1), (0, 0), (0, -1), (0, .min), (.min, .min),
        ]

        @Test(arguments: misfits)
        func `numbers that do not fit the round are reported as such`(worker: Int32, workers: Int32) throws {
            // A round with room for one worker.
            let run = RunID.random()
            let lease = try RunLease(run)
            let keys = RoundKeys(run: run, round: 777_001)
            let arena = SharedMemory(key: keys.arena)
            let test = SharedMemory(key: keys.test)
            try arena.create(size: Arena.byteCount(workers: 1), lock: .noLock)
            defer { try? arena.destroy(mode: .forceNoWait) }
            try test.create(size: GuardedData.byteCount(counters: 1), lock: .futex)
            defer { try? test.destroy(mode: .forceNoWait) }
            let arguments = ["contend", "\(run).\(Self.own)", "777001", "\(worker)", "\(workers)"]
            try withExtendedLifetime(lease) {
                try expectComplaint(arguments, code: 65, saying: "do not fit its arguments")
            }
        }
    }
}
