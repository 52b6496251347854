import ShmCore
import Testing

extension ShmCoreSuite {
    @Suite struct SetKeyTests {
        let scratch = Scratch()

        @Test func `a handle without a key has no size and no error, and every operation fails`() {
            let shared = SharedMemory()
            #expect(shared.key == "")
            #expect(shared.size == 0)
            #expect(shared.error == nil)
            expect(.keyError) { try shared.create() }
            expect(.keyError) { try shared.attach() }
        }

        @Test func `a handle follows its key`() throws {
            let first = try scratch.segment(size: 10)
            let second = try scratch.segment(size: 20)
            let shared = scratch.handle(first.key)
            #expect(shared.size == 10)
            try shared.setKey(second.key)
            #expect(shared.key == second.key)
            #expect(shared.size == 20)
        }

        @Test func `while attached, the same key is accepted and another is an error`() throws {
            let shared = try scratch.segment()
            let key = shared.key
            try shared.attach()
            try shared.setKey(key)
            #expect(shared.isValid)
            expect(.keyError) { try shared.setKey(scratch.key()) }
            #expect(shared.key == key)
            #expect(shared.isValid)
            try shared.detach()
            let other = scratch.key()
            try shared.setKey(other)
            #expect(shared.key == other)
        }

        @Test func `while the lock is held another key is an error`() throws {
            let shared = try scratch.segment()
            try shared.lock()
            expect(.keyError) { try shared.setKey(scratch.key()) }
            #expect(shared.holdsLock)
            try shared.unlock()
        }
    }
}
