import ShmCore
import TestSupport
import Testing

extension ShmCoreSuite {
    @Suite struct OwnerDeathTests {
        let scratch = Scratch()

        @Test(arguments: LockKind.excluding.filter(\.properties.survivesOwnerDeath))
        func `exactly one next owner receives the report of an owner's death`(kind: LockKind) throws {
            let shared = try scratch.segment(lock: kind)
            for _ in 0..<3 {
                let owner = try scratch.probe(shared)
                try #require(try owner.ask("lock") == "ok released")
                #expect(try shared.tryLock() == nil)
                owner.kill()
                #expect(try shared.lock(timeout: .seconds(5)) == .ownerDied)
                #expect(shared.ownerDied)
                try shared.unlock()
                #expect(shared.ownerDied)
                #expect(try shared.lock(timeout: .seconds(5)) == .released)
                #expect(!shared.ownerDied)
                try shared.unlock()
            }
        }

        @Test(arguments: LockKind.excluding.filter(\.properties.survivesOwnerDeath))
        func `one of several waiters receives the report, and the others get the lock after it`(kind: LockKind) throws {
            let shared = try scratch.segment(lock: kind)
            let owner = try scratch.probe(shared)
            try #require(try owner.ask("lock") == "ok released")
            var waiting = try scratch.probes(3, shared)
            for waiter in waiting { try waiter.begin("lock") }
            for waiter in waiting { #expect(try !waiter.answers(within: .milliseconds(10))) }
            owner.kill()
            var answers: [String] = []
            while !waiting.isEmpty {
                var next: Int?
                #expect(
                    try eventually {
                        next = try waiting.firstIndex { try $0.answers(within: .milliseconds(1)) }
                        return next != nil
                    })
                let successor = waiting.remove(at: try #require(next))
                answers.append(try successor.answer())
                #expect(try successor.ask("unlock") == "ok")
            }
            #expect(answers == ["ok ownerDied", "ok released", "ok released"])
        }

        /// Kinds that promise nothing. One of them usually survives.
        @Test(arguments: LockKind.excluding.filter { !$0.properties.survivesOwnerDeath && $0 != .futexPI })
        func `a lock that does not survive its owner times out every time`(kind: LockKind) throws {
            let shared = try scratch.segment(lock: kind)
            let owner = try scratch.probe(shared)
            try #require(try owner.ask("lock") == "ok released")
            owner.kill()
            for _ in 0..<2 { #expect(try shared.lock(timeout: .milliseconds(60)) == nil) }
            // The segment can still be destroyed.
            try shared.destroy(mode: .forceNoWait)
            #expect(!shared.exists)
        }

        @Test func `the kernel reports the death of the owner of a priority-inheriting futex`() throws {
            let shared = try scratch.segment(lock: .futexPI)
            for waits in [false, true] {
                let (owner, waiter) = (try scratch.probe(shared), try scratch.probe(shared))
                try #require(try owner.ask("lock") == "ok released")
                if waits { try waiter.begin("lock") }
                owner.kill()
                if !waits { waiter.send("lock") }
                #expect(try waiter.answer() == "ok ownerDied", "\(waits)")
                #expect(try waiter.ask("unlock") == "ok")
                #expect(try shared.tryLock() == .released)
                try shared.unlock()
            }
        }

        @Test(arguments: LockKind.excluding)
        func `the death of a process without the lock has no effect`(kind: LockKind) throws {
            let shared = try scratch.segment(lock: kind)
            let bystander = try scratch.probe(shared)
            try #require(try bystander.ask("attach readWrite") == "ok")
            try #require(try bystander.ask("lock") == "ok released")
            try #require(try bystander.ask("unlock") == "ok")
            bystander.kill()
            #expect(try shared.lock(timeout: .seconds(5)) == .released)
        }

        @Test(arguments: LockKind.excluding)
        func `a waiter that is killed leaves the lock to the others`(kind: LockKind) throws {
            let shared = try scratch.segment(lock: kind)
            try shared.lock()
            let doomed = try scratch.probe(shared)
            try doomed.begin("lock")
            #expect(try !doomed.answers(within: .milliseconds(10)))
            doomed.kill()
            let waiter = try scratch.probe(shared)
            try waiter.begin("lock")
            #expect(try !waiter.answers(within: .milliseconds(10)))
            try shared.unlock()
            #expect(try waiter.answer() == "ok released")
        }

        @Test func `withLock reports the death to its body`() throws {
            let shared = try scratch.segment()
            let owner = try scratch.probe(shared)
            try #require(try owner.ask("lock") == "ok released")
            owner.kill()
            #expect(try shared.withLock { $0 } == .ownerDied)
            #expect(try shared.withLock { $0 } == .released)
        }
    }
}
