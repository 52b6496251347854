import Glibc
import ShmCore
import SystemPackage
import Testing

extension ShmCoreSuite {
    @Suite struct PermissionTests {
        let scratch = Scratch()
        let nobody = 65534

        @Test func `only the creator may use a segment unless wider permissions are given`() throws {
            let shared = try scratch.segment()
            #expect(RawFile.permissions(shared.key) == 0o1600)
        }

        @Test(arguments: ["000", "022", "077", "777"], ["600", "644", "660", "666", "400"])
        func `permissions are exactly those given, under any umask`(umask: String, permissions: String) throws {
            let key = scratch.key()
            let probe = try scratch.probe(key)
            try #require(try probe.ask("umask \(umask)") == "ok")
            try #require(try probe.ask("create 64 futex \(permissions)") == "ok")
            #expect(RawFile.permissions(key) == mode_t(permissions, radix: 8).map { $0 | 0o1000 })
        }

        @Test(.needsRoot) func `a segment with its owner's permissions only is denied to others`() throws {
            let shared = try scratch.segment()
            let stranger = try scratch.probe(shared)
            try #require(try stranger.ask("user \(nobody)") == "ok")
            let attempts = ["attach readOnly", "attach readWrite", "lock"]
            for command in attempts + ["destroy noWait", "destroy forceNoWait", "destroy wait"] {
                #expect(try stranger.ask(command).hasPrefix("error permissionDenied"), "\(command)")
            }
            // It exists nevertheless.
            #expect(try stranger.ask("exists") == "ok true")
            #expect(try stranger.ask("create 64 futex").hasPrefix("error alreadyExists"))
            #expect(shared.exists)
        }

        @Test(.needsRoot, arguments: LockKind.all)
        func `read permission allows to attach read-only, and not to write, lock or destroy`(kind: LockKind) throws {
            let shared = scratch.handle()
            try shared.create(permissions: [.ownerReadWrite, .groupRead, .otherRead], lock: kind)
            let reader = try scratch.probe(shared)
            try #require(try reader.ask("user \(nobody)") == "ok")
            #expect(try reader.ask("attach readWrite").hasPrefix("error permissionDenied"))
            #expect(try reader.ask("lock").hasPrefix("error permissionDenied"))
            #expect(try reader.ask("attach readOnly") == "ok")
            #expect(try reader.ask("peek 0") == "ok 0")
            #expect(try reader.ask("count") == "ok 1")
            #expect(try shared.numAttachments == 1)
            #expect(try reader.ask("lock").hasPrefix("error permissionDenied"))
            #expect(try reader.ask("detach") == "ok")
            for mode in ["noWait", "forceNoWait", "wait"] {
                #expect(try reader.ask("destroy \(mode)").hasPrefix("error permissionDenied"), "\(mode)")
            }
            #expect(shared.exists)
            #expect(try shared.tryLock() == .released)
        }

        @Test(.needsRoot, arguments: LockKind.excluding)
        func `write permission allows to lock, and not to destroy another user's segment`(kind: LockKind) throws {
            let shared = scratch.handle()
            try shared.create(permissions: FilePermissions(rawValue: 0o666), lock: kind)
            let writer = try scratch.probe(shared)
            try #require(try writer.ask("user \(nobody)") == "ok")
            #expect(try writer.ask("attach readWrite") == "ok")
            #expect(try writer.ask("poke 5 7") == "ok")
            #expect(RawFile.read(shared.key)[5] == 7)
            #expect(try writer.ask("lock") == "ok released")
            #expect(try shared.tryLock() == nil)
            #expect(try writer.ask("destroy noWait").hasPrefix("error permissionDenied"))
            #expect(shared.exists)
            #expect(try writer.ask("unlock") == "ok")
            #expect(try shared.tryLock() == .released)
        }

        @Test(.needsRoot) func `another user's dead segment cannot be removed, and does not block create`() throws {
            for permissions: UInt32 in [0o600, 0o644, 0o666] {
                let shared = scratch.handle()
                try shared.create(permissions: FilePermissions(rawValue: permissions))
                ControlBlock.markDead(shared.key)
                let stranger = try scratch.probe(shared)
                try #require(try stranger.ask("user \(nobody)") == "ok")
                let code = permissions == 0o600 ? "alreadyExists" : "permissionDenied"
                #expect(try stranger.ask("create 64 futex").hasPrefix("error \(code)"))
                #expect(RawFile.exists(shared.key))
            }
        }
    }
}
