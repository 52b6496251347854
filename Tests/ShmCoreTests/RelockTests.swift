import Glibc
import SystemPackage
import Testing

@_spi(Bench) @testable import ShmCore

extension ShmCoreSuite {
    /// A thread that would wait for itself gets an error.
    @Suite struct RelockTests {
        let scratch = Scratch()

        @Test(arguments: LockKind.excluding, [false, true])
        func `a thread that holds the lock through one handle gets an error from another`(
            kind: LockKind, attached: Bool
        ) throws {
            let shared = try scratch.segment(lock: kind)
            let other = scratch.handle(shared.key)
            if attached {
                for handle in [shared, other] {
                    try handle.attach()
                    // On the fast path, too.
                    try handle.lock()
                    try handle.unlock()
                }
            }
            for (holder, second) in [(shared, other), (other, shared)] {
                try holder.lock()
                let taken = try time { () throws in
                    let ways: [() throws -> Void] = [
                        { _ = try second.lock() }, { _ = try second.lock(timeout: .seconds(60)) },
                    ]
                    for lock in ways {
                        let error = expect(.lockError) { try lock() }
                        #expect(error?.reason.contains("another handle") == true, "\(error?.reason ?? "")")
                    }
                    #expect(try second.tryLock() == nil)
                    expect(.lockError) { try second.destroy() }
                    if !attached { expect(.lockError) { try second.destroy(mode: .wait) } }
                }
                #expect(taken < .seconds(2), "\(taken)")
                #expect(holder.holdsLock && !second.holdsLock && holder.exists)
                try holder.unlock()
                #expect(try second.lock() == .released)
                try second.unlock()
            }
        }

        @Test(arguments: LockKind.excluding.filter(\.properties.threads))
        func `a lock that a handle held at its end stays with its thread`(kind: LockKind) throws {
            let shared = try scratch.segment(lock: kind)
            let key = shared.key
            func lockAndForget() throws {
                let other = SharedMemory(key: key)
                try other.attach()
                try other.lock()
            }
            try lockAndForget()
            expect(.lockError) { try shared.lock() }
            expect(.lockError) { try shared.destroy(mode: .wait) }
            expect(.lockError) { try shared.destroy() }
            #expect(try shared.tryLock() == nil)
        }

        @Test(arguments: LockKind.excluding.filter(\.properties.threads))
        func `a lock stays with its thread when another thread attaches the handle`(kind: LockKind) throws {
            let shared = try scratch.segment(lock: kind)
            try shared.lock()
            let thread = try OtherThread {
                try shared.attach()
                expect(.lockError) { try shared.unlock() }
            }
            try thread.join()
            expect(.lockError) { try scratch.handle(shared.key).lock() }
            try shared.unlock()
            #expect(try scratch.probe(shared).ask("trylock") == "ok released")
        }

        @Test func `a destroyer counts a participant of its own process`() throws {
            let shared = try scratch.segment(lock: .futex)
            let participant = try shared.participant(in: FutexLock.self)
            #expect(participant.lock() == .acquired)
            let key = shared.key
            let destroyer = try scratch.probe(key)
            destroyer.send("destroy noWait")
            #expect(try !destroyer.answers(within: .milliseconds(120)))
            participant.unlock()
            #expect(try destroyer.answer() == "ok")
        }

        @Test func `a destroyer that would wait for its own thread's attachment gets an error`() throws {
            let shared = try scratch.segment()
            try shared.attach()
            let error = expect(.lockError) { try scratch.handle(shared.key).destroy(mode: .wait) }
            #expect(error?.reason.contains("another handle") == true)
            try shared.detach()
            try scratch.handle(shared.key).destroy(mode: .wait)
        }

        @Test(arguments: LockKind.excluding.filter(\.properties.threads))
        func `another thread waits and gets no error`(kind: LockKind) throws {
            let shared = try scratch.segment(lock: kind)
            let other = scratch.handle(shared.key)
            try shared.lock()
            let timed = try OtherThread {
                let acquisition = try other.lock(timeout: .milliseconds(20))
                #expect(acquisition == nil)
            }
            try timed.join()
            let waiter = try OtherThread {
                #expect(try other.lock() == .released)
                try other.unlock()
            }
            usleep(60_000)
            try shared.unlock()
            try waiter.join()
        }

        @Test(arguments: LockKind.all.filter(\.properties.detectsRelock))
        func `a participant of a kind that identifies its owner gets an error`(kind: LockKind) throws {
            let shared = try scratch.segment(lock: kind)
            let owner = try scratch.probe(shared)
            try #require(try owner.ask("join") == "ok")
            #expect(try owner.ask("primitive-lock") == "ok acquired")
            #expect(try owner.ask("primitive-lock").contains("failed(\(Errno.deadlock))"))
            #expect(try owner.ask("primitive-within 20000").contains("failed(\(Errno.deadlock))"))
            #expect(try owner.ask("primitive-unlock") == "ok")
            #expect(try shared.tryLock() == .released)
        }

        @Test func `another thread may lock a handle that is unlocked`() throws {
            let shared = try scratch.segment()
            try shared.attach()
            for _ in 0..<3 {
                try shared.lock()
                try shared.unlock()
                let thread = try OtherThread {
                    #expect(try shared.lock() == .released)
                    try shared.unlock()
                }
                try thread.join()
            }
        }

        @Test(arguments: LockKind.excluding.filter(\.properties.threads))
        func `an unlock on another thread is an error and does not release the lock`(kind: LockKind) throws {
            let shared = try scratch.segment(lock: kind)
            try shared.attach()
            for _ in 0..<2 {
                try shared.lock()
                let thread = try OtherThread { expect(.lockError) { try shared.unlock() } }
                try thread.join()
                #expect(shared.holdsLock)
                #expect(try scratch.probe(shared).ask("trylock") == "ok busy")
                try shared.unlock()
            }
        }
    }
}
