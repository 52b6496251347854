import CShm
import Glibc
import Testing

@testable import ShmCore

extension ShmCoreSuite {
    /// Files of other programs in the directory of segments.
    @Suite struct ForeignFileTests {
        let scratch = Scratch()

        /// Whether another process has a record lock on that file.
        private func isLocked(_ path: String) throws -> Bool {
            let file = unsafe open(path, O_RDWR | O_CLOEXEC)
            try #require(file >= 0)
            defer { close(file) }
            let failure = shm_record_lock(file, Int16(F_WRLCK), false)
            return failure == -EAGAIN || failure == -EACCES
        }

        /// A process loses its record locks on a file when it closes any descriptor of that file.
        @Test(arguments: [0, 100, 8192, 65536])
        func `looking up segments keeps a process's record locks on other files`(size: Int) throws {
            let key = scratch.key(" app.db")
            RawFile.replace(key, with: [UInt8](repeating: 1, count: size))
            let process = try scratch.probe(key)
            try #require(try process.ask("record-lock \(RawFile.path(key))") == "ok")
            for command in [
                "list", "exists", "size", "attach readWrite", "lock", "create 64 futex", "create-or-attach 64 futex 1",
                "destroy noWait", "destroy forceNoWait", "inspect",
            ] {
                _ = try process.ask(command)
                #expect(try isLocked(RawFile.path(key)), "\(command)")
            }
        }

        @Test func `a segment is recognised after its permissions were changed`() throws {
            let shared = try scratch.segment()
            try #require(unsafe chmod(RawFile.path(shared.key), 0o660) == 0)
            let other = scratch.handle(shared.key)
            #expect(other.exists && other.size == 128)
            #expect(try SharedMemory.segments().contains { $0.key == shared.key })
            #expect(try other.lock() == .released)
            try other.unlock()
            try other.destroy()
            #expect(!RawFile.exists(shared.key))
        }

        /// Opening a file breaks a lease on it, and the signal kills a holder without a handler.
        @Test(arguments: [100, 16384]) func `a file of another program is not opened`(size: Int) throws {
            let key = scratch.key(" app.db")
            RawFile.replace(key, with: [UInt8](repeating: 1, count: size))
            let holder = unsafe open(RawFile.path(key), O_RDWR | O_CLOEXEC)
            try #require(holder >= 0)
            defer { close(holder) }
            // A lease needs a file that no other process has open, before and after.
            #expect(shm_is_only_writer(holder) == 1)
            let (setSignal, setLease, write): (CInt, CInt, Int16) = (10, 1024, Int16(F_WRLCK))
            _ = fcntl(holder, setSignal, SIGURG)
            try #require(fcntl(holder, setLease, CInt(write)) == 0)
            let others = try scratch.probe(key)
            for command in [
                "list", "exists", "size", "attach readWrite", "lock", "create 64 futex", "destroy forceNoWait",
            ] {
                _ = try others.ask(command)
                // The lease is intact: F_GETLEASE would show one that is being broken.
                #expect(fcntl(holder, 1025) == CInt(write), "\(command)")
            }
        }

        @Test func `a segment whose key resembles the name of a lock's object is an ordinary segment`() throws {
            for key in ["shmcore-cafe", "shmcore-1", "shmcore-0123456789abcdef", "sem.shmcore-cafe"] {
                // If the object exists, it belongs to another process.
                guard !RawFile.exists(key) else { continue }
                scratch.cleanUp(key)
                let shared = scratch.handle(key)
                try shared.create(size: 64)
                #expect(try SharedMemory.segments().contains { $0.key == key })
                #expect(!LockObject.all().contains { $0.path == RawFile.path(key) })
                #expect(!NamedObject.isName(key))
            }
        }

        @Test(arguments: LockKind.all.filter { $0.properties.kernelObject != nil })
        func `a lock's object is recognised`(kind: LockKind) throws {
            let shared = try scratch.segment(lock: kind)
            try shared.lock()
            try shared.unlock()
            guard let name = ControlBlock.nameOutside(shared.key), name.hasPrefix("shmcore-"), kind.hasNamedObject
            else {
                return
            }
            #expect(NamedObject.isName(name), "\(name)")
            #expect(LockObject.all().contains { $0.segmentKey == shared.key } || kind == .posixMQToken)
        }
    }
}

extension LockKind {
    fileprivate var hasNamedObject: Bool {
        ["posix-named-sem", "pipe-token", "fcntl-record", "posix-mq-token"].contains(name)
    }
}
