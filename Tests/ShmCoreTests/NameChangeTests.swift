import Testing

@testable import ShmCore

extension ShmCoreSuite {
    /// A segment's name is removed by other means than `destroy`: Python's resource tracker, `rm`, logind.
    @Suite struct NameChangeTests {
        let scratch = Scratch()

        /// Removes a segment's name and gives it to another segment of 20 bytes.
        @discardableResult
        private func replace(_ segment: SharedMemory, lock: LockKind = .default) throws -> SharedMemory {
            scratch.removeName(of: segment)
            let successor = scratch.handle(segment.key)
            try successor.create(size: 20, lock: lock)
            return successor
        }

        @Test(arguments: LockKind.excluding)
        func `an idle handle belongs to the segment of its name`(kind: LockKind) throws {
            let first = try scratch.segment(size: 10, lock: kind)
            // It has also used its lock.
            try first.lock()
            try first.unlock()
            scratch.removeName(of: first)
            #expect(!first.exists)
            #expect(first.size == 0)
            #expect(first.lockKind == nil)
            expect(.lockError) { try first.lock() }
            expect(.notFound) { try first.attach() }
            expect(.notFound) { _ = try first.numAttachments }
            expect(.notFound) { try first.destroy() }

            let second = try scratch.probe(first.key)
            try #require(try second.ask("create 20 \(kind.name)") == "ok")
            #expect(first.exists)
            #expect(first.size == 20)
            try first.attach()
            #expect(try second.ask("count") == "ok 1")
            try first.lock()
            #expect(try second.ask("trylock") == "ok busy")
            try first.unlock()
            #expect(try second.ask("trylock") == "ok released")
            #expect(try first.tryLock() == nil)
            #expect(try second.ask("unlock") == "ok")
            try first.detach()
            try first.destroy()
            #expect(try second.ask("exists") == "ok false")
        }

        @Test func `an attached handle stays with its segment, and its lock and data agree`() throws {
            let first = try scratch.segment(size: 10)
            try first.attach()
            let second = try replace(first)
            #expect(first.size == 10)
            try first.lock()
            #expect(try second.tryLock() == .released)
            try second.unlock()
            try first.unlock()
            try first.detach()
            // From here on it belongs to the segment of its name.
            #expect(first.size == 20)
            try first.lock()
            let other = try scratch.probe(first.key)
            #expect(try other.ask("trylock") == "ok busy")
            try first.unlock()
        }

        @Test func `a holding handle stays with its segment until it unlocks`() throws {
            let first = try scratch.segment(size: 10)
            try first.lock()
            try replace(first)
            #expect(first.size == 10)
            try first.unlock()
            #expect(first.size == 20)
        }

        @Test(arguments: LockKind.waiting)
        func `a waiter whose name moves to another segment gets that segment's lock`(kind: LockKind) throws {
            let owner = try scratch.segment(lock: kind)
            let waiter = try scratch.probe(owner)
            try owner.lock()
            try waiter.begin("lock")
            let successor = try replace(owner, lock: kind)
            #expect(try waiter.answer() == "ok released")
            #expect(try successor.tryLock() == nil)
            // The first segment's lock stays its owner's.
            try owner.unlock()
            #expect(try successor.tryLock() == nil)
            #expect(try waiter.ask("unlock") == "ok")
            #expect(try successor.tryLock() == .released)
        }

        @Test func `a waiter whose name was removed gets an error`() throws {
            let owner = try scratch.segment()
            let waiter = try scratch.probe(owner)
            try owner.lock()
            try waiter.begin("lock")
            scratch.removeName(of: owner)
            #expect(try waiter.answer().hasPrefix("error lockError"))
        }
    }
}
