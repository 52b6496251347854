import Glibc
import ShmCore
import TestSupport
import Testing

extension ShmCoreSuite {
    @Suite struct LockTests {
        let scratch = Scratch()

        @Test(arguments: LockKind.all)
        func `a free lock is acquired and released, attached or not`(kind: LockKind) throws {
            let shared = try scratch.segment(lock: kind)
            for attach in [false, true] {
                if attach { try shared.attach() }
                for _ in 0..<3 {
                    #expect(!shared.holdsLock)
                    #expect(try shared.lock() == .released)
                    #expect(shared.holdsLock)
                    try shared.unlock()
                    #expect(try shared.tryLock() == .released)
                    try shared.unlock()
                    #expect(try shared.lock(timeout: .seconds(1)) == .released)
                    try shared.unlock()
                }
            }
            #expect(!shared.ownerDied)
        }

        @Test(arguments: LockKind.excluding)
        func `a lock that another process holds is unavailable until it unlocks`(kind: LockKind) throws {
            let shared = try scratch.segment(lock: kind)
            let owner = try scratch.probe(shared)
            for _ in 0..<2 {
                try #require(try owner.ask("lock") == "ok released")
                #expect(try shared.tryLock() == nil)
                #expect(!shared.holdsLock)
                try #require(try owner.ask("unlock") == "ok")
                #expect(try shared.tryLock() == .released)
                #expect(try owner.ask("trylock") == "ok busy")
                try shared.unlock()
            }
        }

        @Test(arguments: LockKind.excluding.filter(\.properties.threads))
        func `handles of one process exclude each other as processes do`(kind: LockKind) throws {
            let shared = try scratch.segment(lock: kind)
            let other = scratch.handle(shared.key)
            try shared.lock()
            #expect(try other.tryLock() == nil)
            try shared.unlock()
            #expect(try other.tryLock() == .released)
            #expect(try shared.tryLock() == nil)
            try other.unlock()
        }

