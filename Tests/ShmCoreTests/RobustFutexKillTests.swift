import Glibc
import TestSupport
import Testing

@testable import ShmCore

extension ShmCoreSuite {
    /// Processes that contend, and are killed and replaced at random moments.
    @Suite(.enabled(if: LockKind.robustFutex.obstacle == nil)) struct RobustFutexKillTests {
        let scratch = Scratch()

        /// The number of kills and the seed, from the environment's `SHM_KILLS` and `SHM_SEED` if they are set.
        private static let kills = number("SHM_KILLS") ?? 150
        private static let seed = number("SHM_SEED") ?? 3
        private static let places = 4..<8

        private static func number(_ name: String) -> Int? {
            unsafe getenv(name).flatMap { unsafe Int(String(cString: $0)) }
        }

        @Test func `after any kill all others continue and no update is lost`() throws {
            let shared = try scratch.segment(size: 64, lock: .robustFutex)
            try shared.attach()
            func word(_ index: Int) -> UInt32 {
                unsafe shared.data.unsafelyUnwrapped.loadUnaligned(fromByteOffset: 4 * index, as: UInt32.self)
            }
            func toiler(at place: Int) throws -> Probe {
                let probe = try Probe(key: shared.key)
                probe.send("toil \(place)")
                return probe
            }
            var generator = SeededGenerator(seed: UInt64(Self.seed))
            var toilers: [Int: Probe] = [:]
            for place in Self.places { toilers[place] = try toiler(at: place) }
            var slowest = Duration.zero
            for number in 0..<Self.kills {
                usleep(UInt32.random(in: 50..<3000, using: &generator))
                let target = Int.random(in: Self.places, using: &generator)
                toilers[target]?.kill()
                let others = Self.places.filter { $0 != target }
                let before = others.map(word)
                let took = try time {
                    let wentOn = eventually(within: .seconds(2)) { zip(others, before).allSatisfy { word($0) != $1 } }
                    try #require(wentOn, "after kill \(number) a process sleeps for ever")
                }
                slowest = max(slowest, took)
                toilers[target] = try toiler(at: target)
            }
            for toiler in toilers.values { toiler.kill() }
            let acquisition = try #require(try shared.lock(timeout: .seconds(2)))
            #expect(word(3) == 0, "inconsistent data without a report")
            #expect(acquisition == .ownerDied || word(0) == word(1))
            let sections = Self.places.map(word).reduce(0, &+)
            // At most one section that a kill cut short is counted in the first word.
            #expect(word(0) >= sections && word(0) - sections <= Self.kills + Self.places.count)
            #expect(word(2) <= Self.kills + Self.places.count)
            #expect(word(2) > 0, "no kill hit an owner")
            if Self.number("SHM_KILLS") != nil {
                print("\(Self.kills) kills, \(word(2)) of an owner, \(word(0)) sections, slowest to go on: \(slowest)")
            }
        }
    }
}
