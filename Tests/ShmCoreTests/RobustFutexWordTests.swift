import CShm
import Glibc
import SystemPackage
import TestSupport
import Testing

@_spi(Bench) @testable import ShmCore

extension ShmCoreSuite {
    /// The lock at the level of its word, with values that only deaths or races leave there.
    @Suite(.enabled(if: LockKind.robustFutex.obstacle == nil)) struct RobustFutexWordTests {
        let scratch = Scratch()
        let shared: SharedMemory
        let word: RobustWord

        init() throws {
            shared = try scratch.segment(lock: .robustFutex)
            word = try RobustWord(shared)
        }

        private func participant() throws -> RobustFutexLock { try shared.participant(in: RobustFutexLock.self) }

        // MARK: Values that a dead process left

        @Test func `the word holds the owner's thread id, and nothing when free`() throws {
            let lock = try participant()
            #expect(lock.lock() == .acquired)
            #expect(word.value == shm_gettid())
            lock.unlock()
            #expect(word.value == 0)
        }

        @Test func `a dead hand-off target causes a short delay and is removed`() throws {
            let lock = try participant()
            var delays: [Duration] = []
            for _ in 0..<9 {
                word.target = try RobustWord.deadThread(scratch, shared)
                word.value = RobustWord.waiters
                var outcome = LockOutcome.busy
                delays.append(time { outcome = lock.lock(until: .after(.seconds(5))) })
                #expect(outcome == .acquired)
                #expect(word.target == 0)
                lock.unlock()
                #expect(word.value == 0)
            }
            #expect(delays.sorted()[4] < .milliseconds(40), "\(delays)")
        }

        @Test func `a release to a dead hand-off target wakes another waiter`() throws {
            let lock = try participant()
            let waiter = try scratch.probe(shared)
            var delays: [Duration] = []
            for _ in 0..<9 {
                #expect(lock.lock() == .acquired)
                try waiter.begin("participant lock")
                word.target = try RobustWord.deadThread(scratch, shared)
                var answer = ""
                let delay = try time {
                    lock.unlock()
                    answer = try waiter.answer()
                }
                #expect(answer == "ok acquired")
                delays.append(delay)
                #expect(try waiter.ask("participant unlock") == "ok")
                #expect(word.target == 0)
            }
            #expect(delays.sorted()[4] < .milliseconds(40), "\(delays)")
        }

        @Test func `tryLock takes a lock that is reserved for a hand-off target`() throws {
            word.target = try RobustWord.deadThread(scratch, shared)
            word.value = RobustWord.waiters
            let lock = try participant()
            #expect(lock.tryLock() == .acquired)
            #expect(word.owner == shm_gettid())
            lock.unlock()
        }

        @Test func `a waiters mark without waiters is harmless`() throws {
            let lock = try participant()
            for (left, outcome) in [
                (RobustWord.waiters, LockOutcome.acquired), (RobustWord.ownerDied | RobustWord.waiters, .ownerDied),
                (RobustWord.ownerDied, .ownerDied),
            ] {
                for attempt in 0..<3 {
                    word.value = left
                    let got =
                        switch attempt {
                        case 0: lock.lock()
                        case 1: lock.tryLock()
                        default: lock.lock(until: .after(.seconds(5)))
                        }
                    #expect(got == outcome)
                    #expect(word.owner == shm_gettid())
                    // Remaining sleepers are not forgotten, and the death is reported once.
                    #expect(word.value & RobustWord.waiters == left & RobustWord.waiters)
                    #expect(word.value & RobustWord.ownerDied == 0)
                    lock.unlock()
                    #expect(word.value == 0)
                    #expect(lock.tryLock() == .acquired)
                    lock.unlock()
                }
            }
        }

        @Test(arguments: [UInt32.max, 0x5a5a_5a5a, 1]) func `arbitrary values in the hints are harmless`(value: UInt32)
            throws
        {
            try shared.attach()
            let others = try scratch.probes(2, shared)
            for place in 1...6 { word.overwrite(value, before: place) }
            for other in others { other.send("increment 2000 2") }
            for other in others { #expect(try other.answer(within: .seconds(10)) == "ok") }
            let count = unsafe shared.data.unsafelyUnwrapped.withMemoryRebound(to: UInt32.self) { unsafe $0[0] }
            #expect(count == 4000)
        }

        // MARK: The end

        @Test func `the next destroyer finishes for one that was killed between removing the lock and the segment`()
            throws
        {
            word.value = RobustWord.ownerMask
            #expect(try scratch.probe(shared).ask("destroy noWait") == "ok")
            #expect(!shared.exists)
        }

        @Test func `a segment is not destroyed while its lock is held, and its owner's death does not keep it`() throws
        {
            let owner = try scratch.probe(shared)
            let destroyer = try scratch.probe(shared)
            try #require(try owner.ask("lock") == "ok released")
            try destroyer.begin("destroy noWait")
            #expect(try !destroyer.answers(within: .milliseconds(30)))
            owner.kill()
            #expect(try destroyer.answer(within: .seconds(5)) == "ok")
            #expect(!shared.exists)
        }

        @Test func `a removed lock stays removed under every operation`() throws {
            let lock = try participant()
            // Whether it was free, held, or had waiters.
            for left in [0, shm_gettid(), shm_gettid() | RobustWord.waiters, RobustWord.ownerDied] {
                word.value = left
                lock.retire()
                for _ in 0..<2 {
                    #expect(lock.lock() == .failed(.identifierRemoved))
                    #expect(lock.tryLock() == .failed(.identifierRemoved))
                    #expect(lock.lock(until: .after(.milliseconds(10))) == .failed(.identifierRemoved))
                    lock.unlock()
                    #expect(word.value == RobustWord.ownerMask)
                    lock.retire()
                }
            }
        }

        @Test func `the owner of a removed lock cannot release it, and its death has no effect`() throws {
            let owner = try scratch.probe(shared)
            let doomed = try scratch.probe(shared)
            let lock = try participant()
            try #require(try owner.ask("participant lock") == "ok acquired")
            try doomed.begin("participant lock")
            lock.retire()
            #expect(try doomed.answer().contains("failed"))
            #expect(try owner.ask("participant unlock") == "ok")
            #expect(word.value == RobustWord.ownerMask)
            owner.kill()
            #expect(word.value == RobustWord.ownerMask)
        }

        // MARK: The owner again

        @Test func `an owner that locks again gets an error, with and without a deadline`() throws {
            let owner = try scratch.probe(shared)
            try #require(try owner.ask("participant lock") == "ok acquired")
            #expect(try owner.ask("participant lock").contains("failed(\(Errno.deadlock))"))
            #expect(try owner.ask("participant trylock") == "ok busy")
            #expect(try owner.ask("participant lock-within 30000").contains("failed(\(Errno.deadlock))"))
            #expect(word.owner == UInt32(owner.processID))
            // The process's handle belongs to the same thread.
            #expect(try owner.ask("trylock") == "ok busy")
            #expect(try owner.ask("participant unlock") == "ok")
            #expect(try owner.ask("trylock") == "ok released")
        }

        // MARK: Waiting long

        /// The critical sections are longer than a wake-up takes, so a woken waiter finds the lock taken each time.
        @Test func `a waiter gets the lock from an owner that locks again at once`() throws {
            let barger = try scratch.probe(shared)
            let waiter = try scratch.probe(shared)
            try shared.attach()
            defer { try? shared.detach() }
            func count() throws -> UInt32 { try shared.withBytes { unsafe $0.unsafeLoad(as: UInt32.self) } }
            barger.send("barge 3000")
            #expect(try eventually { try count() > 100 })
            let end = Deadline.after(.seconds(20))
            var slowest = Duration.zero
            while try count() < 10_000, !end.hasPassed {
                usleep(10_000)
                var answer = ""
                slowest = max(slowest, try time { answer = try waiter.ask("lock-within 2000") })
                try #require(answer == "ok released")
                try #require(try waiter.ask("unlock") == "ok")
            }
            #expect(slowest < .seconds(2))
            // There was a barging thread.
            #expect(try count() >= 10_000)
            unsafe shared.mutableData?.storeBytes(of: 1, toByteOffset: 4, as: UInt32.self)
            #expect(try barger.answer() == "ok")
        }

        /// Through its handle or its primitive, by each way of waiting.
        @Test func `a waiter leaves the lock to the hand-off target for the grace period`() throws {
            let lock = try participant()
            // All fast paths are set up.
            try shared.lock()
            try shared.unlock()
            lock.unlock()
            let ways: [() throws -> Bool] = [
                { lock.lock() == .acquired }, { lock.lock(until: .after(.seconds(5))) == .acquired },
                { try shared.lock() == .released }, { try shared.lock(timeout: .seconds(5)) == .released },
            ]
            for (index, way) in ways.enumerated() {
                word.target = 1
                word.value = RobustWord.waiters
                var isHeld = false
                let taken = try time { isHeld = try way() }
                #expect(isHeld && taken >= .microseconds(100), "way \(index): \(taken)")
                #expect(word.target == 0)
                if shared.holdsLock { try shared.unlock() } else { lock.unlock() }
                #expect(word.value == 0)
            }
        }

        @Test func `a hand-off target that was too slow requests again`() throws {
            let lock = try participant()
            #expect(lock.lock() == .acquired)
            let waiter = try scratch.probe(shared)
            try waiter.begin("participant lock")
            for _ in 0..<2 {
                try #require(eventually { word.target == UInt32(waiter.processID) })
                // A waiter that left it the lock in vain removes it as target, too.
                word.target = 0
            }
            try #require(eventually { word.target == UInt32(waiter.processID) })
            lock.unlock()
            #expect(try waiter.answer() == "ok acquired")
            #expect(word.target == 0)
        }

        @Test func `the death of a hand-off target costs the others little`() throws {
            let lock = try participant()
            let waiter = try scratch.probe(shared)
            var delays: [Duration] = []
            for _ in 0..<5 {
                #expect(lock.lock() == .acquired)
                let target = try scratch.probe(shared)
                try target.begin("participant lock")
                try #require(eventually { word.target == UInt32(target.processID) })
                try waiter.begin("participant lock")
                target.kill()
                #expect(word.target == UInt32(target.processID))
                var answer = ""
                let delay = try time {
                    lock.unlock()
                    answer = try waiter.answer()
                }
                #expect(answer == "ok acquired")
                delays.append(delay)
                #expect(try waiter.ask("participant unlock") == "ok")
                #expect(word.target == 0)
                #expect(lock.lock(until: .after(.seconds(5))) == .acquired)
                lock.unlock()
                #expect(word.value == 0)
            }
            #expect(delays.sorted()[2] < .milliseconds(40), "\(delays)")
        }
    }
}
