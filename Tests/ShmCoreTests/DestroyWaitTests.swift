import Glibc
import ShmCore
import TestSupport
import Testing

extension ShmCoreSuite {
    @Suite struct DestroyWaitTests {
        let scratch = Scratch()

        @Test func `wait lasts until the last attachment ends, also by a kill`() throws {
            let shared = try scratch.segment()
            let attached = try scratch.probes(2, shared)
            for probe in attached { try #require(try probe.ask("attach readOnly") == "ok") }
            let destroyer = try scratch.probe(shared)
            try destroyer.begin("destroy wait")
            #expect(try !destroyer.answers(within: .milliseconds(50)))
            #expect(try attached[0].ask("detach") == "ok")
            #expect(try !destroyer.answers(within: .milliseconds(50)))
            #expect(shared.exists)
            attached[1].kill()
            #expect(try destroyer.answer() == "ok")
            #expect(!RawFile.exists(shared.key))
        }

        @Test func `a signal does not end the wait`() throws {
            let shared = try scratch.segment()
            let attached = try scratch.probe(shared)
            try #require(try attached.ask("attach readWrite") == "ok")
            let destroyer = try scratch.probe(shared)
            try destroyer.begin("destroy wait")
            for _ in 0..<3 {
                #expect(try !destroyer.answers(within: .milliseconds(10)))
                destroyer.signal(SIGSTOP)
                destroyer.signal(SIGCONT)
            }
            attached.kill()
            #expect(try destroyer.answer() == "ok")
        }

        @Test func `meanwhile no process can attach, and attached ones continue`() throws {
            let shared = try scratch.segment()
            let attached = try scratch.probe(shared)
            try #require(try attached.ask("attach readWrite") == "ok")
            let destroyer = try scratch.probe(shared)
            try destroyer.begin("destroy wait")
            #expect(
                eventually {
                    let late = scratch.handle(shared.key)
                    guard (try? late.attach()) == nil else {
                        try? late.detach()
                        return false
                    }
                    return late.error?.code == .notFound
                })
            expect(.notFound) { try shared.attach(mode: .readOnly) }
            #expect(shared.exists)
            #expect(try attached.ask("lock") == "ok released")
            #expect(try attached.ask("poke 0 1") == "ok")
            #expect(try attached.ask("unlock") == "ok")
            expect(.alreadyExists) { try scratch.handle(shared.key).create() }
            #expect(try attached.ask("detach") == "ok")
            #expect(try destroyer.answer() == "ok")
        }

        @Test func `a destroyer that is killed while it waits no longer prevents attachments`() throws {
            let shared = try scratch.segment()
            let attached = try scratch.probe(shared)
            try #require(try attached.ask("attach readWrite") == "ok")
            let destroyer = try scratch.probe(shared)
            try destroyer.begin("destroy wait")
            #expect(try !destroyer.answers(within: .milliseconds(20)))
            destroyer.kill()
            try shared.attach()
            #expect(try shared.numAttachments == 2)
        }

        @Test func `an attached handle gets an error without waiting`() throws {
            let shared = try scratch.segment()
            try shared.attach()
            let taken = time { expect(.lockError) { try shared.destroy(mode: .wait) } }
            #expect(taken < .seconds(1))
            #expect(shared.exists)
            #expect(try scratch.handle(shared.key).tryLock() == .released)
            try shared.detach()
            try shared.attach()
        }

        @Test(arguments: LockKind.all)
        func `wait does not need the lock, and releases one that the handle holds`(kind: LockKind) throws {
            let shared = try scratch.segment(lock: kind)
            try shared.lock()
            try shared.destroy(mode: .wait)
            #expect(!shared.holdsLock)
            #expect(!RawFile.exists(shared.key))
        }

        @Test func `exactly one of two waiting destroyers succeeds`() throws {
            let shared = try scratch.segment()
            let attached = try scratch.probe(shared)
            try #require(try attached.ask("attach readWrite") == "ok")
            let destroyers = try scratch.probes(2, shared)
            for destroyer in destroyers { try destroyer.begin("destroy wait") }
            for destroyer in destroyers { #expect(try !destroyer.answers(within: .milliseconds(20))) }
            #expect(try attached.ask("detach") == "ok")
            let answers = try destroyers.map { try $0.answer() }
            #expect(answers.count { $0 == "ok" } == 1, "\(answers)")
            #expect(answers.count { $0.hasPrefix("error notFound") } == 1, "\(answers)")
        }
    }
}
