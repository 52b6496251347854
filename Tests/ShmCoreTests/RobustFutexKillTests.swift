import Glibc
import Synchronization
import Testing

@testable import ShmCore

extension ShmCoreSuite {
    /// Kills at moments that nobody chose.
    @Suite struct RobustFutexKillTests {
        let scratch = Scratch()

        /// `SHM_KILLS` says how many, where somebody wants more.
        private static let kills = unsafe getenv("SHM_KILLS").flatMap { unsafe Int(String(cString: $0)) } ?? 200

        /// What the hunted write, see shmprobe's command `hunted`.
        @safe private struct Field {
            private let words: UnsafeMutablePointer<Atomic<UInt32>>
            let hunted: Int

            init(_ shared: SharedMemory, hunted: Int) throws {
                unsafe words = try #require(unsafe shared.mutableData?.baseAddress)
                    .assumingMemoryBound(to: Atomic<UInt32>.self)
                self.hunted = hunted
            }

            func stop() { unsafe words[0].store(1, ordering: .releasing) }
            var counter: UInt32 { load(2) }
            var deathsTold: UInt32 { load(3) }
            var contradictions: UInt32 { load(4) }
            var updates: [UInt32] { (0..<hunted).map { load(16 * ($0 + 1)) } }
            private func load(_ index: Int) -> UInt32 { unsafe words[index].load(ordering: .acquiring) }
        }

        @Test(.timeLimit(.minutes(kills > 1000 ? 60 : 1)))
        func `whoever is killed whenever, all others go on, and every update counts`() throws {
            let hunted = 5
            let shared = try scratch.segment(size: 64 * (hunted + 1), lock: .robustFutex)
            try shared.attach()
            defer { try? shared.detach() }
            let field = try Field(shared, hunted: hunted)
            var generator = SeededGenerator(seed: 20)
            func start(_ number: Int) throws -> Probe {
                let probe = try Probe(key: shared.key)
                probe.send("hunted \(number) \(hunted)")
                return probe
            }
            var probes = try (0..<hunted).map(start)
            var waits: [Duration] = []
            for kill in 0..<Self.kills {
                usleep(.random(in: 0..<3000, using: &generator))
                let victim = Int.random(in: 0..<hunted, using: &generator)
                probes[victim].kill()
                let before = field.updates
                var goOn = false
                let wait = time {
                    goOn = eventually(within: .seconds(2)) {
                        let now = field.updates
                        return (0..<hunted).allSatisfy { $0 == victim || now[$0] != before[$0] }
                    }
                }
                try #require(goOn, "after kill \(kill) of \(victim): \(before), \(field.updates)")
                waits.append(wait)
                probes[victim] = try start(victim)
            }
            field.stop()
            for probe in probes { #expect(try probe.answer() == "ok") }
            #expect(field.contradictions == 0)
            let sum = field.updates.reduce(0, &+)
            // A last owner that died has its update counted by the next owner, and there was none.
            let untold: UInt32 = try shared.tryLock() == .ownerDied ? 1 : 0
            #expect(sum &- field.counter <= untold)
            #expect(Int(field.deathsTold + untold) <= Self.kills)
            #expect(field.deathsTold > 0)
            waits.sort()
            let (median, most) = (waits[waits.count / 2], waits[waits.count - 1])
            print(
                "\(Self.kills) kills: \(field.deathsTold) deaths told, \(sum) updates; until all others had gone on: "
                    + "median \(median), worst \(most); \(waits.count { $0 > .milliseconds(40) }) above 40 ms")
        }
    }
}
