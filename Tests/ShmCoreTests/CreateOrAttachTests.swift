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
        func `the first caller creates and initialises, the second attaches to its segment`(kind: LockKind) throws {
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

        @Test func `of many concurrent callers one initialises, and all observe its data`() throws {
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
        func `if the initialiser dies, another caller starts again`(kind: LockKind) throws {
            let key = scratch.key()
            let doomed = try scratch.probe(key)
            doomed.send("create-or-attach 64 \(kind.name) dies")
            doomed.waitForEnd()
            // What it left is not a segment.
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

        @Test func `create and destroy also remove what a dead initialiser left`() throws {
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
        func `every operation waits for an initialiser, or takes over from a dead one`(command: String) throws {
            let key = scratch.key()
            let winner = try scratch.probe(key)
            try winner.begin("create-or-attach 64 robust-futex 200ms")
            let other = try scratch.probe(key)
            try #require(try eventually { try other.ask("exists") == "ok true" })
            let answer = try other.ask(command)
            #expect(answer.hasPrefix("ok"), "\(answer)")
            #expect(try winner.answer() == "ok created")
        }

        @Test func `waiters continue after their initialiser is killed`() throws {
            let key = scratch.key()
            let winner = try scratch.probe(key)
            try winner.begin("create-or-attach 64 robust-futex 60000ms")
            let waiters = try (0..<4).map { _ in try scratch.probe(key) }
            for waiter in waiters { try waiter.begin("create-or-attach 64 robust-futex 7") }
            for waiter in waiters { #expect(try !waiter.answers(within: .milliseconds(20))) }
            winner.kill()
            let answers = try waiters.map { try $0.answer() }
            #expect(answers.filter { $0 == "ok created" }.count == 1, "\(answers)")
            #expect(answers.filter { $0 == "ok attached" }.count == 3, "\(answers)")
            for waiter in waiters { #expect(try waiter.ask("peek 1") == "ok 1") }
        }

        @Test(arguments: ["fork", "fork-throws"])
        func `the child of a fork in the initialiser changes nothing of its parent's`(how: String) throws {
            let key = scratch.key()
            let winner = try scratch.probe(key)
            try winner.begin("create-or-attach 64 robust-futex \(how)")
            usleep(50_000)
            // The child has returned or thrown, and the parent still initialises.
            let other = scratch.handle(key)
            #expect(try other.tryLock() == nil)
            #expect(other.exists)
            #expect(try winner.answer() == "ok created")
            #expect(try other.lock() == .released)
            try other.unlock()
            #expect(try winner.ask("peek 0") == "ok 99")
        }

        @Test func `another handle of the initialising thread gets an error and does not wait`() throws {
            let winner = try scratch.probe(scratch.key())
            #expect(try winner.ask("create-or-attach 64 robust-futex again") == "ok created")
            #expect(try winner.ask("create-or-attach 64 robust-futex 1").hasPrefix("error alreadyExists"))
        }

        @Test func `tryLock and timeouts return in time while an initialiser runs or is stopped`() throws {
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
            // A waiter notices a destruction by force.
            let waiter = try scratch.probe(key)
            try waiter.begin("attach readWrite")
            try other.destroy(mode: .forceNoWait)
            #expect(try waiter.answer().hasPrefix("error notFound"))
        }

        @Test func `no caller gets alreadyExists when initialisers are killed or throw`() throws {
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

        @Test func `an initialiser that throws leaves nothing, and another caller starts again`() throws {
            let shared = scratch.handle()
            #expect(throws: Stop.self) { try shared.createOrAttach(size: 64) { _ in throw Stop() } }
            #expect(!RawFile.exists(shared.key))
            #expect(!shared.isValid && !shared.holdsLock)
            #expect(try shared.createOrAttach(size: 64) == .created)
            // No mapping and no lock of the first one remains.
            #expect(try shared.numAttachments == 1)
        }

        @Test func `an existing segment that is too small is an error, and a larger one is accepted`() throws {
            let shared = try scratch.segment(size: 64)
            let other = scratch.handle(shared.key)
            let error = expect(.invalidSize) { try other.createOrAttach(size: 65) }
            #expect(error?.reason.contains("at most 64") == true)
            #expect(!other.isValid)
            #expect(try other.createOrAttach(size: 1) == .attached)
        }

        @Test func `invalid arguments fail as they do in create`() throws {
            let shared = scratch.handle()
            expect(.invalidSize) { try shared.createOrAttach(size: 0) }
            expect(.keyError) { try SharedMemory().createOrAttach(size: 64) }
            try shared.createOrAttach(size: 64)
            expect(.alreadyExists) { try shared.createOrAttach(size: 64) }
            let key = scratch.key()
            RawFile.replace(key, with: [1, 2, 3])
            expect(.keyError) { try scratch.handle(key).createOrAttach(size: 64) }
        }

        @Test func `a segment that is destroyed by force during initialisation is not returned`() throws {
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
