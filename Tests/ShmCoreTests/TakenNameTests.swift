import Glibc
import Testing

@testable import ShmCore

extension ShmCoreSuite {
    /// Another object has the name, or the file is no longer a valid segment.
    @Suite struct TakenNameTests {
        let scratch = Scratch()

        /// Expects every operation to fail with a clear error, and the object to stay as it is.
        ///
        /// - Parameter isOurs: whether it was a segment, so that only force removes it in the end.
        private func expectInTheWay(
            _ key: String, mentions words: String, isOurs: Bool = false,
            sourceLocation: SourceLocation = #_sourceLocation
        ) throws {
            let before = try #require(RawFile.status(key), sourceLocation: sourceLocation)
            let content = before.st_mode & S_IFMT == S_IFREG ? RawFile.read(key) : []
            let shared = scratch.handle(key)
            let refusal = expect(.alreadyExists, sourceLocation: sourceLocation) { try shared.create() }
            #expect(refusal?.reason.contains(words) == true, "\(refusal?.reason ?? "")", sourceLocation: sourceLocation)
            // A large segment is not built before the name is checked.
            expect(.alreadyExists, sourceLocation: sourceLocation) { try shared.create(size: 32 << 20) }
            for mode in [SharedMemory.AccessMode.readOnly, .readWrite] {
                let error = expect(.keyError, sourceLocation: sourceLocation) { try shared.attach(mode: mode) }
                #expect(error?.reason.contains(words) == true, "\(error?.reason ?? "")", sourceLocation: sourceLocation)
            }
            expect(.lockError, sourceLocation: sourceLocation) { try shared.lock() }
            expect(.keyError, sourceLocation: sourceLocation) { _ = try shared.numAttachments }
            for mode in [SharedMemory.DestroyMode.noWait, .wait] + (isOurs ? [] : [.forceNoWait]) {
                expect(.keyError, sourceLocation: sourceLocation) { try shared.destroy(mode: mode) }
            }
            #expect(!shared.exists, sourceLocation: sourceLocation)
            #expect(shared.size == 0, sourceLocation: sourceLocation)
            #expect(try !SharedMemory.segments().contains { $0.key == key }, sourceLocation: sourceLocation)

            let after = try #require(RawFile.status(key), sourceLocation: sourceLocation)
            #expect(after.st_ino == before.st_ino && after.st_mode == before.st_mode, sourceLocation: sourceLocation)
            if before.st_mode & S_IFMT == S_IFREG {
                #expect(RawFile.read(key) == content, sourceLocation: sourceLocation)
            }
            if isOurs {
                try shared.destroy(mode: .forceNoWait)
                #expect(!RawFile.exists(key), sourceLocation: sourceLocation)
                try shared.create(size: 1)
            }
        }

        @Test func `a symbolic link is not followed, not even to a segment`() throws {
            let target = try scratch.segment()
            let key = scratch.key()
            try #require(unsafe symlink(RawFile.path(target.key), RawFile.path(key)) == 0)
            try expectInTheWay(key, mentions: "a symbolic link")
            #expect(target.exists)
        }

        @Test func `a dangling symbolic link is not followed`() throws {
            let (key, target) = (scratch.key(), scratch.key())
            try #require(unsafe symlink(RawFile.path(target), RawFile.path(key)) == 0)
            try expectInTheWay(key, mentions: "a symbolic link")
            #expect(!RawFile.exists(target))
        }

        @Test func `a directory of that name is an error`() throws {
            let key = scratch.key()
            try #require(unsafe mkdir(RawFile.path(key), 0o700) == 0)
            try expectInTheWay(key, mentions: "a directory")
        }

        @Test func `a FIFO of that name is an error, and no operation blocks on it`() throws {
            let key = scratch.key()
            try #require(unsafe mkfifo(RawFile.path(key), 0o600) == 0)
            // First in a process that can be killed.
            let probe = try scratch.probe(key)
            for command in ["create 64 futex", "attach readOnly", "attach readWrite", "lock", "destroy wait"] {
                #expect(try probe.ask(command).hasPrefix("error "), "\(command)")
            }
            try expectInTheWay(key, mentions: "a FIFO")
        }

        /// Opening a FIFO for reading only would wait for a writer.
        @Test(.needsRoot) func `no operation blocks on a FIFO with read permission only`() throws {
            let key = scratch.key()
            try #require(unsafe mkfifo(RawFile.path(key), 0o600) == 0 && chmod(RawFile.path(key), 0o644) == 0)
            let reader = try scratch.probe(key)
            try #require(try reader.ask("user 65534") == "ok")
            for command in ["create 64 futex", "attach readOnly", "lock", "destroy wait", "exists"] {
                _ = try reader.ask(command)
            }
            #expect(try reader.ask("attach readOnly").hasPrefix("error keyError"))
        }

        @Test func `a socket of that name is an error`() throws {
            let key = scratch.key()
            try #require(unsafe mknod(RawFile.path(key), S_IFSOCK | 0o600, 0) == 0)
            try expectInTheWay(key, mentions: "a socket")
        }

