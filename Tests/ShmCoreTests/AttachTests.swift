import Glibc
import ShmCore
import SystemPackage
import Testing

extension ShmCoreSuite {
    @Suite struct AttachTests {
        let scratch = Scratch()

        @Test func `attaching to a missing segment is an error`() {
            expect(.notFound) { try scratch.handle().attach() }
            expect(.notFound) { try scratch.handle().attach(mode: .readOnly) }
        }

        @Test func `one process reads what another has written`() throws {
            let shared = try scratch.segment()
            let probe = try scratch.probe(shared)
            try shared.attach()
            #expect(try probe.ask("attach readWrite") == "ok")
            try shared.withMutableBytes { $0.storeBytes(of: 42, toByteOffset: 9, as: UInt8.self) }
            #expect(try probe.ask("peek 9") == "ok 42")
            #expect(try probe.ask("poke 10 43") == "ok")
            #expect(unsafe shared.data?[10] == 43)
        }

        @Test func `a handle attaches once`() throws {
            let shared = try scratch.segment()
            try shared.attach()
            expect(.alreadyExists) { try shared.attach() }
            #expect(shared.isValid)
            #expect(try shared.numAttachments == 1)
            try shared.detach()
            try shared.attach(mode: .readOnly)
            #expect(shared.isValid)
        }

        @Test func `a handle detaches once`() throws {
            let shared = try scratch.segment()
            expect(.notFound) { try shared.detach() }
            try shared.attach()
            try shared.detach()
            #expect(!shared.isValid)
            #expect(unsafe shared.data == nil)
            expect(.notFound) { try shared.detach() }
        }

        @Test func `without an attachment there is no data`() throws {
            let shared = try scratch.segment()
            #expect(unsafe shared.data == nil)
            #expect(unsafe shared.mutableData == nil)
            expect(.notFound) { try shared.withBytes { _ in _ = Issue.record("there is nothing to read") } }
            expect(.notFound) { try shared.withMutableBytes { _ in _ = Issue.record("there is nothing to write") } }
        }

        @Test func `a read-only attachment gives no access for writing`() throws {
            let shared = try scratch.segment(size: 64)
            try shared.attach(mode: .readOnly)
            #expect(unsafe shared.data?.count == 64)
            #expect(unsafe shared.mutableData == nil)
            try shared.withBytes { #expect($0.byteCount == 64) }
            expect(.permissionDenied) {
                try shared.withMutableBytes { _ in _ = Issue.record("this must not be writable") }
            }
        }

        @Test func `a read-only attachment can lock`() throws {
            let shared = try scratch.segment()
            try shared.attach(mode: .readOnly)
            #expect(try shared.tryLock() == .released)
            #expect(try scratch.handle(shared.key).tryLock() == nil)
            try shared.unlock()
        }

        @Test func `writing through a read-only attachment kills the writer and changes nothing`() throws {
            let shared = try scratch.segment()
            let writer = try scratch.probe(shared)
            #expect(try writer.ask("attach readOnly") == "ok")
            #expect(try writer.ask("peek 3") == "ok 0")
            writer.send("poke 3 99")
            #expect(writer.waitForEnd() == .killed(by: SIGSEGV))
            #expect(RawFile.read(shared.key)[3] == 0)
            #expect(try shared.numAttachments == 0)
            #expect(try shared.tryLock() == .released)
        }

        @Test func `a scoped attachment ends with its body, even when that throws`() throws {
            struct Stop: Error {}
            let shared = try scratch.segment()
            let size = try shared.withAttachment { attached in
                #expect(attached === shared)
                #expect(try attached.numAttachments == 1)
                return try attached.withBytes { $0.byteCount }
            }
            #expect(size == 128)
            #expect(!shared.isValid)
            #expect(throws: Stop.self) { try shared.withAttachment(mode: .readOnly) { _ in throw Stop() } }
            #expect(!shared.isValid)
            #expect(try shared.numAttachments == 0)
            try shared.withAttachment { try $0.detach() }
            #expect(!shared.isValid)
        }

        @Test func `the end of a handle does not detach`() throws {
            let shared = try scratch.segment()
            let key = shared.key
            let data = try unsafe attachAndForget(key)
            #expect(try shared.numAttachments == 1)
            #expect(unsafe data?[0] == 0)
        }

        private func attachAndForget(_ key: String) throws -> UnsafeRawBufferPointer? {
            let forgotten = SharedMemory(key: key)
            try forgotten.attach()
            return unsafe forgotten.data
        }

        @Test func `an attached handle keeps its segment when its key names another one`() throws {
            let shared = try scratch.segment(size: 10)
            try shared.attach()
            RawFile.remove(shared.key)
            let successor = scratch.handle(shared.key)
            try successor.create(size: 20)
            #expect(shared.size == 10)
            try shared.detach()
            #expect(successor.size == 20)
        }

        @Test func `the low-level handle is the descriptor of the segment's file`() throws {
            let shared = scratch.handle()
            #expect(shared.handle == nil)
            try shared.create()
            let descriptor = try #require(shared.handle)
            var status = stat()
            try #require(unsafe fstat(descriptor.rawValue, &status) == 0)
            #expect(status.st_ino == RawFile.status(shared.key)?.st_ino)
            try shared.destroy()
            #expect(shared.handle == nil)
        }
    }
}
