import ShmCore
import Testing

extension ShmCoreSuite {
    @Suite struct MutualExclusionTests {
        let scratch = Scratch()

        /// Lets processes count to a total together, and returns what they came to.
        private func count(_ kind: LockKind, processes: Int, each times: Int) throws -> UInt32 {
            let shared = try scratch.segment(lock: kind)
            let probes = try scratch.probes(processes, shared)
            for probe in probes { probe.send("increment \(times) \(processes)") }
            for probe in probes { #expect(try probe.answer(within: .seconds(40)) == "ok") }
            try shared.attach()
            return try shared.withBytes { unsafe $0.unsafeLoad(as: UInt32.self) }
        }

        @Test(arguments: LockKind.excluding, [(2, 4000), (8, 600)])
        func `no update is lost under a lock`(kind: LockKind, load: (processes: Int, times: Int)) throws {
            #expect(try count(kind, processes: load.processes, each: load.times) == UInt32(load.processes * load.times))
        }

        @Test func `without a lock updates are lost, so the test above can fail`() throws {
            let lost = try (0..<20).contains { _ in try count(.none, processes: 2, each: 50_000) < 100_000 }
            #expect(lost)
        }
    }
}