        @Test(arguments: [0, 1, 4095, 4096, 8191, 8192, 8193, 65536])
        func `another program's shared memory of that name is an error, for any size`(size: Int) throws {
            let key = scratch.key()
            RawFile.replace(key, with: [UInt8](repeating: 0xa5, count: size))
            try expectInTheWay(key, mentions: "a file of another program")
        }

        @Test(arguments: [0, 1, 4096, 8191, 8192, 12287])
        func `a truncated segment is no longer a segment`(size: Int) throws {
            let key = try scratch.segment(size: 8192).key
            RawFile.truncate(key, to: size)
            try expectInTheWay(key, mentions: "its control block is gone", isOurs: true)
        }

        @Test func `a segment that another program has cleared can be destroyed by force`() throws {
            let shared = try scratch.segment()
            try shared.attach()
            // The 128 bytes that Python and C see.
            RawFile.write([UInt8](repeating: 0, count: 8192), to: shared.key, at: 0)
            #expect(expect(.lockError) { try shared.lock() }?.reason.contains("overwritten") == true)
            try shared.detach()
            try expectInTheWay(shared.key, mentions: "its control block is gone", isOurs: true)
        }

        @Test(arguments: [8193, 12288, 65536, 1 << 30])
        func `a segment that another program has extended keeps working`(size: Int) throws {
            let shared = try scratch.segment()
            let user = try scratch.probe(shared)
            try #require(try user.ask("attach readWrite") == "ok")
            RawFile.truncate(shared.key, to: size)
            // Foreign bytes at the new end, and bytes that resemble a header.
            if size < 1 << 20 {
                RawFile.write([7], to: shared.key, at: size - 1)
                if size == 65536 {
                    RawFile.write(Array(RawFile.read(shared.key)[4096..<8192]), to: shared.key, at: 61440)
                }
            }
            for handle in [shared, scratch.handle(shared.key)] {
                #expect(handle.exists && handle.size == 128)
                #expect(try handle.numAttachments == 1)
                try handle.attach()
                #expect(try handle.lock() == .released)
                #expect(try user.ask("trylock") == "ok busy")
                try handle.unlock()
                try handle.detach()
            }
            try scratch.handle(shared.key).destroy()
            #expect(!RawFile.exists(shared.key))
        }

        @Test(arguments: [16, 24, 32, 40, 48, 56, 72, 100, 119, 120, 127])
        func `a flipped bit in the header is detected`(offset: Int) throws {
            let key = try scratch.segment().key
            var file = RawFile.read(key)
            file[ControlBlock.headerOffset(file) + offset] ^= 0x10
            RawFile.replace(key, with: file)
            try expectInTheWay(key, mentions: "corrupt", isOurs: true)
        }

        @Test func `the error for another layout version names that version`() throws {
            let key = try scratch.segment().key
            var file = RawFile.read(key)
            file[ControlBlock.headerOffset(file) + 8] = 99
            ControlBlock.seal(&file)
            RawFile.replace(key, with: file)
            try expectInTheWay(key, mentions: "layout version 99", isOurs: true)
        }

        @Test func `a segment of a machine with another page size is rejected`() throws {
            let key = try scratch.segment().key
            var file = RawFile.read(key)
            file[ControlBlock.headerOffset(file) + 13] = 0x40
            ControlBlock.seal(&file)
            RawFile.replace(key, with: file)
            try expectInTheWay(key, mentions: "page size 16384", isOurs: true)
        }

        @Test func `a segment with an unknown lock kind is listed and can be destroyed by force`() throws {
            let key = try scratch.segment().key
            var file = RawFile.read(key)
            let name = ControlBlock.headerOffset(file) + 72
            file.replaceSubrange(name..<name + 14, with: "lock-of-future".utf8)
            ControlBlock.seal(&file)
            RawFile.replace(key, with: file)
            let shared = scratch.handle(key)
            let refusal = expect(.alreadyExists) { try shared.create() }
            #expect(refusal?.reason.contains("lock-of-future") == true)
            func isRefused(_ error: SharedMemoryError?) {
                #expect(error?.reason.contains("lock-of-future") == true)
            }
            isRefused(expect(.lockError) { try shared.attach() })
            isRefused(expect(.lockError) { try shared.lock() })
            isRefused(expect(.lockError) { try shared.destroy(mode: .noWait) })
            isRefused(expect(.lockError) { try shared.destroy(mode: .wait) })
            #expect(try SharedMemory.segments().contains { $0.key == key && $0.lockName == "lock-of-future" })
            try shared.destroy(mode: .forceNoWait)
            #expect(!RawFile.exists(key))
            #expect(try !SharedMemory.segments().contains { $0.key == key })
        }

        @Test func `a segment with a second name is rejected`() throws {
            let key = try scratch.segment().key
            let second = scratch.key()
            try #require(unsafe link(RawFile.path(key), RawFile.path(second)) == 0)
            try expectInTheWay(key, mentions: "2 hard links")
            try expectInTheWay(second, mentions: "2 hard links")
            RawFile.remove(second)
            #expect(scratch.handle(key).exists)
        }
    }
}
