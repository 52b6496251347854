import Glibc
import Testing

@testable import ShmCore

extension ShmCoreSuite {
    @Suite struct DestroyTests {
        let scratch = Scratch()

        @Test(arguments: [SharedMemory.DestroyMode.noWait, .forceNoWait, .wait])
        func `destroying a missing segment is an error`(mode: SharedMemory.DestroyMode) throws {
            let shared = scratch.handle()
            expect(.notFound) { try shared.destroy(mode: mode) }
            try shared.create()
            try shared.destroy(mode: mode)
            #expect(!shared.exists)
            #expect(!RawFile.exists(shared.key))
            expect(.notFound) { try shared.destroy(mode: mode) }
            expect(.notFound) { try shared.attach() }
        }

        @Test(arguments: LockKind.excluding)
        func `noWait waits for the lock's owner`(kind: LockKind) throws {
            let shared = try scratch.segment(lock: kind)
            try shared.lock()
            let destroyer = try scratch.probe(shared)
            try destroyer.begin("destroy noWait")
            #expect(try !destroyer.answers(within: .milliseconds(120)))
            #expect(scratch.handle(shared.key).exists)
            try shared.unlock()
            #expect(try destroyer.answer() == "ok")
            #expect(!RawFile.exists(shared.key))
        }

        @Test(arguments: LockKind.all)
        func `noWait uses the lock that the handle holds`(kind: LockKind) throws {
            let shared = try scratch.segment(lock: kind)
            try shared.lock()
            try shared.destroy(mode: .noWait)
            #expect(!shared.holdsLock)
            #expect(!RawFile.exists(shared.key))
            expect(.lockError) { try shared.unlock() }
        }

        @Test(arguments: LockKind.excluding)
        func `forceNoWait does not wait for the lock's owner`(kind: LockKind) throws {
            let shared = try scratch.segment(lock: kind)
            let owner = try scratch.probe(shared)
            try #require(try owner.ask("lock") == "ok released")
            try shared.destroy(mode: .forceNoWait)
            #expect(!RawFile.exists(shared.key))
            #expect(try owner.ask("unlock") == "ok")
            #expect(try owner.ask("lock").hasPrefix("error lockError"))
        }

        @Test(arguments: LockKind.waiting, [SharedMemory.DestroyMode.noWait, .forceNoWait])
        func `every waiter for the lock gets the error soon`(kind: LockKind, mode: SharedMemory.DestroyMode) throws {
            let shared = try scratch.segment(lock: kind)
            try shared.lock()
            let waiters = try scratch.probes(4, shared)
            for (index, waiter) in waiters.enumerated() { try waiter.begin(index == 0 ? "lock-within 30000" : "lock") }
            for waiter in waiters { #expect(try !waiter.answers(within: .milliseconds(10))) }
            // The owner never releases the lock.
            let destroyer = mode == .noWait ? shared : scratch.handle(shared.key)
            try destroyer.destroy(mode: mode)
            var answers: [String] = []
            let taken = try time { answers = try waiters.map { try $0.answer() } }
            #expect(answers.allSatisfy { $0.hasPrefix("error lockError") }, "\(answers)")
            #expect(taken < .seconds(1), "\(taken)")
        }

        @Test func `mapped data stay readable after destroy`() throws {
            let shared = try scratch.segment()
            let probe = try scratch.probe(shared)
            try #require(try probe.ask("attach readWrite") == "ok")
            try #require(try probe.ask("poke 1 17") == "ok")
            try shared.attach()
            try shared.destroy()
            #expect(try probe.ask("peek 1") == "ok 17")
            #expect(unsafe shared.data?[1] == 17)
            #expect(try probe.ask("poke 1 18") == "ok")
            #expect(unsafe shared.data?[1] == 18)
            #expect(try probe.ask("detach") == "ok")
        }

        @Test func `a handle that is attached to a destroyed segment can only detach`() throws {
            let shared = try scratch.segment()
            try shared.attach()
            try scratch.handle(shared.key).destroy()
            #expect(shared.isValid)
            #expect(!shared.exists)
            let mapped = unsafe shared.data?.count
            #expect(shared.size == mapped)
            expect(.lockError) { try shared.lock() }
            expect(.notFound) { _ = try shared.numAttachments }
            expect(.notFound) { try shared.destroy() }
            // Not even while the key names a new segment.
            let successor = scratch.handle(shared.key)
            try successor.create(size: 5)
            expect(.lockError) { try shared.lock() }
            expect(.notFound) { try shared.destroy(mode: .forceNoWait) }
            #expect(shared.exists)
            try shared.detach()
            #expect(shared.size == 5)
            try shared.attach()
            try shared.detach()
        }

        @Test(arguments: [SharedMemory.DestroyMode.noWait, .forceNoWait, .wait])
        func `a name that now belongs to another segment is not removed`(mode: SharedMemory.DestroyMode) throws {
            let shared = try scratch.segment(size: 10)
            // The segment that a handle is attached to, or holds, stays its own when the name refers to another.
            if mode == .wait { try shared.lock() } else { try shared.attach() }
            RawFile.remove(shared.key)
            let successor = scratch.handle(shared.key)
            try successor.create(size: 20)
            try shared.destroy(mode: mode)
            #expect(RawFile.exists(shared.key))
            #expect(scratch.handle(shared.key).size == 20)
            #expect(try successor.tryLock() == .released)
        }

        @Test func `a segment without a name can be destroyed`() throws {
            let shared = try scratch.segment(lock: .sysvSemUndo)
            let set = try #require(ControlBlock.semaphoreSet(shared.key))
            let waiter = try scratch.probe(shared)
            try shared.lock()
            try waiter.begin("lock")
            #expect(try !waiter.answers(within: .milliseconds(20)))
            RawFile.remove(shared.key)
            #expect(!shared.exists)
            try shared.destroy()
            #expect(try waiter.answer().hasPrefix("error lockError"))
            #expect(!SemaphoreSets.exists(set))
        }

        @Test func `exactly one of two destroyers succeeds`() throws {
            for _ in 0..<20 {
                let shared = try scratch.segment()
                let destroyers = try scratch.probes(2, shared)
                for destroyer in destroyers { destroyer.send("destroy noWait") }
                let answers = try destroyers.map { try $0.answer() }
                #expect(answers.count { $0 == "ok" } == 1, "\(answers)")
                #expect(
                    answers.contains { $0.hasPrefix("error notFound") || $0.hasPrefix("error lockError") }, "\(answers)"
                )
                for destroyer in destroyers { destroyer.kill() }
            }
        }

        @Test(arguments: [SharedMemory.DestroyMode.noWait, .forceNoWait, .wait])
        func `destroying a segment removes the semaphore of its System V lock`(mode: SharedMemory.DestroyMode) throws {
            let shared = try scratch.segment(lock: .sysvSemUndo)
            let set = try #require(ControlBlock.semaphoreSet(shared.key))
            #expect(SemaphoreSets.exists(set))
            try scratch.handle(shared.key).destroy(mode: mode)
            #expect(!SemaphoreSets.exists(set))
        }
    }
}
