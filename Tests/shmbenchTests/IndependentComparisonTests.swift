import Testing

@testable import ShmCompare
@testable import ShmRecord
@testable import ShmRender
@testable import shmbench

/// Comparisons of rounds that were not measured alternately.
@Suite(.timeLimit(.minutes(10))) struct IndependentComparisonTests {
    /// Rounds of mcs and of both references with the given times; that of mcs depends on the round.
    private func table(
        machine: Double = 1, atomicAdd: Double = 1, futex: [Double] = [1], heap: Double = 0,
        _ time: (Int) -> Double = { _ in 1 }
    ) -> RoundIndex {
        RoundIndex(
            (1...21).flatMap { round in
                [("atomic-add", atomicAdd), ("futex", 2 * futex[round % futex.count]), ("mcs", 2 * time(round))].map {
                    name, factor in
                    let factor = factor * machine * (1 + Double(round * 7 % 10) / 1e4)
                    return record(
                        name, round: round,
                        [
                            "throughput_per_s": "\(1e8 / factor)", "acquire_p50_ns": "\(1000 * factor)",
                            "acquire_mean_ns": "\(1100 * factor)", "heap_bytes_per_op": "\(heap)",
                        ])
                }
            })
    }

    private func finding(_ base: RoundIndex, _ candidate: RoundIndex, _ metrics: [Metric]) -> CellFinding {
        let comparison = IndependentComparison(
            base: base, candidate: candidate, usesReferences: true, metrics: metrics,
            threshold: { $0 == .heap ? 0 : 0.1 })
        let cell = CellID(lock: "mcs", load: load())
        let confidence = comparison.confidence([cell], falseAlarms: 0.01)
        return comparison.finding(cell, confidence: confidence)
    }

    private func words(_ base: RoundIndex, _ candidate: RoundIndex) -> [ComparisonVerdict] {
        finding(base, candidate, [.throughput, .p50]).metrics.map(\.word)
    }

    private let steady = 1.0

    @Test func `a change is reported if its whole interval is beyond the threshold`() {
        let base = table { _ in steady }
        #expect(words(base, table { _ in 1.3 }) == [.slower, .slower])
        #expect(words(base, table { _ in 0.7 }) == [.faster, .faster])
        #expect(words(base, table { _ in 1.05 }) == [.equivalent, .equivalent])
        // From 8 % to 14 %: above the threshold in most rounds, but not with its whole interval.
        #expect(words(base, table { 1.08 + 0.06 * Double($0 % 5) / 4 }) == [.undecided, .undecided])
        // A machine at half the speed has the same ratios.
        #expect(words(base, table(machine: 2) { _ in 1.3 }) == [.slower, .slower])
        #expect(words(base, table(machine: 2) { _ in steady }) == [.equivalent, .equivalent])
    }

    @Test func `a change within the spread of single rounds is undecided`() {
        // Two modes, one of which dominates a session.
        let both = table { $0 % 3 == 0 ? 1.5 : 1 }
        let one = table { _ in steady }
        let other = table { _ in 1.5 }
        #expect(words(both, other) == [.undecided, .undecided])
        #expect(words(one, both).allSatisfy { $0 == .undecided || $0 == .equivalent })
        #expect(words(one, other) == [.slower, .slower])
        #expect(words(both, table { _ in 3 }) == [.slower, .slower])
    }

    /// A baseline of sittings: in each, mcs takes one or 1.4 times as long from round to round, and a little more or less
    /// than in the others.
    private func sittings(_ count: Int, apart: Double = 0.01) -> RoundIndex {
        RoundIndex(
            (0..<count).flatMap { sitting in
                (1...21).flatMap { round in
                    ["atomic-add", "futex", "mcs"].map { name in
                        let mode = round % 3 == 0 ? 1.4 : 1
                        let shift = 1 + apart * (Double(sitting % 3) - 1)
                        let own = name == "mcs" ? 2 * mode * shift : name == "futex" ? 2 : 1
                        let time = own * (1 + Double(round * 7 % 10) / 1e4)
                        return record(
                            name, round: round,
                            ["run_id": "s\(sitting)", "throughput_per_s": "\(1e8 / time)", "acquire_p50_ns": ""])
                    }
                }
            })
    }

    private func throughput(_ base: RoundIndex, _ candidate: RoundIndex) -> MetricFinding {
        finding(base, candidate, [.throughput]).metrics[0]
    }

    @Test func `sittings of the baseline show how far sessions differ, so that smaller changes count`() throws {
        let slower = table { _ in 1.8 }
        // The spread of rounds, which one or two sittings leave.
        for count in [1, 2] { #expect(throughput(sittings(count), slower).word == .undecided, "\(count)") }
        let found = throughput(sittings(6), slower)
        #expect(found.word == .slower && found.threshold < throughput(sittings(2), slower).threshold)
        // Sittings that differ much do not make it stricter than the spread of rounds.
        let apart = throughput(sittings(6, apart: 0.2), slower)
        #expect(apart.threshold > found.threshold && apart.threshold < 1, "\(apart.threshold)")
    }

    @Test func `it says which change it would have found`() throws {
        let quiet = try #require(throughput(table(), table { _ in 1.02 }).detectable)
        let noisy = throughput(sittings(1), table { _ in 1.02 })
        #expect(quiet > 0.1 && quiet < 0.11 && (noisy.detectable ?? 0) > 0.3)
        // A change of that size is found.
        #expect(throughput(table(), table { _ in 1 + quiet }).word == .slower)
        let cells = [finding(table(), table { _ in 1.02 }, [.throughput])]
        let all = Findings(base: "a", candidate: "b", cells: cells, falseAlarms: 0.01, startedAt: 0)
        let verdict = FindingsText.verdict(all)
        #expect(verdict.hasSuffix("of 1 cell. It would have found a change of throughput by \(Percent.bound(quiet))."))
        #expect(FindingsText.footnote(all).contains { $0.hasPrefix("Nine of ten such comparisons would find in mcs") })
    }

    @Test func `equivalence has the full level for each metric, and the disagreement of the references beside it`()
        throws
    {
        let one = throughput(table(), table { 1.05 + 0.08 * Double($0 % 5) / 4 })
        #expect(one.margin == 0.1 && one.equivalenceLevel.map { abs($0 - 0.1) < 1e-9 } == true)
        let proved = try #require(one.proved)
        #expect(proved > 0.05 && proved < 0.13)
        let apart = throughput(table(), table(atomicAdd: 0.9))
        #expect(try #require(apart.proved) > 0.1)
    }

    @Test func `a change against one reference alone is undecided`() {
        // atomic-add became faster, not the lock.
        #expect(words(table(), table(atomicAdd: 0.85)) == [.undecided, .undecided])
    }

    @Test func `a change within the disagreement of the references is undecided`() {
        // 20 % more against one reference, 41 % against the other. With references that agree, 20 % suffices.
        #expect(words(table(), table(atomicAdd: 0.85) { _ in 1.2 }) == [.undecided, .undecided])
        #expect(words(table(), table { _ in 1.2 }) == [.slower, .slower])
        #expect(words(table(), table(atomicAdd: 0.85) { _ in 1.6 }) == [.slower, .slower])
    }

    @Test func `a large change between the references makes others doubtful, however they scatter`() {
        let scattered = table(futex: [0.4, 4, 4]) { _ in 3 }
        let other = finding(table(), scattered, [.throughput, .p50, .integrity])
        #expect(other.metrics.map(\.word) == [.unjudged, .unjudged, .equivalent])
        #expect(other.note?.contains("ratios do not transfer") == true)
    }

    @Test func `on a machine of another kind, only counts are judged`() {
        for atomicAdd in [0.5, 2] {
            let other = finding(
                table(), table(atomicAdd: atomicAdd) { _ in 3 }, [.throughput, .p50, .heap, .integrity])
            #expect(other.metrics.map(\.word) == [.unjudged, .unjudged, .equivalent, .equivalent])
            #expect(other.word == .unjudged && other.note?.contains("ratios do not transfer") == true)
        }
        let greedy = finding(table(), table(atomicAdd: 2, heap: 8), [.throughput, .heap])
        #expect(greedy.metrics.map(\.word) == [.unjudged, .slower] && greedy.word == .slower)
        let all = Findings(
            base: "a", candidate: "b", cells: [greedy, greedy], falseAlarms: 0.01, startedAt: 0, seed: nil)
        #expect(FindingsText.sentences(all).map(\.word) == [.unjudged, .slower, .slower])
        #expect(all.status(failsUndecided: false) == .regression)
    }

    @Test func `a metric that one side lacks is not equivalent`() {
        func without(_ column: String) -> RoundIndex {
            RoundIndex(
                (1...21).flatMap { round in
                    [("atomic-add", "1e8"), ("futex", "5e7"), ("mcs", "5e7")].map { lock, rate in
                        record(lock, round: round, ["throughput_per_s": rate, column: ""])
                    }
                })
        }
        func p50(_ base: RoundIndex, _ candidate: RoundIndex) -> MetricFinding {
            finding(base, candidate, [.throughput, .p50]).metrics[1]
        }
        // The candidate may have lost the metric.
        let ofCandidate = p50(table(), without("acquire_p50_ns"))
        #expect(ofCandidate.word == .unjudged && ofCandidate.note == "not measured in the candidate")
        for (finding, whose) in [
            (p50(without("acquire_p50_ns"), table()), "in the base"),
            (p50(table(), without("acquire_mean_ns")), "in the references, or 0 there"),
        ] {
            #expect(finding.word == .undecided && finding.note == "not measured \(whose)")
        }
        #expect(p50(without("acquire_p50_ns"), without("acquire_p50_ns")).word == .missing)
    }

    @Test func `a change that fresh rounds do not confirm is undecided`() {
        func confirmed(_ first: RoundIndex, _ fresh: RoundIndex) -> [ComparisonVerdict] {
            var found = finding(table(), first, [.throughput, .integrity])
            Check.confirm(&found, by: finding(table(), fresh, [.throughput, .integrity]))
            return found.metrics.map(\.word)
        }
        let (same, slower, elsewhere) = (table(), table { _ in 1.5 }, table(atomicAdd: 2))
        #expect(confirmed(slower, slower) == [.slower, .equivalent])
        #expect(confirmed(slower, same) == [.undecided, .equivalent])
        #expect(confirmed(slower, elsewhere) == [.undecided, .equivalent])
        #expect(confirmed(elsewhere, elsewhere) == [.unjudged, .equivalent])
        #expect(confirmed(elsewhere, same) == [.undecided, .equivalent])
        #expect(confirmed(elsewhere, slower) == [.undecided, .equivalent])
    }

    @Test func `a reference is never slower relative to the other`() {
        // By less than the limit that marks another machine.
        let (base, other) = (table(), table(atomicAdd: 0.85))
        let comparison = IndependentComparison(
            base: base, candidate: other, usesReferences: true, metrics: [.throughput, .integrity],
            threshold: { _ in 0.1 })
        let futex = comparison.finding(CellID(lock: "futex", load: load()), confidence: 0.99)
        #expect(futex.metrics.map(\.word) == [.undecided, .equivalent])
        #expect(futex.metrics[0].note?.contains("may be in atomic-add") == true)
    }

    @Test func `with a broken reference, nothing is judged`() {
        let broken = RoundIndex(
            (1...21).flatMap { round in
                [("atomic-add", "1e8", "stuck"), ("futex", "5e7", "ok"), ("mcs", "5e7", "ok")].map {
                    record($0, round: round, ["throughput_per_s": $1, "integrity": $2])
                }
            })
        for found in [
            finding(table(), broken, [.throughput, .integrity]), finding(broken, table(), [.throughput, .integrity]),
        ] {
            #expect(found.metrics.map(\.word) == [.unjudged, .equivalent])
            #expect(found.note?.contains("the reference atomic-add is broken") == true)
        }
    }

    @Test func `heap bytes that one side lacks are not equivalent`() {
        let blind = RoundIndex(
            (1...21).flatMap { round in
                [("atomic-add", "1e8"), ("futex", "5e7"), ("mcs", "5e7")].map { lock, rate in
                    record(lock, round: round, ["throughput_per_s": rate, "heap_bytes_per_op": ""])
                }
            })
        #expect(finding(table(), blind, [.heap]).word == .unjudged)
        #expect(finding(blind, table(heap: 64), [.heap]).word == .undecided)
        #expect(finding(table(), table(heap: 64), [.heap]).word == .slower)
    }
}
