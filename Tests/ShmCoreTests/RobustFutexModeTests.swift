import CShm
import Glibc
import SystemPackage
import TestSupport
import Testing

@_spi(Bench) @testable import ShmCore

extension ShmCoreSuite {
    /// Quiet mode, contended mode and bias, and deaths in each.
    @Suite(.enabled(if: LockKind.robustFutex.obstacle == nil && Membarrier.obstacle == nil))
    struct RobustFutexModeTests {
        let scratch = Scratch()
        let shared: SharedMemory
        let word: RobustWord
        /// A run that is long enough for the bias with the settings below.
        private static let run = 16
        private static let settings = ["SHM_ROBUST_RUN=8", "SHM_ROBUST_QUIET=1000000", "SHM_ROBUST_CONTENDED=4"]

        init() throws {
            shared = try scratch.segment(lock: .robustFutex)
            word = try RobustWord(shared)
        }

        private func participant() throws -> RobustFutexLock { try shared.participant(in: RobustFutexLock.self) }

        private func probe() throws -> Probe { try scratch.probe(shared.key, settings: Self.settings) }

        /// A process that has the bias.
        private func biasedProbe() throws -> Probe {
            let probe = try probe()
            try #require(try probe.ask("repeat \(Self.run)") == "ok")
            try #require(word.state.biased == UInt32(probe.processID))
            return probe
        }

        /// A process that has the bias and is inside.
        private func insideProbe() throws -> Probe {
            let probe = try biasedProbe()
            try #require(try probe.ask("participant lock") == "ok acquired")
            try #require(word.biased == UInt32(probe.processID) && word.value == 0)
            return probe
        }

        // MARK: Changes

        @Test func `a long run in quiet mode earns the bias, and the word is no longer touched`() throws {
            let lock = try participant()
            for _ in 0..<20_000 {
                #expect(lock.lock() == .acquired)
                lock.unlock()
            }
            #expect(word.state.biased == shm_gettid() && !word.state.isContended)
            #expect(lock.lock() == .acquired)
            #expect(word.biased == shm_gettid() && word.value == 0 && word.mode == RobustWords.Mode.closed)
            // Another participant of the same thread knows that the thread is inside.
            let other = try participant()
            #expect(other.tryLock() == .busy)
            #expect(other.lock() == .failed(.deadlock))
            #expect(lock.tryLock() == .busy)
            lock.unlock()
            #expect(word.biased == 0 && word.value == 0)
            #expect(other.lock() == .acquired)
            other.unlock()
            #expect(lock.lock() == .acquired)
            lock.unlock()
        }

        @Test func `the handle uses the bias`() throws {
            try shared.attach()
            for _ in 0..<20_000 {
                try shared.lock()
                try shared.unlock()
            }
            try shared.lock()
            #expect(word.biased == shm_gettid() && word.value == 0)
            #expect(try SharedMemory(key: shared.key).tryLock() == nil)
            try shared.unlock()
            #expect(word.biased == 0)
        }

        @Test func `another thread takes the bias away, and the first gets it again`() throws {
            let first = try biasedProbe()
            let lock = try participant()
            #expect(lock.lock() == .acquired)
            #expect(word.state.biased == 0 && word.former == UInt32(first.processID))
            #expect(try first.ask("participant trylock") == "ok busy")
            lock.unlock()
            // While the first may still be about to store to the biased word, no other thread gets the bias.
            let second = try probe()
            #expect(try second.ask("repeat 100") == "ok")
            #expect(word.state.biased == 0)
            #expect(try first.ask("repeat 1") == "ok")
            #expect(word.former == 0)
            #expect(try second.ask("repeat 100") == "ok")
            #expect(word.state.biased == UInt32(second.processID))
            #expect(try first.ask("repeat 100") == "ok")
            #expect(word.state.biased != UInt32(second.processID))
        }

        @Test func `the bias of a process that has gone does not keep others from it`() throws {
            let first = try biasedProbe()
            first.kill()
            let second = try probe()
            #expect(try second.ask("repeat 100") == "ok")
            #expect(word.state.biased == UInt32(second.processID))
        }