        @Test(arguments: LockKind.excluding)
        func `a waiter gets the lock when it is released`(kind: LockKind) throws {
            let shared = try scratch.segment(lock: kind)
            try shared.lock()
            let waiters = try scratch.probes(3, shared)
            for waiter in waiters { try waiter.begin("lock") }
            for waiter in waiters { #expect(try !waiter.answers(within: .milliseconds(10))) }
            try shared.unlock()
            // One after the other, in any order.
            var waiting = waiters
            while !waiting.isEmpty {
                var next: Int?
                #expect(
                    try eventually {
                        next = try waiting.firstIndex { try $0.answers(within: .milliseconds(1)) }
                        return next != nil
                    })
                let owner = waiting.remove(at: try #require(next))
                #expect(try owner.answer() == "ok released")
                for waiter in waiting { #expect(try !waiter.answers(within: .milliseconds(5))) }
                #expect(try owner.ask("unlock") == "ok")
            }
            #expect(try shared.tryLock() == .released)
        }

        /// A handle that waits checks the segment every 50 ms anyway; that must not be what wakes the waiter.
        @Test(arguments: LockKind.excluding)
        func `the release wakes a waiter`(kind: LockKind) throws {
            let shared = try scratch.segment(lock: kind)
            let waiter = try scratch.probe(shared)
            var best = Duration.seconds(1)
            for _ in 0..<5 {
                try shared.lock()
                try waiter.begin("lock")
                #expect(try !waiter.answers(within: .milliseconds(10)))
                try shared.unlock()
                best = min(best, try time { try waiter.answer() })
                try waiter.ask("unlock")
            }
            #expect(best < .milliseconds(20), "\(best)")
        }

        @Test(arguments: LockKind.excluding)
        func `a waiter that is stopped and continued keeps waiting`(kind: LockKind) throws {
            let shared = try scratch.segment(lock: kind)
            try shared.lock()
            let waiter = try scratch.probe(shared)
            try waiter.begin("lock")
            for _ in 0..<3 {
                #expect(try !waiter.answers(within: .milliseconds(10)))
                waiter.signal(SIGSTOP)
                waiter.signal(SIGCONT)
            }
            try shared.unlock()
            #expect(try waiter.answer() == "ok released")
        }

        @Test(arguments: LockKind.excluding)
        func `a timeout ends the wait in about that time, and not earlier`(kind: LockKind) throws {
            let shared = try scratch.segment(lock: kind)
            let owner = try scratch.probe(shared)
            try #require(try owner.ask("lock") == "ok released")
            for milliseconds in [0, 20, 120] {
                let timeout = Duration.milliseconds(milliseconds)
                var acquisition: SharedMemory.Acquisition?
                let taken = try time { acquisition = try shared.lock(timeout: timeout) }
                #expect(acquisition == nil)
                #expect(taken >= timeout, "\(taken)")
                #expect(taken < timeout + .seconds(5), "\(taken)")
            }
            #expect(try shared.lock(timeout: .seconds(-5)) == nil)
            #expect(try owner.ask("unlock") == "ok")
            #expect(try shared.lock(timeout: .seconds(-5)) == .released)
        }

        @Test(arguments: LockKind.excluding)
        func `a lock that is released before the timeout is acquired`(kind: LockKind) throws {
            let shared = try scratch.segment(lock: kind)
            try shared.lock()
            let waiter = try scratch.probe(shared)
            try waiter.begin("lock-within 8000")
            #expect(try !waiter.answers(within: .milliseconds(10)))
            try shared.unlock()
            #expect(try waiter.answer() == "ok released")
        }

        @Test(arguments: LockKind.all)
        func `locking twice through one handle is an error, and the lock stays held`(kind: LockKind) throws {
            let shared = try scratch.segment(lock: kind)
            try shared.lock()
            expect(.lockError) { try shared.lock() }
            expect(.lockError) { _ = try shared.tryLock() }
            expect(.lockError) { _ = try shared.lock(timeout: .seconds(60)) }
            #expect(shared.holdsLock)
            if kind.properties.excludes, kind.properties.threads {
                #expect(try scratch.handle(shared.key).tryLock() == nil)
            }
            try shared.unlock()
            #expect(try shared.tryLock() == .released)
        }

        @Test(arguments: LockKind.all)
        func `unlocking a lock that is not held is an error and releases no lock`(kind: LockKind) throws {
            let shared = try scratch.segment(lock: kind)
            expect(.lockError) { try shared.unlock() }
            let owner = scratch.handle(shared.key)
            try owner.lock()
            expect(.lockError) { try shared.unlock() }
            if kind.properties.excludes, kind.properties.threads { #expect(try shared.tryLock() == nil) }
            try owner.unlock()
            expect(.lockError) { try owner.unlock() }
        }

        @Test func `locking a missing segment is an error`() {
            let shared = scratch.handle()
            expect(.lockError) { try shared.lock() }
            expect(.lockError) { _ = try shared.tryLock() }
            expect(.lockError) { try shared.unlock() }
        }

        @Test(arguments: LockKind.all)
        func `withLock unlocks when its body ends, even when it throws`(kind: LockKind) throws {
            struct Stop: Error {}
            let shared = try scratch.segment(lock: kind)
            let result = try shared.withLock { acquisition in
                #expect(acquisition == .released)
                #expect(shared.holdsLock)
                return 7
            }
            #expect(result == 7)
            #expect(!shared.holdsLock)
            #expect(throws: Stop.self) { try shared.withLock { _ in throw Stop() } }
            #expect(!shared.holdsLock)
            #expect(try scratch.handle(shared.key).tryLock() == .released)
        }

        @Test func `a body of withLock may unlock or destroy`() throws {
            let shared = try scratch.segment()
            try shared.withLock { _ in try shared.unlock() }
            try shared.withLock { _ in try shared.destroy() }
            #expect(!shared.holdsLock)
            #expect(!shared.exists)
        }

        @Test func `a System V lock without its semaphore gives that cause and safe advice`() throws {
            let shared = try scratch.segment(lock: .sysvSemUndo)
            let set = try #require(ControlBlock.semaphoreSet(shared.key))
            SemaphoreSets.remove(set)
            // Through a handle that has used the lock, and through a new one.
            for handle in [shared, scratch.handle(shared.key)] {
                let error = expect(.lockError) { try handle.lock() }
                #expect(error?.reason.contains("its kernel object was changed from outside; stop the programs") == true)
            }
            try scratch.handle(shared.key).destroy(mode: .forceNoWait)
            try shared.create()
            #expect(try shared.tryLock() == .released)
        }

        @Test(arguments: LockKind.excluding.filter(\.properties.threads))
        func `a detached handle keeps its lock`(kind: LockKind) throws {
            let shared = try scratch.segment(lock: kind)
            try shared.attach()
            try shared.lock()
            try shared.detach()
            #expect(shared.holdsLock)
            #expect(try scratch.handle(shared.key).tryLock() == nil)
            try shared.unlock()
            #expect(try scratch.handle(shared.key).tryLock() == .released)
        }
    }
}
