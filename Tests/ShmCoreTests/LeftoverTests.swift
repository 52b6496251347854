import Testing

@testable import ShmCore

extension ShmCoreSuite {
    /// A destroyer was killed after it marked the segment dead and before it removed the name.
    @Suite struct LeftoverTests {
        let scratch = Scratch()

        private func leftover(lock: LockKind) throws -> String {
            let key = try scratch.segment(size: 10, lock: lock).key
            ControlBlock.markDead(key)
            return key
        }

        @Test(arguments: LockKind.all)
        func `a dead segment does not exist, though its name does`(kind: LockKind) throws {
            let shared = scratch.handle(try leftover(lock: kind))
            #expect(!shared.exists)
            #expect(shared.size == 0)
            expect(.notFound) { try shared.attach() }
            expect(.lockError) { try shared.lock() }
            expect(.notFound) { _ = try shared.numAttachments }
            #expect(RawFile.exists(shared.key))
        }

        @Test(arguments: LockKind.all, [64, 32 << 20])
        func `create removes it`(kind: LockKind, size: Int) throws {
            let shared = scratch.handle(try leftover(lock: kind))
            let set = kind == .sysvSemUndo ? ControlBlock.semaphoreSet(shared.key) : nil
            try shared.create(size: size, lock: kind)
            #expect(shared.size == size)
            #expect(try shared.tryLock() == .released)
            if let set { #expect(!SemaphoreSets.exists(set)) }
        }

        @Test(arguments: LockKind.all, [SharedMemory.DestroyMode.noWait, .forceNoWait, .wait])
        func `destroy removes it`(kind: LockKind, mode: SharedMemory.DestroyMode) throws {
            let shared = scratch.handle(try leftover(lock: kind))
            let set = kind == .sysvSemUndo ? ControlBlock.semaphoreSet(shared.key) : nil
            try shared.destroy(mode: mode)
            #expect(!RawFile.exists(shared.key))
            if let set { #expect(!SemaphoreSets.exists(set)) }
        }
    }
}