        @Test func `a sleeper begins contended mode, and it ends when no waiter has slept for a while`() throws {
            let (owner, waiter) = (try probe(), try probe())
            try #require(try owner.ask("participant lock") == "ok acquired")
            try waiter.begin("participant lock")
            #expect(word.state.permitsSleep && word.mode == RobustWords.Mode.contended)
            #expect(word.value & RobustWord.waiters != 0)
            #expect(try owner.ask("participant unlock") == "ok")
            #expect(try waiter.answer() == "ok acquired")
            #expect(try waiter.ask("participant unlock") == "ok")
            #expect(word.state.isContended)
            usleep(5_000)
            #expect(try owner.ask("repeat 10") == "ok")
            #expect(!word.state.isContended)
            #expect(try owner.ask("repeat 100") == "ok")
            #expect(word.state.biased == UInt32(owner.processID))
        }

        @Test func `a release in quiet mode that finds contended mode makes the next owner write it`() throws {
            let lock = try participant()
            for _ in 0..<2 {
                #expect(lock.lock() == .acquired)
                lock.unlock()
            }
            #expect(lock.lock() == .acquired)
            word.state = RobustState(bits: RobustState.contended | RobustState.confirmed)
            lock.unlock()
            #expect(word.mode == RobustWords.Mode.quiet)
            #expect(lock.lock() == .acquired)
            #expect(word.mode == RobustWords.Mode.contended)
            lock.unlock()
        }

        @Test func `a waiter suggests contended mode to an owner only`() {
            for free in [0, RobustWord.waiters, RobustWord.ownerMask] {
                word.value = free
                word.words.suggestContended()
                #expect(word.mode == RobustWords.Mode.quiet, "\(free)")
            }
            word.value = 1 | RobustWord.waiters
            word.words.suggestContended()
            #expect(word.mode == RobustWords.Mode.contended && word.value == 1 | RobustWord.waiters)
            (word.value, word.mode) = (0, RobustWords.Mode.quiet)
        }

        @Test func `an unlock by a thread that has lost the bias leaves the next owner inside`() throws {
            let lock = try participant()
            let other = try participant()
            for _ in 0..<20_000 {
                #expect(lock.lock() == .acquired)
                lock.unlock()
            }
            try #require(word.state.biased == shm_gettid())
            let owner = try probe()
            #expect(try owner.ask("repeat 1") == "ok")
            // The thread acknowledges the loss through another participant.
            #expect(other.lock() == .acquired)
            other.unlock()
            try #require(try owner.ask("repeat 100") == "ok")
            try #require(word.state.biased == UInt32(owner.processID))
            #expect(try owner.ask("participant lock") == "ok acquired")
            lock.unlock()
            #expect(word.biased == UInt32(owner.processID))
            #expect(try owner.ask("participant unlock") == "ok")
        }

        // MARK: Waiting for the thread with the bias

        @Test func `others wait for a biased owner, with deadlines and without`() throws {
            let owner = try insideProbe()
            let lock = try participant()
            #expect(lock.tryLock() == .busy)
            #expect(lock.lock(until: .after(.milliseconds(20))) == .busy)
            #expect(word.value == 0, "a wait that ended leaves the word free")
            let waiter = try probe()
            try waiter.begin("participant lock")
            #expect(try owner.ask("participant unlock") == "ok")
            #expect(try waiter.answer() == "ok acquired")
            #expect(try owner.ask("participant trylock") == "ok busy")
            #expect(try waiter.ask("participant unlock") == "ok")
            #expect(try owner.ask("participant lock") == "ok acquired")
        }

        @Test func `a stopped owner with the bias keeps the lock`() throws {
            let owner = try insideProbe()
            owner.signal(SIGSTOP)
            let lock = try participant()
            #expect(lock.lock(until: .after(.milliseconds(30))) == .busy)
            owner.signal(SIGCONT)
            #expect(try owner.ask("participant unlock") == "ok")
            #expect(lock.lock(until: .after(.seconds(5))) == .acquired)
            lock.unlock()
        }

        // MARK: Deaths

        @Test func `the death of a biased owner is reported once`() throws {
            let owner = try insideProbe()
            owner.kill()
            let lock = try participant()
            #expect(lock.lock() == .ownerDied)
            lock.unlock()
            #expect(word.biased == 0 && word.value == 0 && word.state.biased == 0)
            #expect(lock.lock() == .acquired)
            lock.unlock()
        }

