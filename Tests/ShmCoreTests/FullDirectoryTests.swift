import ShmCore
import Testing

extension ShmCoreSuite {
    /// With a private `/dev/shm` that is small or read-only.
    @Suite struct FullDirectoryTests {
        let scratch = Scratch()
        static let canMount = isRoot && (try? Probe(key: "never-made", mounting: "size=1m")) != nil

        @Test(.enabled(if: canMount, "needs the right to mount a tmpfs"))
        func `a full file system is outOfMemory at create, and not a fault later`() throws {
            let probe = try Probe(key: scratch.key(), mounting: "size=1m")
            for size in [1 << 20, 2 << 20, 8 << 20, 64 << 20] {
                #expect(try probe.ask("create \(size) futex").hasPrefix("error outOfMemory"), "\(size)")
                #expect(try probe.ask("exists") == "ok false")
            }
            // The failures leave nothing: as much space is free as before.
            #expect(try probe.ask("create 1000000 futex") == "ok")
            #expect(try probe.ask("inspect") == "ok attached locked 1000000 true")
            #expect(try probe.ask("destroy noWait") == "ok")
        }

        @Test(.enabled(if: canMount, "needs the right to mount a tmpfs"))
        func `a lack of inodes is outOfResources and leaves nothing`() throws {
            let probe = try Probe(key: scratch.key(), mounting: "nr_inodes=1")
            let refusal = try probe.ask("create 64 futex")
            #expect(refusal.hasPrefix("error outOfResources") && refusal.contains("inode"), "\(refusal)")
            #expect(try probe.ask("exists") == "ok false")
        }

        @Test(.enabled(if: canMount, "needs the right to mount a tmpfs"))
        func `a read-only file system is permissionDenied`() throws {
            let probe = try Probe(key: scratch.key(), mounting: "ro")
            #expect(try probe.ask("create 64 futex").hasPrefix("error permissionDenied"))
            #expect(try probe.ask("attach readWrite").hasPrefix("error notFound"))
            #expect(try probe.ask("destroy noWait").hasPrefix("error notFound"))
        }
    }
}
