import ShmCore
import SystemPackage
import Testing

extension ShmCoreSuite {
    @Suite struct ListingTests {
        let scratch = Scratch()

        private func listed(_ key: String) throws -> SegmentInfo? {
            try SharedMemory.segments().first { $0.key == key }
        }

        @Test func `a listing has every property of a segment`() throws {
            let shared = scratch.handle(scratch.key(" ü/"))
            #expect(try listed(shared.key) == nil)
            try shared.create(size: 321, permissions: [.ownerReadWrite, .groupRead], lock: .futex)
            try shared.attach()
            let info = try #require(try listed(shared.key))
            #expect(info.size == 321)
            #expect(info.lockName == "futex")
            #expect(info.numAttachments == 1)
            #expect(info.isAlive)
            #expect(info.creatorPID == Int(Identity.process))
            #expect(info.userID == Identity.user)
            #expect(info.permissions == [.ownerReadWrite, .groupRead])
            #expect(abs(info.createdAt - Identity.now) < 60_000_000_000)
            try shared.detach()
            #expect(try listed(shared.key)?.numAttachments == 0)
            try shared.destroy()
            #expect(try listed(shared.key) == nil)
        }

        @Test(arguments: LockKind.excluding)
        func `listing segments and lock objects keeps a lock that the process holds`(kind: LockKind) throws {
            let shared = try scratch.segment(lock: kind)
            let other = try scratch.probe(shared)
            #expect(try other.ask("trylock") == "ok released")
            #expect(try other.ask("unlock") == "ok")
            try shared.lock()
            _ = try SharedMemory.segments()
            _ = LockObject.all().map { $0.isInUse() }
            #expect(try other.ask("trylock") == "ok busy")
            try shared.unlock()
        }

        @Test func `a dead segment is listed as dead`() throws {
            let shared = try scratch.segment()
            ControlBlock.markDead(shared.key)
            #expect(try listed(shared.key)?.isAlive == false)
        }

        @Test func `listings are sorted by key`() throws {
            for _ in 0..<5 { _ = try scratch.segment() }
            let keys = try SharedMemory.segments().map(\.key)
            #expect(keys == keys.sorted())
            #expect(keys.count >= 5)
        }
    }
}
