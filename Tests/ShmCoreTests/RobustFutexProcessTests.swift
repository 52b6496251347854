import Glibc
import Testing

@testable import ShmCore

extension ShmCoreSuite {
    /// What `fork(2)`, `execve(2)`, PID namespaces and filters make of the registration that `robust-futex` keeps.
    @Suite(.enabled(if: LockKind.robustFutex.obstacle == nil)) struct RobustFutexProcessTests {
        let scratch = Scratch()

        @Test func `a fork's end is not its parent's`() throws {
            let shared = try scratch.segment(lock: .robustFutex)
            let parent = try scratch.probe(shared)
            try #require(try parent.ask("lock") == "ok released")
            #expect(try parent.ask("fork end") == "ok 0")
            #expect(try shared.lock(timeout: .milliseconds(50)) == nil)
            #expect(try parent.ask("unlock") == "ok")
            #expect(try shared.lock(timeout: .seconds(5)) == .released)
        }

        @Test func `a fork cannot release what its parent holds`() throws {
            let shared = try scratch.segment(lock: .robustFutex)
            let parent = try scratch.probe(shared)
            try #require(try parent.ask("lock") == "ok released")
            #expect(try parent.ask("fork unlock") == "ok 0")
            #expect(try shared.lock(timeout: .milliseconds(50)) == nil)
            #expect(try parent.ask("unlock") == "ok")
            #expect(try shared.lock(timeout: .seconds(5)) == .released)
        }

        @Test func `a fork locks for itself, and its own death is told`() throws {
            let shared = try scratch.segment(lock: .robustFutex)
            let parent = try scratch.probe(shared)
            try #require(try parent.ask("lock") == "ok released")
            try #require(try parent.ask("unlock") == "ok")
            #expect(try parent.ask("fork lock") == "ok 0")
            #expect(try shared.lock(timeout: .seconds(5)) == .ownerDied)
            try shared.unlock()
            // The parent's own seat is as it was.
            #expect(try parent.ask("lock") == "ok released")
            parent.kill()
            #expect(try shared.lock(timeout: .seconds(5)) == .ownerDied)
        }

        @Test func `another program in the owner's place is a dead owner`() throws {
            let shared = try scratch.segment(lock: .robustFutex)
            let owner = try scratch.probe(shared)
            try #require(try owner.ask("lock") == "ok released")
            owner.send("exec")
            #expect(try shared.lock(timeout: .seconds(5)) == .ownerDied)
            #expect(Glibc.kill(owner.processID, 0) == 0, "and yet the process lives")
        }

        @Test(.needsRoot) func `a process of another PID namespace is refused, with the alternative`() throws {
            let shared = try scratch.segment(lock: .robustFutex)
            let stranger = try Probe(key: shared.key, unsharing: ["--pid", "--fork", "--kill-child"])
            try #require(try stranger.ask("attach readWrite") == "ok")
            let answer = try stranger.ask("lock")
            #expect(answer.hasPrefix("error lockError"), "\(answer)")
            #expect(answer.contains("PID namespace") && answer.contains("pthread-robust"), "\(answer)")

            let alternative = try scratch.segment(lock: .pthreadRobust)
            let accepted = try Probe(key: alternative.key, unsharing: ["--pid", "--fork", "--kill-child"])
            #expect(try accepted.ask("lock") == "ok released")
            #expect(try alternative.tryLock() == nil)
            #expect(try accepted.ask("unlock") == "ok")
            #expect(try alternative.tryLock() == .released)
        }

        @Test func `without get_robust_list the default is another, and this one is refused with the reason`() throws {
            let confined = try scratch.probe(scratch.key())
            try #require(try confined.ask("refuse-robust-list") == "ok")
            #expect(try confined.ask("default") == "ok pthread-robust")
            let answer = try confined.ask("create 64 robust-futex")
            #expect(answer.hasPrefix("error lockError"), "\(answer)")
            #expect(answer.contains("get_robust_list"), "\(answer)")
            #expect(try confined.ask("create 64 pthread-robust") == "ok")
        }

        @Test func `without get_robust_list a segment of others is not broken, but cannot be locked, and says why`()
            throws
        {
            let shared = try scratch.segment(lock: .robustFutex)
            let confined = try scratch.probe(shared)
            try #require(try confined.ask("refuse-robust-list") == "ok")
            try #require(try confined.ask("attach readWrite") == "ok")
            let answer = try confined.ask("lock")
            #expect(answer.hasPrefix("error lockError"), "\(answer)")
            #expect(answer.contains("get_robust_list"), "\(answer)")
            #expect(!answer.contains("force"), "nothing is wrong with the segment: \(answer)")
            #expect(try shared.lock(timeout: .seconds(1)) == .released)
        }

        /// Both kinds of nodes in one list, linked and unlinked in every order, and a kill in the middle of it.
        @Test func `libc's own robust mutexes in the same thread survive as this lock does`() throws {
            let pair = [try scratch.segment(lock: .robustFutex), try scratch.segment(lock: .pthreadRobust)]
            let third = try scratch.segment(lock: .robustFutex)
            for shared in pair { try shared.attach() }
            var generator = SeededGenerator(seed: 7)
            var deaths = 0
            for _ in 0..<60 {
                let probe = try scratch.probe(pair[0])
                probe.send("interleave \(pair[1].key) \(third.key)")
                usleep(UInt32.random(in: 500..<8000, using: &generator))
                #expect(try !probe.answers(within: .zero), "it works until it is killed")
                probe.kill()
                for shared in pair {
                    let acquisition = try shared.lock(timeout: .seconds(5))
                    try #require(acquisition != nil, "\(shared.key)")
                    let words = unsafe shared.mutableData.unsafelyUnwrapped
                        .withMemoryRebound(to: UInt32.self) { unsafe ($0[0], $0[1]) }
                    if acquisition == .ownerDied { deaths += 1 } else { #expect(words.0 == words.1) }
                    #expect(words.0 &- words.1 <= 1)
                    unsafe shared.mutableData.unsafelyUnwrapped
                        .withMemoryRebound(to: UInt32.self) { unsafe $0[1] = words.0 }
                    try shared.unlock()
                }
            }
            #expect(deaths > 5, "kills that meet an owner are what this is about")
        }
    }
}
