import Glibc
import Testing

@testable import ShmCore

extension ShmCoreSuite {
    /// Many processes with one key. `SHM_STORM` sets how often each performs its part, and how many forks each kind
    /// gets; the default is short.
    @Suite(.timeLimit(.minutes(20))) struct StormTests {
        let scratch = Scratch()
        private static let wanted = unsafe getenv("SHM_STORM").flatMap { Int(unsafe String(cString: $0)) }
        private static let times = wanted ?? 300
        private static let forks = (wanted ?? 40) / 2

        private func run(_ probes: [(Probe, String)]) throws {
            for (probe, command) in probes { probe.send(command) }
            for (probe, command) in probes {
                let answer = try probe.answer(within: .seconds(600))
                #expect(answer.hasPrefix("ok done"), "\(command): \(answer)")
            }
        }

        /// `robust-futex`, and one kind for each way of retirement.
        @Test(arguments: [LockKind.robustFutex, .futex, .pthreadRobust, .sysvSemUndo, .flock, .posixNamedSem, .ticket])
        func `eight processes that create, lock and destroy one key never share it, nor call its lock broken`(
            kind: LockKind
        ) throws {
            let shared = scratch.handle()
            let probes = try scratch.probes(8, shared)
            try run(probes.map { ($0, "create-lock-destroy \(Self.times) \(kind)") })
            try? shared.destroy()
            #expect(!RawFile.exists(shared.key))
        }

        @Test(arguments: [LockKind.robustFutex, .futex, .pthreadRobust, .flock])
        func `a segment that is replaced during use has one owner at a time`(kind: LockKind) throws {
            let shared = try scratch.segment(lock: kind)
            let probes = try scratch.probes(5, shared)
            try run(
                probes.enumerated().map { ($1, $0 == 0 ? "replace \(Self.times) \(kind)" : "use \(2 * Self.times)") })
        }

        @Test(arguments: LockKind.excluding)
        func `forks inside and outside the lock have no effect`(kind: LockKind) throws {
            let shared = try scratch.segment(lock: kind)
            let probes = try scratch.probes(2, shared)
            try run(probes.map { ($0, "fork-storm \(Self.forks)") })
            #expect(try shared.tryLock() == .released)
        }
    }
}
