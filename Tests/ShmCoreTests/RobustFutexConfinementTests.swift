import Glibc
import TestSupport
import Testing

@testable import ShmCore

extension ShmCoreSuite {
    /// Where the lock cannot work: other PID namespaces, and seccomp filters that deny the robust list.
    @Suite struct RobustFutexConfinementTests {
        let scratch = Scratch()

        // MARK: PID namespaces

        /// Starts a program as the first process of a new PID namespace.
        static let elsewhere =
            ["/usr/bin/unshare"] + (isRoot ? [] : ["--user", "--map-root-user"]) + ["--pid", "--fork"]

        private static let mayGoElsewhere: Bool = {
            var started: pid_t = 0
            var words = unsafe (elsewhere + ["/bin/true"]).map { unsafe strdup($0) } + [nil]
            defer { unsafe words.forEach { unsafe free($0) } }
            guard unsafe posix_spawn(&started, elsewhere[0], nil, nil, &words, nil) == 0 else { return false }
            var status: CInt = 0
            while unsafe waitpid(started, &status, 0) < 0, errno == EINTR {}
            return status == 0
        }()

        private static let needed = ConditionTrait.enabled(
            if: mayGoElsewhere, "needs a PID namespace of its own: root, or user namespaces")

        private func expectRefusal(_ answer: String, sourceLocation: SourceLocation = #_sourceLocation) {
            #expect(answer.hasPrefix("error lockError"), sourceLocation: sourceLocation)
            #expect(answer.contains("PID namespace"), "\(answer)", sourceLocation: sourceLocation)
            #expect(answer.contains("flock"), "\(answer)", sourceLocation: sourceLocation)
            #expect(!answer.contains("by force"), "\(answer)", sourceLocation: sourceLocation)
        }

        /// Kinds whose words hold thread ids.
        static let named = LockKind.all.filter(\.properties.onePIDNamespace)

        @Test(needed, arguments: named)
        func `in another PID namespace locking is an error that names the kind to use`(kind: LockKind) throws {
            let shared = try scratch.segment(lock: kind)
            try shared.lock()
            let stranger = try scratch.probe(shared.key, through: Self.elsewhere)
            var commands = ["lock", "trylock", "lock-within 10", "destroy noWait"]
            if kind == .robustFutex { commands.append("participant trylock") }
            for command in commands { expectRefusal(try stranger.ask(command)) }
            // Operations that need no lock work.
            #expect(try stranger.ask("attach readWrite") == "ok")
            #expect(try stranger.ask("count") == "ok 1")
            #expect(shared.holdsLock && shared.exists)
            try shared.unlock()
            #expect(try shared.tryLock() == .released)
        }

        @Test(needed, arguments: named)
        func `a destroyer in another PID namespace destroys what no other process has open`(kind: LockKind) throws {
            let key = scratch.key()
            let creator = try scratch.probe(key, through: Self.elsewhere)
            try #require(try creator.ask("create 64 \(kind.name)") == "ok")
            try #require(try creator.ask("lock") == "ok released")
            // The owner holds the lock.
            let shared = scratch.handle(key)
            let refusal = expect(.lockError) { try shared.destroy() }
            #expect(refusal?.reason.contains("once no process has it open") == true, "\(refusal?.reason ?? "")")
            #expect(shared.exists)
            // Its container ends in a moment.
            creator.kill()
            #expect(eventually { (try? shared.destroy()) != nil })
            #expect(!RawFile.exists(key))
        }

        @Test(needed) func `a segment from another PID namespace is an error`() throws {
            let key = scratch.key()
            let stranger = try scratch.probe(key, through: Self.elsewhere)
            try #require(try stranger.ask("create 64 robust-futex") == "ok")
            #expect(try stranger.ask("lock") == "ok released")
            let error = expect(.lockError) { _ = try scratch.handle(key).lock(timeout: .seconds(1)) }
            #expect(error?.reason.contains("flock") == true)
        }

        @Test(needed, arguments: [LockKind.flock, .ofdRecord, .sysvSemUndo])
        func `across PID namespaces locks without thread ids work and report owner deaths`(kind: LockKind) throws {
            let shared = try scratch.segment(lock: kind)
            let stranger = try scratch.probe(shared.key, through: Self.elsewhere)
            #expect(try stranger.ask("lock") == "ok released")
            #expect(try shared.tryLock() == nil)
            #expect(try stranger.ask("unlock") == "ok")
            #expect(try shared.tryLock() == .released)
            #expect(try stranger.ask("trylock") == "ok busy")
            try shared.unlock()
            #expect(try stranger.ask("lock") == "ok released")
            stranger.kill()
            #expect(try shared.lock(timeout: .seconds(5)) == .ownerDied)
        }

