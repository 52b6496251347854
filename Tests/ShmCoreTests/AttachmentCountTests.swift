import Glibc
import ShmCore
import Testing

extension ShmCoreSuite {
    @Suite struct AttachmentCountTests {
        let scratch = Scratch()

        @Test func `without a segment the count is an error`() {
            expect(.notFound) { _ = try scratch.handle().numAttachments }
        }

        @Test func `attachments are counted over handles and processes`() throws {
            let shared = try scratch.segment()
            #expect(try shared.numAttachments == 0)
            try shared.attach()
            #expect(try shared.numAttachments == 1)
            let second = scratch.handle(shared.key)
            try second.attach(mode: .readOnly)
            let probe = try scratch.probe(shared)
            try #require(try probe.ask("attach readWrite") == "ok")
            for handle in [shared, second, scratch.handle(shared.key)] { #expect(try handle.numAttachments == 3) }
            #expect(try probe.ask("count") == "ok 3")
            try shared.detach()
            #expect(try probe.ask("count") == "ok 2")
            try #require(try probe.ask("detach") == "ok")
            #expect(try shared.numAttachments == 1)
            try second.detach()
            #expect(try shared.numAttachments == 0)
        }

        @Test func `a hundred attachments are counted exactly while they begin and end`() throws {
            let shared = try scratch.segment()
            var handles: [SharedMemory] = []
            for expected in 1...60 {
                let handle = scratch.handle(shared.key)
                try handle.attach(mode: expected.isMultiple(of: 3) ? .readOnly : .readWrite)
                handles.append(handle)
                #expect(try shared.numAttachments == expected)
            }
            let probe = try scratch.probe(shared)
            try #require(try probe.ask("attach-many 40") == "ok")
            #expect(try shared.numAttachments == 100)
            for (index, handle) in handles.enumerated() {
                try handle.detach()
                #expect(try shared.numAttachments == 99 - index)
            }
            probe.kill()
            #expect(try shared.numAttachments == 0)
        }

        @Test func `the count falls when an attached process is killed`() throws {
            let shared = try scratch.segment()
            let probes = try scratch.probes(3, shared)
            for probe in probes { try #require(try probe.ask("attach readWrite") == "ok") }
            for (dead, probe) in probes.enumerated() {
                #expect(try shared.numAttachments == 3 - dead)
                #expect(probe.kill() == .killed(by: SIGKILL))
            }
            #expect(try shared.numAttachments == 0)
        }

        @Test func `holding a lock, or waiting for it, is not an attachment`() throws {
            let shared = try scratch.segment(lock: .sysvSemUndo)
            try shared.lock()
            let waiter = try scratch.probe(shared)
            try waiter.begin("lock")
            #expect(try !waiter.answers(within: .milliseconds(20)))
            #expect(try shared.numAttachments == 0)
            try shared.unlock()
        }
    }
}
