import Glibc
import Testing

@testable import ShmCore

extension ShmCoreSuite {
    /// Participants that begin and end in different ways.
    @Suite struct ParticipantTests {
        let scratch = Scratch()

        @Test(arguments: LockKind.excluding)
        func `more participants than a lock has slots for come and go, and leave nothing`(kind: LockKind) throws {
            let shared = try scratch.segment(lock: kind)
            let probe = try scratch.probe(shared)
            let count = kind.properties.nodesPerParticipant > 0 ? ParticipantNumber.limit + 200 : 300
            try #require(try probe.ask("come-and-go 16") == "ok")
            let before = Possessions(of: probe)
            #expect(try probe.ask("come-and-go \(count)", within: .seconds(40)) == "ok")
            let after = Possessions(of: probe)
            #expect(after.descriptors == before.descriptors)
            // An allocator may keep a mapping or two.
            #expect(after.mappings <= before.mappings + 8)
            #expect(try shared.tryLock() == .released)
        }

        /// Each process has many participants when it is killed, so a few deaths use up the slots.
        @Test(arguments: LockKind.excluding)
        func `the slots of dead participants are reused`(kind: LockKind) throws {
            let shared = try scratch.segment(lock: kind)
            let each = kind.properties.nodesPerParticipant > 0 ? ParticipantNumber.limit * 2 / 5 : 40
            for _ in 0..<3 {
                let probe = try scratch.probe(shared)
                #expect(try probe.ask("hold-many \(each)", within: .seconds(30)) == "ok")
                probe.kill()
            }
            #expect(try shared.tryLock() == .released)
        }

        /// The objects that a segment's lock has outside the segment, as far as the machine shows them.
        private struct Traces: Equatable {
            var descriptors: Int
            var recordLocks: Int
            var semaphores: Int
            var names: Int
        }

        /// The objects outside a segment after a process has taken its lock. A user of its own creates them, so that
        /// objects of other processes do not count.
        private func traces(_ kind: LockKind, user: UInt32) throws -> Traces {
            let shared = scratch.handle()
            let probe = try scratch.probe(shared)
            if isRoot { try #require(try probe.ask("user \(user)") == "ok") }
            try #require(try probe.ask("create 64 \(kind)") == "ok")
            try #require(try probe.ask("attach readWrite") == "ok")
            try #require(try probe.ask("lock") == "ok released")
            let inode = try #require(RawFile.status(shared.key)).st_ino
            let locks = ((try? SmallFile.read("/proc/locks")) ?? "").split(separator: "\n")
            let found = Traces(
                descriptors: Possessions(of: probe).descriptors,
                recordLocks: locks.count { $0.contains(":\(inode) ") },
                semaphores: isRoot ? SemaphoreSets.made(byUser: user).count : 0,
                names: isRoot
                    ? ((try? SegmentFile.names()) ?? []).count { (try? SegmentFile.status(ofName: $0))?.st_uid == user }
                    : 0)
            #expect(try probe.ask("unlock") == "ok")
            #expect(try probe.ask("detach") == "ok")
            #expect(try probe.ask("destroy noWait") == "ok")
            return found
        }

        @Test(arguments: LockKind.excluding)
        func `a lock has objects outside its segment exactly if it declares them`(kind: LockKind) throws {
            let user = isRoot ? 0x5100_0000 + UInt32(Identity.process) : Identity.user
            let without = try traces(.noLock, user: user)
            let with = try traces(kind, user: user)
            if kind.properties.kernelObject == nil {
                #expect(with == without)
            } else if isRoot {
                #expect(with != without)
            }
        }

        @Test(arguments: LockKind.excluding.filter { !$0.properties.threads })
        func `a lock whose owner is the process grants it to a second participant`(kind: LockKind) throws {
            let shared = try scratch.segment(lock: kind)
            let probe = try scratch.probe(shared)
            try #require(try probe.ask("join") == "ok")
            #expect(try probe.ask("try-twice") != "ok busy")
        }
    }
}

/// The descriptors and mappings of a process.
struct Possessions {
    let descriptors: Int
    let mappings: Int

    init(of probe: Probe) {
        let folder = unsafe opendir("/proc/\(probe.processID)/fd")
        var count = 0
        while let folder = unsafe folder, let _ = unsafe readdir(folder) { count += 1 }
        if let folder = unsafe folder { unsafe closedir(folder) }
        descriptors = count
        mappings = ((try? SmallFile.read("/proc/\(probe.processID)/maps")) ?? "").split(separator: "\n").count
    }
}
