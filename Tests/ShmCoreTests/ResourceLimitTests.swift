import ShmCore
import TestSupport
import Testing

extension ShmCoreSuite {
    @Suite struct ResourceLimitTests {
        let scratch = Scratch()

        @Test(arguments: LockKind.all)
        func `create without descriptors is outOfResources and leaves nothing`(kind: LockKind) throws {
            let objects = Set(LockObject.all().map(\.path))
            let key = scratch.key()
            let probe = try scratch.probe(key)
            var failures = 0
            for spare in 0..<6 {
                try #require(try probe.ask("spare-descriptors \(spare)") == "ok")
                let answer = try probe.ask("create 64 \(kind)")
                try #require(try probe.ask("all-descriptors") == "ok")
                if answer == "ok" {
                    #expect(try probe.ask("inspect") == "ok attached locked 64 true")
                    #expect(try probe.ask("destroy noWait") == "ok")
                } else {
                    failures += 1
                    #expect(answer.hasPrefix("error outOfResources"), "\(spare) spare: \(answer)")
                    #expect(!RawFile.exists(key), "\(spare) spare")
                }
            }
            #expect(failures > 0 && failures < 6)
            // Those of other tests disappear again.
            var left = Set(LockObject.all().map(\.path)).subtracting(objects)
            let isGone = eventually {
                left.formIntersection(LockObject.all().map(\.path))
                return left.isEmpty
            }
            #expect(isGone, "\(left)")
            #expect(try probe.ask("create 64 \(kind)") == "ok")
        }

        @Test(arguments: LockKind.all)
        func `attaching and locking without descriptors is outOfResources`(kind: LockKind) throws {
            let shared = try scratch.segment(lock: kind)
            for command in ["attach readWrite", "lock"] {
                var failures = 0
                for spare in 0..<4 {
                    // A new handle each time: a handle keeps what it has open.
                    let probe = try scratch.probe(shared)
                    try #require(try probe.ask("spare-descriptors \(spare)") == "ok")
                    let answer = try probe.ask(command)
                    if !answer.hasPrefix("ok") {
                        failures += 1
                        #expect(answer.hasPrefix("error outOfResources"), "\(command), \(spare) spare: \(answer)")
                        #expect(try shared.numAttachments == 0)
                        #expect(try shared.tryLock() == .released)
                        try shared.unlock()
                        // With descriptors it works.
                        try #require(try probe.ask("all-descriptors") == "ok")
                        #expect(try probe.ask(command).hasPrefix("ok"))
                    }
                    if command == "lock" { #expect(try probe.ask("unlock") == "ok") }
                    probe.kill()
                }
                #expect(failures > 0 && failures < 4)
            }
            #expect(try shared.numAttachments == 0)
        }

        @Test func `exists and size do not crash without descriptors`() throws {
            let shared = try scratch.segment()
            let probe = try scratch.probe(shared)
            try #require(try probe.ask("spare-descriptors 0") == "ok")
            #expect(try probe.ask("size") == "ok 0")
            #expect(try probe.ask("exists").hasPrefix("ok"))
            #expect(shared.exists)
        }
    }
}