        @Test(needed) func `a destroyer in another PID namespace ends the waits here`() throws {
            let shared = try scratch.segment(lock: .robustFutex)
            let waiter = try scratch.probe(shared)
            try shared.lock()
            try waiter.begin("participant lock")
            let stranger = try scratch.probe(shared.key, through: Self.elsewhere)
            #expect(try stranger.ask("destroy forceNoWait") == "ok")
            #expect(try waiter.answer().contains("failed"))
        }

        @Test(.needsRoot) func `a child that is forked into another PID namespace gets an error`() throws {
            let shared = try scratch.segment(lock: .robustFutex)
            let parent = try scratch.probe(shared)
            try #require(try parent.ask("lock") == "ok released")
            try #require(try parent.ask("unlock") == "ok")
            try #require(try parent.ask("children-elsewhere") == "ok")
            expectRefusal(String(try parent.ask("in-child lock").dropFirst(3)))
            #expect(try parent.ask("lock") == "ok released")
        }

        // MARK: Filters

        @Test(arguments: [EPERM, ENOSYS])
        func `without a robust list the default kind is one that survives without it`(errno: CInt) throws {
            let key = scratch.key()
            let confined = try scratch.probe(key)
            try #require(try confined.ask("refuse-robust-list \(errno)") == "ok")
            #expect(try confined.ask("default-lock") == "ok flock")
            for kind in ["robust-futex", "pthread-robust", "pthread-robust-pi"] {
                let refusal = try confined.ask("create 64 \(kind)")
                #expect(refusal.hasPrefix("error lockError"))
                #expect(refusal.contains("get_robust_list"), "\(refusal)")
                #expect(refusal.contains("use flock"), "\(refusal)")
                #expect(!RawFile.exists(key))
            }
            #expect(try confined.ask("create 64 flock") == "ok")
            #expect(try confined.ask("lock") == "ok released")
            confined.kill()
            #expect(try scratch.handle(key).lock(timeout: .seconds(5)) == .ownerDied)
        }

        @Test(arguments: [EPERM, ENOSYS])
        func `without a robust list an existing lock is an error, and not reported as broken`(errno: CInt) throws {
            let shared = try scratch.segment(lock: .robustFutex)
            let confined = try scratch.probe(shared)
            try #require(try confined.ask("refuse-robust-list \(errno)") == "ok")
            #expect(try confined.ask("attach readWrite") == "ok")
            for command in ["lock", "trylock", "lock-within 10", "error-string", "participant trylock"] {
                let text = try confined.ask(command)
                #expect(text.contains("robust-futex (get_robust_list"), "\(text)")
                #expect(text.contains("the lock flock"), "\(text)")
                #expect(!text.contains("does not work") && !text.contains("force"), "\(text)")
            }
            #expect(try shared.tryLock() == .released)
        }

        @Test func `a later filter does not affect registered threads, and new ones get an error`() throws {
            let shared = try scratch.segment(lock: .robustFutex)
            let confined = try scratch.probe(shared)
            try #require(try confined.ask("lock") == "ok released")
            try #require(try confined.ask("refuse-robust-list \(EPERM)") == "ok")
            #expect(try confined.ask("unlock") == "ok")
            #expect(try confined.ask("lock") == "ok released")
            #expect(try confined.ask("participant trylock").contains("get_robust_list"))
            // A child registers again.
            #expect(try confined.ask("unlock") == "ok")
            let text = try confined.ask("in-child lock")
            #expect(text.contains("get_robust_list") && !text.contains("by force"), "\(text)")
            #expect(try confined.ask("lock") == "ok released")
            confined.kill()
            #expect(try shared.lock(timeout: .seconds(5)) == .ownerDied)
        }

        @Test func `a destroyer without a robust list ends the waits of others`() throws {
            let shared = try scratch.segment(lock: .robustFutex)
            let (waiter, confined) = (try scratch.probe(shared), try scratch.probe(shared))
            try shared.lock()
            try waiter.begin("participant lock")
            try #require(try confined.ask("refuse-robust-list \(EPERM)") == "ok")
            #expect(try confined.ask("destroy forceNoWait") == "ok")
            #expect(try waiter.answer().contains("failed"))
        }
    }
}
