import Glibc
import ShmCore
import TestSupport
import Testing

extension ShmCoreSuite {
    /// The cost of a waiter, and waits with deadlines.
    @Suite struct WaitingTests {
        let scratch = Scratch()

        /// One process that holds a lock through the primitive, and several participants.
        private func held(_ kind: LockKind, others: Int) throws -> (owner: Probe, others: [Probe]) {
            let shared = try scratch.segment(lock: kind)
            let probes = try scratch.probes(1 + others, shared)
            for probe in probes { try #require(try probe.ask("join") == "ok") }
            try #require(try probes[0].ask("primitive-lock") == "ok acquired")
            return (probes[0], Array(probes.dropFirst()))
        }

        @Test(arguments: LockKind.excluding.filter { [.blocks, .parks].contains($0.properties.waiting) })
        func `a waiter of a lock that blocks or parks sleeps`(kind: LockKind) throws {
            let (owner, others) = try held(kind, others: 1)
            let waiter = others[0]
            try waiter.begin("primitive-lock")
            #expect(try eventually { try waiter.state == "S" })
            let before = try waiter.cpuTime
            var awake = 0
            for _ in 0..<40 {
                usleep(2500)
                if try waiter.state != "S" { awake += 1 }
            }
            let used = try waiter.cpuTime - before
            #expect(awake <= 10, "\(awake) of 40 samples found it awake")
            #expect(used < .milliseconds(20), "\(used) of CPU time in a wait of 100 ms")
            #expect(try owner.ask("primitive-unlock") == "ok")
            #expect(try waiter.answer() == "ok acquired")
        }

        @Test(arguments: LockKind.excluding.filter { [.spins, .yields].contains($0.properties.waiting) })
        func `a waiter of a lock that spins or yields uses CPU time`(kind: LockKind) throws {
            let (owner, others) = try held(kind, others: 1)
            let waiter = others[0]
            try waiter.begin("primitive-lock")
            let before = try waiter.cpuTime
            #expect(try eventually(within: .seconds(20)) { try waiter.cpuTime - before >= .milliseconds(30) })
            #expect(try !waiter.answers(within: .zero))
            #expect(try owner.ask("primitive-unlock") == "ok")
            #expect(try waiter.answer() == "ok acquired")
        }

        @Test(arguments: LockKind.excluding)
        func `tryLock never waits or sleeps, with or without waiters`(kind: LockKind) throws {
            let (owner, others) = try held(kind, others: 2)
            let tries = 200
            // The owner is stopped: a tryLock that waited for it would not return.
            owner.signal(SIGSTOP)
            for waiters in 0..<2 {
                if waiters > 0 { try others[1].begin("primitive-lock") }
                let words = try others[0].ask("try-many \(tries)").split(separator: " ")
                try #require(words.count == 2 && words[0] == "ok", "\(words)")
                // On a busy machine a page fault or a system call sometimes sleeps.
                #expect(try #require(Int(words[1])) < tries / 4, "gave up its CPU \(words[1]) times in \(tries) tries")
            }
            owner.signal(SIGCONT)
            #expect(try owner.ask("primitive-unlock") == "ok")
            #expect(try others[1].answer() == "ok acquired")
            #expect(try others[1].ask("primitive-unlock") == "ok")
            #expect(try others[0].ask("primitive-try") == "ok acquired")
        }

        @Test(arguments: LockKind.excluding)
        func `waiters with deadlines return in time and do not block others`(kind: LockKind) throws {
            let (owner, others) = try held(kind, others: 3)
            for milliseconds in [0, 30] {
                for hasty in others[..<2] { hasty.send("primitive-within \(milliseconds)") }
                if milliseconds > 0 { try others[2].begin("primitive-lock") }
                for hasty in others[..<2] {
                    let words = try hasty.answer().split(separator: " ")
                    try #require(words.count == 3, "\(words)")
                    #expect(words[1] == "busy")
                    #expect(try #require(Int(words[2])) >= milliseconds)
                }
            }
            #expect(try !others[2].answers(within: .zero))
            #expect(try owner.ask("primitive-unlock") == "ok")
            #expect(try others[2].answer() == "ok acquired")
            #expect(try others[2].ask("primitive-unlock") == "ok")
            for probe in [owner] + others {
                #expect(try probe.ask("primitive-within 5000").hasPrefix("ok acquired "))
                #expect(try probe.ask("primitive-unlock") == "ok")
            }
        }
    }
}
