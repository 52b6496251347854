import Testing

@testable import ShmCoordinator

@Suite(.timeLimit(.minutes(10))) struct ScheduleTests {
    private func order(cells: Int, rounds: Int, seed: UInt64) -> [[Int]] {
        Schedule(cells: cells, rounds: rounds, seed: seed).turns.map { [$0.cell, $0.round] }
    }

    @Test(arguments: [1, 2, 18], [1, 2, 5])
    func `every cell comes once per round, and no round starts before the previous one ends`(cells: Int, rounds: Int) {
        let turns = Schedule(cells: cells, rounds: rounds, seed: 7).turns
        #expect(turns.count == cells * rounds)
        for round in 1...rounds {
            let part = turns[((round - 1) * cells)..<(round * cells)]
            #expect(part.allSatisfy { $0.round == round })
            #expect(part.map(\.cell).sorted() == Array(0..<cells))
        }
    }

    @Test(arguments: [0, 1, 42, UInt64.max])
    func `the same seed gives the same order`(seed: UInt64) {
        #expect(order(cells: 18, rounds: 3, seed: seed) == order(cells: 18, rounds: 3, seed: seed))
    }

    @Test func `another seed gives another order`() {
        let orders = Set((0..<20).map { order(cells: 18, rounds: 1, seed: $0) })
        #expect(orders.count == 20)
    }

    @Test func `each round has an order of its own`() {
        let turns = Schedule(cells: 18, rounds: 2, seed: 1).turns.map(\.cell)
        #expect(Array(turns[..<18]) != Array(turns[18...]))
    }

    @Test func `the generator is SplitMix64`() {
        // The first numbers of the authors' program for the seed 1234567.
        var generator = SplitMix64(state: 1_234_567)
        let numbers = (0..<3).map { _ in generator.next() }
        #expect(numbers == [6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423])
    }
}