        @Test func `a waiter is woken by the death of a biased owner`() throws {
            let owner = try insideProbe()
            let waiters = [try probe(), try probe()]
            for waiter in waiters { try waiter.begin("participant lock") }
            let took = try time {
                owner.kill()
                let isFirst = try eventually { try waiters.contains { try $0.answers(within: .zero) } }
                try #require(isFirst)
            }
            #expect(took < .seconds(2))
            var answers: [String] = []
            for waiter in waiters where try waiter.answers(within: .zero) {
                answers.append(try waiter.answer())
                #expect(try waiter.ask("participant unlock") == "ok")
            }
            for waiter in waiters where answers.count < 2 {
                if let answer = try? waiter.answer(within: .seconds(2)) { answers.append(answer) }
            }
            #expect(answers.sorted() == ["ok acquired", "ok ownerDied"])
        }

        @Test func `a revoking thread that dies passes the revocation on`() throws {
            let owner = try insideProbe()
            let revoker = try probe()
            try revoker.begin("participant lock")
            #expect(word.state.bits & RobustState.revoking != 0)
            revoker.kill()
            // The owner is still inside.
            let lock = try participant()
            #expect(lock.lock(until: .after(.milliseconds(20))) == .busy)
            #expect(try owner.ask("participant unlock") == "ok")
            // The revoker owned the word when it died, and not the lock.
            #expect(lock.lock(until: .after(.seconds(5))) == .acquired)
            lock.unlock()
            #expect(try owner.ask("repeat 3") == "ok")
        }

        @Test func `the deaths of a biased owner and its revoker are one report`() throws {
            let owner = try insideProbe()
            let revoker = try probe()
            try revoker.begin("participant lock")
            revoker.kill()
            owner.kill()
            let lock = try participant()
            #expect(lock.lock(until: .after(.seconds(5))) == .ownerDied)
            lock.unlock()
            #expect(lock.lock() == .acquired)
            lock.unlock()
        }

        @Test func `an owner with the bias that executes another program has died`() throws {
            let owner = try insideProbe()
            #expect(try owner.ask("exec").hasPrefix("ok"))
            let lock = try participant()
            #expect(lock.lock(until: .after(.seconds(5))) == .ownerDied)
            lock.unlock()
        }

        @Test func `the child of a biased owner has no bias and does not own its lock`() throws {
            let owner = try insideProbe()
            #expect(try owner.ask("in-child participant trylock").hasPrefix("ok ok busy"))
            #expect(word.biased == UInt32(owner.processID))
            #expect(try owner.ask("participant unlock") == "ok")
        }

        // MARK: The segment

        @Test(arguments: ["noWait", "forceNoWait"])
        func `a lock with a bias can be destroyed`(mode: String) throws {
            let owner = try biasedProbe()
            let destroyer = try probe()
            #expect(try destroyer.ask("destroy \(mode)") == "ok")
            #expect(try owner.ask("participant lock").contains("failed"))
            #expect(try owner.ask("participant trylock").contains("failed"))
        }

        @Test func `destroying by force ends the wait for a biased owner`() throws {
            let owner = try insideProbe()
            let (waiter, destroyer) = (try probe(), try probe())
            try waiter.begin("participant lock")
            #expect(try destroyer.ask("destroy forceNoWait") == "ok")
            #expect(try waiter.answer().contains("failed"))
            #expect(try owner.ask("participant unlock") == "ok")
            #expect(try owner.ask("participant lock").contains("failed"))
        }

        @Test func `a removed lock stays removed although a plain store overwrites its mark`() throws {
            let lock = try participant()
            #expect(lock.lock() == .acquired)
            let other = try participant()
            other.retire()
            // As the store of an unlocker does that was delayed.
            word.value = 0
            #expect(other.lock() == .failed(.identifierRemoved))
            #expect(word.value == RobustWord.ownerMask)
            #expect(other.tryLock() == .failed(.identifierRemoved))
        }

        @Test(arguments: [false, true])
        func `a removed lock is taken once at most before a release finds the state`(isMarked: Bool) throws {
            let lock = try participant()
            for _ in 0..<3 {
                #expect(lock.lock() == .acquired)
                lock.unlock()
            }
            try participant().retire()
            // As if the unlocker had died after its store.
            word.value = 0
            #expect(lock.lock() == .acquired)
            if isMarked { word.value |= RobustWord.waiters }
            lock.unlock()
            #expect(word.value == RobustWord.ownerMask)
            #expect(lock.lock() == .failed(.identifierRemoved))
        }

