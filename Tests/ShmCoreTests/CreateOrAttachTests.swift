import Glibc
import TestSupport
import Testing

@testable import ShmCore

extension ShmCoreSuite {
    /// One call for programs that may start at the same moment.
    @Suite struct CreateOrAttachTests {
        let scratch = Scratch()
        private struct Stop: Error {}

        @Test(arguments: LockKind.all)
        func `the first caller creates and initialises, the second attaches to what it made`(kind: LockKind) throws {
            let shared = scratch.handle()
            let origin = try shared.createOrAttach(size: 64, lock: kind) { bytes in
                #expect(bytes.byteCount == 64)
                #expect(shared.holdsLock)
                bytes.storeBytes(of: 42, toByteOffset: 0, as: Int.self)
            }
            #expect(origin == .created)
            #expect(shared.isValid && shared.exists && !shared.holdsLock)
            let other = scratch.handle(shared.key)
            let second = try other.createOrAttach(size: 64, lock: .futex) { _ in _ = Issue.record("initialised twice") }
            #expect(second == .attached)
            #expect(other.lockKind == kind)
            #expect(unsafe other.data?.load(as: Int.self) == 42)
            #expect(try other.lock() == .released)
            try other.unlock()
            #expect(try shared.lock() == .released)
            try shared.unlock()
            #expect(try shared.numAttachments == 2)
        }

        @Test func `of many that start at once one initialises, and all see what it wrote`() throws {
            for round in 0..<30 {
                let key = scratch.key()
                let probes = try (0..<6).map { _ in try scratch.probe(key) }
                for probe in probes { probe.send("create-or-attach 64 robust-futex \(round % 3 == 0 ? "5ms" : "7")") }
                let answers = try probes.map { try $0.answer() }
                #expect(answers.filter { $0 == "ok created" }.count == 1, "\(answers)")
                #expect(answers.filter { $0 == "ok attached" }.count == 5, "\(answers)")
                for probe in probes {
                    #expect(try probe.ask("peek 0") == (round % 3 == 0 ? "ok 99" : "ok 7"))
                    #expect(try probe.ask("peek 1") == "ok 1")
                }
            }
        }

        @Test(arguments: LockKind.all)
        func `where the winner dies while it initialises, another one begins anew`(kind: LockKind) throws {
            let key = scratch.key()
            let doomed = try scratch.probe(key)
            doomed.send("create-or-attach 64 \(kind.name) dies")
            doomed.waitForEnd()
            // What it left is no segment.
            let shared = scratch.handle(key)
            #expect(RawFile.exists(key))
            #expect(!shared.exists)
            #expect(shared.size == 0)
            expect(.notFound) { try shared.attach() }
            expect(.lockError) { try shared.lock() }
            var seen: UInt8?
            let origin = try shared.createOrAttach(size: 64, lock: kind) { bytes in
                seen = unsafe bytes.unsafeLoad(fromByteOffset: 5, as: UInt8.self)
            }
            #expect(origin == .created)
            #expect(seen == 0)
            #expect(try shared.lock() == .released)
            try shared.unlock()
        }

        @Test func `what a dead initialiser left is cleared by create and by destroy as well`() throws {
            for isCreate in [true, false] {
                let key = scratch.key()
                let doomed = try scratch.probe(key)
                doomed.send("create-or-attach 64 robust-futex dies")
                doomed.waitForEnd()
                if isCreate {
                    try scratch.handle(key).create(size: 5)
                    #expect(scratch.handle(key).size == 5)
                } else {
                    try scratch.handle(key).destroy()
                    #expect(!RawFile.exists(key))
                }
            }
        }

        @Test(arguments: [
            "attach readWrite", "lock", "trylock", "count", "create-or-attach 64 futex 7", "destroy noWait",
        ])
        func `everybody waits while the segment is being initialised, or is its heir`(command: String) throws {
            let key = scratch.key()
            let winner = try scratch.probe(key)
            try winner.begin("create-or-attach 64 robust-futex 200ms")
            let other = try scratch.probe(key)
            try #require(try eventually { try other.ask("exists") == "ok true" })
            let answer = try other.ask(command)
            #expect(answer.hasPrefix("ok"), "\(answer)")
            #expect(try winner.answer() == "ok created")
        }

