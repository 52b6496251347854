import Glibc
import ShmCore
import Testing

@testable import struct ShmCore.SegmentLayout

extension ShmCoreSuite {
    @Suite struct SizeTests {
        let scratch = Scratch()

        @Test(arguments: [0, -1, .min])
        func `a size that is not positive is invalid`(size: Int) {
            let shared = scratch.handle()
            expect(.invalidSize) { try shared.create(size: size) }
            #expect(!RawFile.exists(shared.key))
        }

        @Test(arguments: [Int.max, .max - 4096, .max - 4 * 4096])
        func `a size that no file can have is an error, and leaves nothing`(size: Int) throws {
            let shared = scratch.handle()
            let error = try #require(throws: SharedMemoryError.self) { try shared.create(size: size) }
            #expect(error.code == .invalidSize || error.code == .outOfMemory)
            #expect(!RawFile.exists(shared.key))
        }

        @Test func `the largest integer is an invalid size`() {
            expect(.invalidSize) { try scratch.handle().create(size: .max) }
        }

        @Test func `a size beyond the file system's is outOfMemory`() throws {
            var fileSystem = statvfs()
            try #require(unsafe statvfs("/dev/shm", &fileSystem) == 0)
            let total = Int(fileSystem.f_blocks) * Int(fileSystem.f_frsize)
            let shared = scratch.handle()
            expect(.outOfMemory) { try shared.create(size: total + 1) }
            #expect(!RawFile.exists(shared.key))
        }

        @Test func `a size beyond the machine's memory is outOfMemory`() {
            let pages = sysconf(Int32(_SC_PHYS_PAGES)) * 1024
            let shared = scratch.handle()
            expect(.outOfMemory) { try shared.create(size: pages * SegmentLayout.pageSize) }
            #expect(!RawFile.exists(shared.key))
        }

        @Test func `the size is 0 without a segment`() throws {
            let shared = scratch.handle()
            #expect(shared.size == 0)
            try shared.create(size: 77)
            #expect(shared.size == 77)
            try shared.destroy()
            #expect(shared.size == 0)
        }
    }
}
