import Glibc
import ShmCore
import SystemPackage
import Testing

extension ShmCoreSuite {
    @Suite struct CreateTests {
        let scratch = Scratch()

        @Test func `a new segment is filled with zeros`() throws {
            let shared = try scratch.segment(size: 10_000)
            try shared.attach()
            try shared.withBytes { bytes in
                #expect(bytes.byteCount == 10_000)
                let ones = unsafe bytes.withUnsafeBytes { unsafe $0.count { $0 != 0 } }
                #expect(ones == 0)
            }
        }

        @Test func `create does not attach`() throws {
            let shared = try scratch.segment()
            #expect(!shared.isValid)
            #expect(unsafe shared.data == nil)
            #expect(try shared.numAttachments == 0)
        }

        @Test func `without a size a segment has one page`() throws {
            let shared = scratch.handle()
            try shared.create()
            #expect(shared.size == SharedMemory.defaultSize)
            #expect(SharedMemory.defaultSize == Int(getpagesize()))
            #expect(shared.lockKind == .default)
        }

        @Test(arguments: [1, 4095, 4096, 4097, 1_000_000])
        func `a segment has exactly the requested size`(size: Int) throws {
            let shared = try scratch.segment(size: size)
            #expect(shared.size == size)
            #expect(scratch.handle(shared.key).size == size)
            try shared.attach()
            #expect(unsafe shared.data?.count == size)
        }

        @Test func `a second create is alreadyExists and changes nothing`() throws {
            let shared = try scratch.segment(size: 64)
            try shared.attach()
            try shared.withMutableBytes { $0.storeBytes(of: 0x1234_5678, as: UInt32.self) }
            let before = RawFile.read(shared.key)

            expect(.alreadyExists) { try scratch.handle(shared.key).create(size: 4096, lock: .futex) }
            expect(.alreadyExists) { try shared.create() }
            #expect(try scratch.probe(shared).ask("create 64 futex").hasPrefix("error alreadyExists"))

            #expect(RawFile.read(shared.key) == before)
            #expect(shared.size == 64)
            #expect(shared.lockKind == .default)
        }

        @Test(arguments: LockKind.excluding)
        func `a second create leaves a held lock held`(kind: LockKind) throws {
            let shared = try scratch.segment(lock: kind)
            let owner = try scratch.probe(shared)
            try #require(try owner.ask("lock") == "ok released")
            let other = scratch.handle(shared.key)
            expect(.alreadyExists) { try other.create(lock: kind) }
            #expect(try other.tryLock() == nil)
            #expect(try shared.tryLock() == nil)
            #expect(try owner.ask("unlock") == "ok")
            #expect(try other.tryLock() == .released)
        }

        @Test func `the data begin at offset 0 of the POSIX object`() throws {
            let shared = try scratch.segment(size: 5000)
            try shared.attach()
            try shared.withMutableBytes { bytes in
                bytes.storeBytes(of: UInt8(ascii: "<"), toByteOffset: 0, as: UInt8.self)
                bytes.storeBytes(of: UInt8(ascii: ">"), toByteOffset: 4999, as: UInt8.self)
            }
            let file = RawFile.read(shared.key)
            #expect(file[0] == UInt8(ascii: "<"))
            #expect(file[4999] == UInt8(ascii: ">"))

            RawFile.write(Array("raw".utf8), to: shared.key, at: 100)
            #expect(unsafe shared.data.map { unsafe Array($0[100..<103]) } == Array("raw".utf8))
        }

        @Test func `the storage is reserved, so no later access can fail`() throws {
            let shared = try scratch.segment(size: 1 << 20)
            let status = try #require(RawFile.status(shared.key))
            #expect(Int(status.st_blocks) * 512 >= 1 << 20)
        }

        @Test(arguments: LockKind.all)
        func `create chooses the kind of lock, and every process observes it`(kind: LockKind) throws {
            let shared = try scratch.segment(lock: kind)
            #expect(scratch.handle(shared.key).lockKind == kind)
        }

        @Test func `a destroyed segment can be created again through the same handle`() throws {
            let shared = try scratch.segment(size: 10)
            try shared.destroy()
            try shared.create(size: 20, lock: .futex)
            #expect(shared.size == 20)
            #expect(shared.lockKind == .futex)
            #expect(try shared.tryLock() == .released)
        }

        @Test func `a handle that is attached, or holds the lock, cannot create`() throws {
            let shared = try scratch.segment()
            let other = scratch.handle(shared.key)
            try shared.attach()
            try other.lock()
            try scratch.handle(shared.key).destroy(mode: .forceNoWait)
            expect(.alreadyExists) { try shared.create() }
            expect(.alreadyExists) { try other.create() }
            #expect(!scratch.handle(shared.key).exists)
        }
    }
}
