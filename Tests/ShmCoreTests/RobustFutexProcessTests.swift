import Glibc
import Testing

@_spi(Bench) @testable import ShmCore

extension ShmCoreSuite {
    /// The lock when its owner's process forks or executes another program.
    @Suite(.enabled(if: LockKind.robustFutex.obstacle == nil)) struct RobustFutexProcessTests {
        let scratch = Scratch()

        // MARK: fork

        @Test func `a forked child can neither release its parent's lock nor take it`() throws {
            let shared = try scratch.segment(lock: .robustFutex)
            let parent = try scratch.probe(shared)
            try #require(try parent.ask("lock") == "ok released")
            let answers = try parent.ask("in-child unlock / inspect").split(separator: "/")
            try #require(answers.count == 3)
            #expect(answers[0].hasPrefix("ok error lockError"))
            #expect(answers[1].hasPrefix(" ok attached busy"))
            #expect(answers[2] == " 0")
            #expect(try shared.tryLock() == nil)
            #expect(try parent.ask("unlock") == "ok")
            #expect(try shared.tryLock() == .released)
        }

        @Test func `a participant that a child inherits does not release its parent's lock`() throws {
            let shared = try scratch.segment(lock: .robustFutex)
            let parent = try scratch.probe(shared)
            try #require(try parent.ask("participant lock") == "ok acquired")
            #expect(try parent.ask("in-child participant unlock / participant trylock") == "ok ok / ok busy / 0")
            #expect(try shared.tryLock() == nil)
            #expect(try parent.ask("participant unlock") == "ok")
            #expect(try shared.tryLock() == .released)
        }

        @Test(arguments: ["die", "unlock / die", "participant trylock / die"])
        func `the death of a forked child is not reported as its parent's`(last: String) throws {
            let shared = try scratch.segment(lock: .robustFutex)
            let parent = try scratch.probe(shared)
            try #require(try parent.ask("lock") == "ok released")
            #expect(try parent.ask("in-child \(last)").hasSuffix("9"))
            #expect(try shared.lock(timeout: .milliseconds(60)) == nil)
            #expect(try parent.ask("unlock") == "ok")
            #expect(try shared.lock(timeout: .seconds(5)) == .released)
        }

        @Test func `a forked child can lock, and its death is reported`() throws {
            let shared = try scratch.segment(lock: .robustFutex)
            let parent = try scratch.probe(shared)
            for _ in 0..<3 {
                // The handle that the child inherits refers to the parent's thread.
                try #require(try parent.ask("lock") == "ok released")
                try #require(try parent.ask("unlock") == "ok")
                let child = "in-child lock / unlock / lock / die"
                #expect(try parent.ask(child) == "ok ok released / ok / ok released / 9")
                #expect(try shared.lock(timeout: .seconds(5)) == .ownerDied)
                #expect(try parent.ask("trylock") == "ok busy")
                try shared.unlock()
            }
        }

        @Test func `the robust list of a parent still works after fork`() throws {
            let shared = try scratch.segment(lock: .robustFutex)
            let parent = try scratch.probe(shared)
            try #require(try parent.ask("lock") == "ok released")
            try #require(try parent.ask("in-child unlock") != "")
            parent.kill()
            #expect(try shared.lock(timeout: .seconds(5)) == .ownerDied)
        }

        // MARK: exec

        @Test func `an owner that executes another program is reported as dead, once`() throws {
            let shared = try scratch.segment(lock: .robustFutex)
            let owner = try scratch.probe(shared)
            let waiter = try scratch.probe(shared)
            for _ in 0..<3 {
                try #require(try owner.ask("lock") == "ok released")
                try waiter.begin("lock")
                #expect(try owner.ask("exec") == "ok")
                #expect(try waiter.answer() == "ok ownerDied")
                #expect(try waiter.ask("unlock") == "ok")
            }
            #expect(try shared.tryLock() == .released)
        }

        /// The kernel does not report this death: when it walks the list, the thread already has its process's id.
        @Test func `an owner that executes another program on a later thread counts as dead, too`() throws {
            let shared = try scratch.segment(lock: .robustFutex)
            for command in ["lock", "lock-within 8000", "participant lock", "participant lock-within 8000"] {
                let owner = try scratch.probe(shared)
                let waiter = try scratch.probe(shared)
                try #require(try owner.ask("exec-on-thread") == "ok")
                #expect(["ok ownerDied", "ok \(LockOutcome.ownerDied)"].contains(try waiter.ask(command)))
                #expect(try shared.tryLock() == nil)
                let unlock = command.hasPrefix("participant") ? "participant unlock" : "unlock"
                #expect(try waiter.ask(unlock) == "ok")
                #expect(try shared.tryLock() == .released)
                try shared.unlock()
            }
        }

        /// It has its predecessor's thread id.
        @Test func `the new program receives the report as any other process`() throws {
            let shared = try scratch.segment(lock: .robustFutex)
            let owner = try scratch.probe(shared)
            try #require(try owner.ask("lock") == "ok released")
            try #require(try owner.ask("exec") == "ok")
            #expect(try owner.ask("lock-within 5000") == "ok ownerDied")
            #expect(try shared.tryLock() == nil)
            #expect(try owner.ask("unlock") == "ok")
            owner.kill()
            #expect(try shared.tryLock() == .released)
        }

        @Test func `an exec after the unlock is not reported as a death`() throws {
            let shared = try scratch.segment(lock: .robustFutex)
            let owner = try scratch.probe(shared)
            try #require(try owner.ask("lock") == "ok released")
            try #require(try owner.ask("unlock") == "ok")
            try #require(try owner.ask("exec") == "ok")
            #expect(try shared.tryLock() == .released)
        }

        // MARK: libc's list

        /// Both kinds of nodes in one list, linked and unlinked in every order, and a kill in between.
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
                #expect(try !probe.answers(within: .zero), "it ended before it was killed")
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
            #expect(deaths > 5, "too few kills hit an owner")
        }
    }
}