        // MARK: Values that other programs or dead processes left

        @Test(arguments: [RobustState.revoking, 0]) func `a stale bias is taken away`(flag: UInt64) throws {
            let dead = try RobustWord.deadThread(scratch, shared)
            let lock = try participant()
            for (left, outcome) in [
                (UInt32(0), LockOutcome.acquired), (RobustWord.ownerDied, .ownerDied), (dead, .ownerDied),
            ] {
                word.state = RobustState(bits: UInt64(dead) | flag)
                word.mode = RobustWords.Mode.closed
                word.biased = left
                #expect(lock.lock(until: .after(.seconds(5))) == outcome, "\(left)")
                lock.unlock()
                #expect(word.biased == 0 && word.state.biased == 0)
            }
        }

        @Test func `a former thread of the same id that died inside is reported`() throws {
            let lock = try participant()
            #expect(lock.lock() == .acquired)
            lock.unlock()
            word.state = RobustState(bits: UInt64(shm_gettid()))
            word.mode = RobustWords.Mode.closed
            word.biased = RobustWord.ownerDied
            #expect(lock.lock() == .ownerDied)
            lock.unlock()
            #expect(word.biased == 0 && word.state.biased == 0)
        }

        @Test func `a thread that died before it closed the mode word leaves no way past the bias`() throws {
            let lock = try participant()
            #expect(lock.lock() == .acquired)
            lock.unlock()
            let owner = try insideProbe()
            // As if another thread of the owner's id had died between the two stores.
            word.mode = RobustWords.Mode.quiet
            word.value = RobustWord.ownerDied
            #expect(lock.tryLock() == .busy)
            #expect(word.value == 0 && word.mode == RobustWords.Mode.closed)
            #expect(lock.tryLock() == .busy)
            owner.kill()
            #expect(lock.lock(until: .after(.seconds(5))) == .ownerDied)
            lock.unlock()
        }

        @Test(arguments: [1, 2, 3, 1 << 30, 1 << 31, UInt32.max])
        func `any value of the mode word is put right`(mode: UInt32) throws {
            let lock = try participant()
            for _ in 0..<2 {
                word.mode = mode
                for _ in 0..<3 {
                    #expect(lock.lock() == .acquired)
                    #expect(word.owner == shm_gettid())
                    lock.unlock()
                }
                #expect(word.mode == RobustWords.Mode.quiet && word.value == 0)
            }
        }

        // MARK: membarrier

        @Test func `without membarrier at its creation a lock stays in contended mode`() throws {
            let confined = try probe()
            try #require(try confined.ask("refuse-membarrier \(EPERM)") == "ok")
            let key = scratch.key()
            let creator = try scratch.probe(key, settings: Self.settings)
            try #require(try creator.ask("refuse-membarrier \(ENOSYS)") == "ok")
            #expect(try creator.ask("create 64 robust-futex") == "ok")
            #expect(try creator.ask("attach readWrite") == "ok")
            #expect(try creator.ask("repeat 100") == "ok")
            let handle = scratch.handle(key)
            let word = try RobustWord(attached(handle))
            #expect(word.state.isPlain && word.state.permitsSleep && word.state.biased == 0)
            // Others wait for it, and the death of its owner is reported.
            try #require(try creator.ask("participant lock") == "ok acquired")
            #expect(try handle.lock(timeout: .milliseconds(20)) == nil)
            creator.kill()
            #expect(try handle.lock(timeout: .seconds(5)) == .ownerDied)
            try handle.unlock()
        }

        private func attached(_ handle: SharedMemory) throws -> SharedMemory {
            try handle.attach()
            return handle
        }

        @Test(arguments: [EPERM, ENOSYS])
        func `a process that may not use membarrier gets an error that says so`(errno: CInt) throws {
            let confined = try probe()
            try #require(try confined.ask("refuse-membarrier \(errno)") == "ok")
            #expect(try confined.ask("attach readWrite") == "ok")
            for command in ["lock", "trylock", "lock-within 10"] {
                let text = try confined.ask(command)
                #expect(text.contains("membarrier(2)") && text.contains("permit it"), "\(text)")
                #expect(!text.contains("force"), "\(text)")
            }
            #expect(try shared.tryLock() == .released)
        }
    }
}
