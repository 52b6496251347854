import Testing

@testable import shmbench

/// What is made of rounds that were not measured in turn.
@Suite(.timeLimit(.minutes(1))) struct IndependentComparisonTests {
    /// So many rounds of a lock, and of both references, with the lock's times as given for each round.
    private func table(_ lock: String = "mcs", rounds: Int = 21, machine: Double = 1, _ time: (Int) -> Double)
        -> RoundTable
    {
        RoundTable(
            (1...rounds).flatMap { round in
                [("atomic-add", 1), ("futex", 2), (lock, 2 * time(round))].map { name, factor in
                    let factor = factor * machine * (1 + Double(round * 7 % 10) / 1e4)
                    return record(
                        name, round: round,
                        ["throughput_per_s": "\(1e8 / factor)", "acquire_p50_ns": "\(1000 * factor)"])
                }
            })
    }

    private func words(_ base: RoundTable, _ candidate: RoundTable) -> [Word] {
        let comparison = IndependentComparison(
            base: base, candidate: candidate, usesReferences: true, metrics: [.throughput, .p50],
            threshold: { _ in 0.1 })
        let cell = CellID(lock: "mcs", load: load())
        let confidence = comparison.confidence([cell], falseAlarms: 0.01)
        return comparison.finding(cell, confidence: confidence).metrics.map(\.word)
    }

    private let steady = 1.0

    @Test func `a change is one if all of its interval is beyond the threshold`() {
        let base = table { _ in steady }
        #expect(words(base, table { _ in 1.3 }) == [.slower, .slower])
        #expect(words(base, table { _ in 0.7 }) == [.faster, .faster])
        #expect(words(base, table { _ in 1.05 }) == [.same, .same])
        // From 8 % to 14 %, which is more than the threshold in most rounds, but not for certain.
        #expect(words(base, table { 1.08 + 0.06 * Double($0 % 5) / 4 }) == [.inconclusive, .inconclusive])
        // Another machine at half the speed changes nothing.
        #expect(words(base, table(machine: 2) { _ in 1.3 }) == [.slower, .slower])
        #expect(words(base, table(machine: 2) { _ in steady }) == [.same, .same])
    }

    @Test func `by what single rounds differ sessions may differ, too`() {
        // Two modes, of which a session may see mostly the one or the other.
        let both = table { $0 % 3 == 0 ? 1.5 : 1 }
        let one = table { _ in steady }
        let other = table { _ in 1.5 }
        #expect(words(both, other) == [.inconclusive, .inconclusive])
        #expect(words(one, both).allSatisfy { $0 == .inconclusive || $0 == .same })
        #expect(words(one, other) == [.slower, .slower])
        #expect(words(both, table { _ in 3 }) == [.slower, .slower])
    }

    @Test func `a change against one reference alone is none`() {
        let base = table { _ in steady }
        // Not the lock, but atomic-add became faster.
        let odd = RoundTable(
            (1...21).flatMap { round in
                [("atomic-add", 0.5), ("futex", 2), ("mcs", 2)].map { name, factor in
                    record(name, round: round, ["throughput_per_s": "\(1e8 / factor)"])
                }
            })
        #expect(words(base, odd)[0] == .inconclusive)
    }
}