        @Test func `those who wait for an initialiser that is killed go on by themselves`() throws {
            let key = scratch.key()
            let winner = try scratch.probe(key)
            try winner.begin("create-or-attach 64 robust-futex 60000ms")
            let heirs = try (0..<4).map { _ in try scratch.probe(key) }
            for heir in heirs { try heir.begin("create-or-attach 64 robust-futex 7") }
            for heir in heirs { #expect(try !heir.answers(within: .milliseconds(20))) }
            winner.kill()
            let answers = try heirs.map { try $0.answer() }
            #expect(answers.filter { $0 == "ok created" }.count == 1, "\(answers)")
            #expect(answers.filter { $0 == "ok attached" }.count == 3, "\(answers)")
            for heir in heirs { #expect(try heir.ask("peek 1") == "ok 1") }
        }

        @Test(arguments: ["fork", "fork-throws"])
        func `the child of a fork in the initialiser ends nothing of its parent's`(how: String) throws {
            let key = scratch.key()
            let winner = try scratch.probe(key)
            try winner.begin("create-or-attach 64 robust-futex \(how)")
            usleep(50_000)
            // The child has returned or thrown, and the parent is at work.
            let other = scratch.handle(key)
            #expect(try other.tryLock() == nil)
            #expect(other.exists)
            #expect(try winner.answer() == "ok created")
            #expect(try other.lock() == .released)
            try other.unlock()
            #expect(try winner.ask("peek 0") == "ok 99")
        }

        @Test func `a thread that initialises is told by another handle, and does not wait for itself`() throws {
            let winner = try scratch.probe(scratch.key())
            #expect(try winner.ask("create-or-attach 64 robust-futex again") == "ok created")
            #expect(try winner.ask("create-or-attach 64 robust-futex 1").hasPrefix("error alreadyExists"))
        }

        @Test func `a try and a timeout keep their time while another process initialises, stopped even`() throws {
            let key = scratch.key()
            let winner = try scratch.probe(key)
            try winner.begin("create-or-attach 64 robust-futex 60000ms")
            winner.signal(SIGSTOP)
            let other = scratch.handle(key)
            let taken = try time { () throws in
                #expect(try other.tryLock() == nil)
                #expect(try other.lock(timeout: .milliseconds(30)) == nil)
                #expect(other.size == 64 && other.lockKind == .robustFutex)
            }
            #expect(taken < .seconds(2), "\(taken)")
            // One that waits notices the end by force.
            let waiter = try scratch.probe(key)
            try waiter.begin("attach readWrite")
            try other.destroy(mode: .forceNoWait)
            #expect(try waiter.answer().hasPrefix("error notFound"))
        }

        @Test func `whatever becomes of slow winners, no other is told that the segment exists`() throws {
            let key = scratch.key()
            let winner = try scratch.probe(key)
            try winner.begin("create-or-attach 64 futex 60000ms")
            let others = try (0..<6).map { _ in try scratch.probe(key) }
            for other in others { try other.begin("create-or-attach 64 futex throws") }
            usleep(1_200_000)
            winner.kill()
            for other in others { #expect(try other.answer() == "error Stop()") }
            #expect(!RawFile.exists(key))
        }

        @Test func `an initialiser that throws leaves nothing, and another one begins anew`() throws {
            let shared = scratch.handle()
            #expect(throws: Stop.self) { try shared.createOrAttach(size: 64) { _ in throw Stop() } }
            #expect(!RawFile.exists(shared.key))
            #expect(!shared.isValid && !shared.holdsLock)
            #expect(try shared.createOrAttach(size: 64) == .created)
            // Nothing of the first one's stays mapped or locked.
            #expect(try shared.numAttachments == 1)
        }

        @Test func `a segment that is there and too small is refused, and a larger one is fine`() throws {
            let shared = try scratch.segment(size: 64)
            let other = scratch.handle(shared.key)
            let error = expect(.invalidSize) { try other.createOrAttach(size: 65) }
            #expect(error?.reason.contains("at most 64") == true)
            #expect(!other.isValid)
            #expect(try other.createOrAttach(size: 1) == .attached)
        }

        @Test func `what cannot be is refused as by create`() throws {
            let shared = scratch.handle()
            expect(.invalidSize) { try shared.createOrAttach(size: 0) }
            expect(.keyError) { try SharedMemory().createOrAttach(size: 64) }
            try shared.createOrAttach(size: 64)
            expect(.alreadyExists) { try shared.createOrAttach(size: 64) }
            let key = scratch.key()
            RawFile.replace(key, with: [1, 2, 3])
            expect(.keyError) { try scratch.handle(key).createOrAttach(size: 64) }
        }

        @Test func `destroyed by force while it is initialised, a segment is not handed out`() throws {
            let key = scratch.key()
            let winner = try scratch.probe(key)
            try winner.begin("create-or-attach 64 robust-futex 100ms")
            let other = scratch.handle(key)
            try #require(eventually { other.exists })
            try other.destroy(mode: .forceNoWait)
            #expect(try winner.answer().hasPrefix("error notFound"))
            #expect(!RawFile.exists(key))
        }
    }
}
