import ShmCore
import Testing

extension ShmCoreSuite {
    @Suite struct MutualExclusionTests {
        let scratch = Scratch()

        /// The sum of what contending processes did.
        private struct Outcome {
            var sections = 0
            var overlaps = 0
            /// The final value of the counter, which each section increments in two steps.
            var counted = 0

            var isExclusive: Bool { overlaps == 0 && counted == sections }
        }

        /// Lets threads of several processes contend through handles and primitives at once. They wait, try, and wait
        /// with deadlines.
        ///
        /// - Parameter milliseconds: the duration. Each thread completes at least one section; a spinlock with dozens
        ///   of threads on two CPUs completes no more.
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
        func `2 and 8 processes with 1 to 3 threads exclude each other and lose no update`(kind: LockKind) throws {
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
            #expect(try shared.tryLock() == .released, "every process released the lock at its end")
        }

        /// A lock with per-participant slots must not let the child of a fork use its parent's slot.
        @Test(arguments: LockKind.excluding)
        func `a forked child excludes its parent through the inherited handle`(kind: LockKind) throws {
            let shared = try scratch.segment(lock: kind)
            let probe = try scratch.probe(shared)
            #expect(try probe.ask("share-with-child 300", within: .seconds(40)) == "ok 0 600")
        }

        @Test func `without a lock updates are lost: the test above can fail`() throws {
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
