import ShmCore
import Testing

extension ShmCoreSuite {
    @Suite struct CreatorRaceTests {
        let scratch = Scratch()

        @Test func `of two creators exactly one wins, a thousand times`() throws {
            let tries = 1000
            let arena = scratch.handle()
            try arena.create(size: 4 * (tries + 1))
            let shared = scratch.handle()
            let racers = try scratch.probes(2, shared)
            for racer in racers { racer.send("race \(tries) \(arena.key)") }
            let answers = try racers.map { try $0.answer(within: .seconds(40)) }
            let wins = answers.compactMap { Int($0.split(separator: " ").last ?? "") }
            #expect(wins.count == 2 && wins.reduce(0, +) == tries, "\(answers)")
            try arena.withAttachment(mode: .readOnly) { _ in
                try arena.withBytes { bytes in
                    let winners = (1...tries).map { unsafe bytes.unsafeLoad(fromByteOffset: 4 * $0, as: UInt32.self) }
                    #expect(winners.allSatisfy { $0 == 1 })
                }
            }
            #expect(!RawFile.exists(shared.key))
            // A race that one process always wins is not a race.
            #expect(!wins.contains(0), "\(wins)")
        }
    }
}
