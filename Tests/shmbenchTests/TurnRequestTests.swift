import ShmCoordinator
import Testing

@testable import ShmCompare
@testable import ShmRecord

/// The protocol of blocks of turns, and what a comparison makes of them.
@Suite(.timeLimit(.minutes(10))) struct TurnRequestTests {
    private static let round = RoundRequest(
        lock: "futex", load: load(workers: 2), round: 5,
        timing: Timing(warmup: 1, throughput: 20_000_000, latency: 3, order: 0, stuckAfter: 100_000_000), kills: 2)

    @Test func `a request survives its line`() throws {
        for isControl in [false, true] {
            let request = TurnRequest(base: Self.round, otherLock: "mcs", isControl: isControl, seed: .max)
            #expect(try TurnRequest(request.line) == request)
        }
    }

    @Test func `a request without coins is refused`() {
        #expect(throws: Failure.self) { try TurnRequest(Self.round.line) }
        #expect(throws: Failure.self) { try TurnRequest(Self.round.line + " other_lock=mcs control=0 coins=many") }
    }

    @Test func `an answer survives its line`() throws {
        let answer = try #require(TurnAnswer("turns throughput=-0.25 cpu=1e-3"))
        #expect(answer.logRatios == ["throughput": -0.25, "cpu": 0.001])
        #expect(TurnAnswer(answer.line) == answer)
        #expect(TurnAnswer("turns") == TurnAnswer([]))
        for line in ["", "turn throughput=1", "turns throughput", "turns cpu=nan"] { #expect(TurnAnswer(line) == nil) }
    }

    @Test func `windows that a round leaves out have no turns`() {
        let turns = TurnTiming(Self.round.timing)
        #expect(turns.window == 5_000_000 && turns.latencyPairs > 0 && turns.orderPairs == 0)
        #expect(turns.asked.throughput == turns.pairs * 5_000_000 && turns.asked.order == 0)
    }

    @Test func `the ratio of a block of turns is that of its pairs`() throws {
        let rows = (
            record("futex", ["throughput_per_s": "100"]),
            record("futex", ["throughput_per_s": "400", "acquire_p50_ns": "100"])
        )
        let block = Comparison.Block(base: [rows.0], other: [rows.1], logRatios: ["throughput": 0.01])
        #expect(block.logRatio(.throughput) == 0.01)
        let p50 = try #require(block.logRatio(.p50))
        #expect(abs(p50 + 0.6931) < 0.001, "what the pairs do not say is in the rows")
    }
}
