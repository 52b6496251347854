import ShmCore
import Testing

extension ShmCoreSuite {
    @Suite struct MutualExclusionTests {
        let scratch = Scratch()

        /// What processes that contended came to, in sum.
        private struct Outcome {
            var sections = 0
            var overlaps = 0
            /// What the counter holds that each section incremented in two steps.
            var counted = 0

            var isExclusive: Bool { overlaps == 0 && counted == sections }
        }

        /// Lets threads of processes contend by both faces of the lock at once: handles and primitives that wait, try, and give up
        /// waiting.
        ///
        /// - Parameter milliseconds: for how long; each thread has one section at least, which is all that a spinning lock comes to
        ///   where dozens spin on two CPUs.
        private func contest(
            _ shared: SharedMemory, _ probes: ArraySlice<Probe>, threads: Int, milliseconds: Int
        ) throws -> Outcome {
            shared.clear()
            let together = probes.count * threads
            for (place, probe) in probes.enumerated() {
                probe.send("contend \(milliseconds) \(threads) \(place) \(together)")
            }
            var outcome = Outcome()
            for probe in probes {
                let words = try probe.answer(within: .seconds(40)).split(separator: " ")
                try #require(words.count == 3 && words[0] == "ok", "\(words)")
                outcome.sections += try #require(Int(words[1]))
                outcome.overlaps += try #require(Int(words[2]))
            }
            outcome.counted = Int(shared.word(0))
            return outcome
        }

        @Test(arguments: LockKind.excluding)
        func `2 and 8 processes with 1 to 3 threads exclude each other, and no update is lost`(kind: LockKind) throws {
            let shared = try scratch.segment(lock: kind)
            try shared.attach()
            let probes = try scratch.probes(8, shared)
            for processes in [2, 8] {
                for threads in kind.properties.threads ? 1...3 : 1...1 {
                    let outcome = try contest(shared, probes[..<processes], threads: threads, milliseconds: 40)
                    #expect(outcome.isExclusive, "\(processes) processes, \(threads) threads: \(outcome)")
                    #expect(outcome.sections >= processes * threads)
                }
            }
            #expect(try shared.tryLock() == .released, "whoever is done has left the lock free")
        }

        /// A lock whose participants have something of their own must not let the child of a fork use its parent's.
        @Test(arguments: LockKind.excluding)
        func `a forked child excludes its parent with the handle that it has from it`(kind: LockKind) throws {
            let shared = try scratch.segment(lock: kind)
            let probe = try scratch.probe(shared)
            #expect(try probe.ask("share-with-child 300", within: .seconds(40)) == "ok 0 600")
        }

        @Test func `without a lock updates are lost, so the test above can fail`() throws {
            let shared = try scratch.segment(lock: .noLock)
            try shared.attach()
            let probes = try scratch.probes(8, shared)
            let caught = try (0..<20).contains { _ in
                try !contest(shared, probes[..<2], threads: 1, milliseconds: 40).isExclusive
            }
            #expect(caught)
        }
    }
}
