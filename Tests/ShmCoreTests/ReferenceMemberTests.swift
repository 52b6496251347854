import ShmCore
import Testing

extension ShmCoreSuite {
    /// What QSharedMemory's documentation promises for each member, mode and error code, and no other suite tests.
    @Suite struct ReferenceMemberTests {
        let scratch = Scratch()

        @Test func `destroy modes have QSharedMemory's values`() {
            #expect(SharedMemory.DestroyMode.noWait.rawValue == 0)
            #expect(SharedMemory.DestroyMode.forceNoWait.rawValue == 1)
            #expect(SharedMemory.DestroyMode.wait.rawValue == 2)
        }

        @Test func `access modes have QSharedMemory's values`() {
            #expect(SharedMemory.AccessMode.readOnly.rawValue == 0)
            #expect(SharedMemory.AccessMode.readWrite.rawValue == 1)
        }

        @Test func `error codes have QSharedMemory's values`() {
            let codes: [SharedMemoryError.Code] = [
                .invalidSize, .keyError, .alreadyExists, .outOfMemory, .outOfResources, .notFound, .permissionDenied,
                .lockError,
                .unknownError,
            ]
            #expect(codes.map(\.rawValue) == Array(0...8))
            #expect(SharedMemoryError.Code.allCases == codes)
        }

        @Test func `the default modes are attach for writing and destroy under the lock`() throws {
            let shared = try scratch.segment()
            try shared.attach()
            #expect(unsafe shared.mutableData != nil)
            try shared.detach()
            try shared.lock()
            let destroyer = try scratch.probe(shared)
            try destroyer.begin("destroy noWait")
            #expect(try !destroyer.answers(within: .milliseconds(30)))
            try shared.destroy()
            #expect(try destroyer.answer().hasPrefix("error lockError"))
        }

        @Test func `two instances with the same key refer to the same segment`() throws {
            let first = try scratch.segment(size: 99)
            let second = scratch.handle(first.key)
            #expect(second.exists)
            #expect(second.size == 99)
            try first.attach()
            try second.attach()
            try first.withMutableBytes { $0.storeBytes(of: 5, as: UInt8.self) }
            try second.withBytes { #expect(unsafe $0.unsafeLoad(as: UInt8.self) == 5) }
            try second.destroy(mode: .forceNoWait)
            #expect(!first.exists)
        }

        @Test func `isValid is true from attach to detach`() throws {
            let shared = try scratch.segment()
            #expect(!shared.isValid)
            try shared.attach(mode: .readOnly)
            #expect(shared.isValid)
            try shared.detach()
            #expect(!shared.isValid)
            #expect(shared.exists)
        }

        @Test func `a segment outlives its creator`() throws {
            let shared = scratch.handle()
            let creator = try scratch.probe(shared)
            try #require(try creator.ask("create 50 pthread-robust") == "ok")
            try #require(try creator.ask("attach readWrite") == "ok")
            try #require(try creator.ask("poke 49 3") == "ok")
            creator.kill()
            #expect(shared.size == 50)
            try shared.attach()
            #expect(unsafe shared.data?[49] == 3)
        }

        @Test func `exists refers to the segment that has the key now`() throws {
            let shared = try scratch.segment()
            #expect(shared.exists)
            RawFile.remove(shared.key)
            #expect(!shared.exists)
            RawFile.replace(shared.key, with: [1, 2, 3])
            #expect(!shared.exists)
            RawFile.remove(shared.key)
            try scratch.handle(shared.key).create()
            #expect(shared.exists)
        }
    }
}
