import CBench
import Glibc
import TestSupport
import Testing

@testable import ShmCore

extension ShmCoreSuite {
    @Suite struct CreatorKilledTests {
        let scratch = Scratch()

        /// The segments and sets of these tests belong to a user of their own, so that all of them can be found.
        static let user = isRoot ? 0x6000_0000 + UInt32(getpid()) : geteuid()

        static let canTrace: Bool = {
            guard let probe = try? Probe(key: "never-made") else { return false }
            probe.send("create-traced 0 none")
            return (try? Tracer(probe)) != nil
        }()

        /// The creator is killed at every system call of create: before it and after it.
        @Test(.enabled(if: canTrace, "ptrace is not permitted here"), arguments: LockKind.all)
        func `a creator that is killed at any moment leaves nothing or a complete segment`(kind: LockKind) throws {
            let key = scratch.key()
            // Cleans up as the user who owns the remains.
            let successor = try scratch.probe(key)
            if isRoot { try #require(try successor.ask("user \(Self.user)") == "ok") }
            var moments = 0
            var outcomes: Set<Bool> = []
            while try killCreator(of: key, kind, atStop: moments + 1) {
                moments += 1
                let isThere = RawFile.exists(key)
                outcomes.insert(isThere)
                if isThere {
                    let found = try successor.ask("inspect")
                    #expect(found == "ok attached locked 64 true", "killed at stop \(moments)")
                    let set = kind.properties.kernelObject == "semaphore set" ? ControlBlock.semaphoreSet(key) : nil
                    #expect(try successor.ask("destroy noWait") == "ok", "killed at stop \(moments)")
                    if let set { #expect(!SemaphoreSets.exists(set), "killed at stop \(moments)") }
                } else {
                    // Nothing obstructs a new creator.
                    #expect(try successor.ask("create 64 \(kind)") == "ok", "killed at stop \(moments)")
                    #expect(try successor.ask("destroy noWait") == "ok", "killed at stop \(moments)")
                }
                #expect(!RawFile.exists(key))
                if isRoot {
                    #expect(RawFile.names(ofUser: Self.user) == [], "killed at stop \(moments)")
                    #expect(SemaphoreSets.made(byUser: Self.user) == [], "killed at stop \(moments)")
                }
            }
            // Some kills came before the segment existed and some after it, and there were enough system calls for the
            // result to count.
            #expect(outcomes == [false, true])
            #expect(moments > 10)
        }

        /// Starts a creator and kills it at its n-th stop. Returns `false` if it has no such stop and completes.
        private func killCreator(of key: String, _ kind: LockKind, atStop number: Int) throws -> Bool {
            let creator = try Probe(key: key)
            if isRoot { try #require(try creator.ask("user \(Self.user)") == "ok") }
            creator.send("create-traced 64 \(kind)")
            let tracer = try Tracer(creator)
            for _ in 0..<number where try !tracer.runToNextSystemCall() { return false }
            #expect(creator.kill() == .killed(by: SIGKILL))
            return true
        }
    }
}

/// Stops a process at its system calls (`ptrace(2)`). The process has requested it, and raises SIGSTOP at the start and
/// the end of the traced section.
struct Tracer: ~Copyable {
    struct NotTraced: Error {
        let status: CInt
    }

    private enum Request {
        static let systemCall: CInt = 24
        static let setOptions: CInt = 0x4200
        static let killWithTracer: UInt = 0x10_0000
    }

    private let probe: Probe

    /// Waits for the start of the traced section. Throws if tracing is not possible.
    init(_ probe: Probe) throws {
        self.probe = probe
        // A process that may not be traced answers with an error.
        let isTraced = try eventually(within: .seconds(2)) { try Self.isStopped(probe) || probe.answers(within: .zero) }
        guard isTraced, try !probe.answers(within: .zero) else { throw NotTraced(status: 0) }
        let result = bench_ptrace(Request.setOptions, probe.processID, 0, Request.killWithTracer)
        guard result == 0 else { throw NotTraced(status: CInt(result)) }
    }

    /// Continues the process to the next entry to, or exit from, a system call; `false` at the end of the traced
    /// section.
    func runToNextSystemCall() throws -> Bool {
        let result = bench_ptrace(Request.systemCall, probe.processID, 0, 0)
        guard result == 0 else { throw NotTraced(status: CInt(result)) }
        let status = probe.wait()
        guard status & 0xff == 0x7f else { throw NotTraced(status: status) }
        return status >> 8 & 0x7f == SIGTRAP
    }

    private static func isStopped(_ probe: Probe) throws -> Bool {
        var information = unsafe siginfo_t()
        let found = unsafe waitid(P_PID, id_t(probe.processID), &information, WSTOPPED | WNOHANG | WNOWAIT)
        return unsafe found == 0 && information.si_signo == SIGCHLD
    }
}
