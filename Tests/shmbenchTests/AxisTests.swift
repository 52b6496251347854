import Foundation
import ShmCoordinator
import Testing

@testable import ShmCompare
@testable import ShmRecord
@testable import ShmRender

/// What a step of an axis changes, such as from one kernel to the next.
@Suite(.timeLimit(.minutes(10))) struct AxisTests {
    /// Rounds of a lock on a machine with both kernels.
    private func upgraded(
        _ host: String, _ lock: String = "mcs", by ratio: Double, count: Int = 9, _ figures: [String: String] = [:]
    ) -> [Record] {
        [("6.9", 1.0), ("6.18", ratio)].flatMap { kernel, factor in
            FleetRounds.rounds(
                host, lock, rate: 100 * factor, count: count, figures.merging(["kernel": kernel]) { $1 })
        }
    }

    /// Rounds of two locks on a machine.
    private func beside(_ host: String, futex: Double, mcs: Double, _ figures: [String: String]) -> [Record] {
        FleetRounds.rounds(host, "futex", rate: futex, figures) + FleetRounds.rounds(host, "mcs", rate: mcs, figures)
    }

    private func comparison(_ records: [Record], _ axis: MachineAxis = .kernel) -> AxisComparison {
        AxisComparison(FleetRounds.machines(records, axis: axis), axis, reference: "futex")
    }

    private func sentences(_ comparison: AxisComparison) -> [String] {
        AxisSlice.all(comparison, LoadTitles(comparison.effects.map(\.load))).map(\.sentence)
    }

    @Test func `values are in the order of their numbers`() {
        let values = ["6.18.2", "6.9", "glibc 2.41", "6.18", "glibc 2.5", "6.18-rc1"]
        #expect(
            values.sorted(by: MachineAxis.precedes) == [
                "6.9", "6.18", "6.18-rc1", "6.18.2", "glibc 2.5", "glibc 2.41",
            ])
    }

    @Test func `a change that each machine shows is on all of them, with the hull of their intervals`() throws {
        let found = comparison(["n1", "n2", "n3", "n4"].flatMap { upgraded($0, by: $0 == "n2" ? 0.85 : 0.88) })
        let effect = try #require(found.effects.first)
        #expect(found.effects.count == 1 && found.values == ["6.9", "6.18"] && found.intervals == 4)
        #expect(effect.verdict == .lower && effect.method == .hull && effect.units.allSatisfy(\.unit.isOneMachine))
        #expect(abs(effect.change.ratio - 0.88) < 1e-9)
        #expect(abs(effect.change.low - 0.85) < 1e-9 && abs(effect.change.high - 0.88) < 1e-9)
        #expect(effect.change.confidence >= 1 - 0.05 / 4)
        #expect(sentences(found) == ["6.9 → 6.18, 2 workers: mcs -12.0% (-15.0% to -12.0%) on all 4."])
    }

    @Test func `a machine that shows no change is named with its figure`() throws {
        let found = comparison(upgraded("n1", by: 0.8) + upgraded("n2", by: 0.88) + upgraded("n7", by: 0.99))
        let effect = try #require(found.effects.first)
        // The change and its interval are those of the machines that show it.
        #expect(
            effect.verdict == .lower && abs(effect.change.low - 0.8) < 1e-9 && abs(effect.change.high - 0.88) < 1e-9)
        #expect(AxisWords.place(effect) == "on 2 of 3: not on n7 (-1.0%)")
    }

    @Test func `changes of both directions are mixed`() throws {
        let found = comparison(upgraded("n1", by: 0.5) + upgraded("n2", by: 2))
        let effect = try #require(found.effects.first)
        #expect(effect.verdict == .mixed && AxisWords.place(effect) == "lower on n1; higher on n2")
        #expect(abs(effect.change.ratio - 1) < 1e-9)
    }

    /// The margin of throughput between sessions is 9 %.
    @Test func `a change within the margin is equivalent, and one that straddles it undecided`() throws {
        #expect(comparison(upgraded("n1", by: 0.93)).effects.first?.verdict == .equivalent)
        let rates = (1...9).flatMap { round in
            FleetRounds.rounds("n1", "mcs", rate: 100, count: 1, ["round": "\(round)", "kernel": "6.9"])
                + FleetRounds.rounds(
                    "n1", "mcs", rate: round % 2 == 0 ? 80 : 100, count: 1, ["round": "\(round)", "kernel": "6.18"])
        }
        #expect(comparison(rates).effects.first?.verdict == .undecided)
    }

    @Test func `too few rounds show nothing, and the legend says how many would`() throws {
        let found = comparison(upgraded("n1", by: 0.5, count: 3))
        let effect = try #require(found.effects.first)
        #expect(effect.verdict == .undecided && effect.change.low == 0 && !effect.change.high.isFinite)
        // Of 4 and 4 rounds, disjoint samples have a probability of 2 in 70.
        #expect(found.roundsNeeded == 4)
        #expect(AxisWords.legend(found).contains { $0.contains("need 4 rounds of each lock") })
    }

    /// 12 intervals need 1 + log2(12 ⁄ 0.05) = 8.9 machines for signed ranks.
    @Test func `of many machines, the interval is that of the typical change`() throws {
        #expect(AxisComparison.unitsNeeded(intervals: 12) == 9 && AxisComparison.unitsNeeded(intervals: 1) == 6)
        let found = comparison((1...12).flatMap { upgraded("n\($0)", by: $0 == 12 ? 1.02 : 0.95) })
        let effect = try #require(found.effects.first)
        #expect(effect.method == .ranks && found.intervals == 1)
        // 5 % is within the margin of each machine, and beyond the threshold of the typical change.
        #expect(effect.units.allSatisfy { $0.verdict == .equivalent } && effect.verdict == .lower)
        #expect(abs(effect.change.ratio - 0.95) < 1e-9 && effect.agreeing == 11)
        #expect(AxisWords.place(effect) == "typical of 12; 11 of them that way")
    }

    @Test func `machines that are alike are compared by ratios to the reference`() throws {
        // n2 is twice as fast in all, and mcs loses a fifth relative to futex.
        let records =
            beside("n1", futex: 100, mcs: 50, ["kernel": "6.1"]) + beside("n2", futex: 200, mcs: 80, ["kernel": "6.18"])
        let found = comparison(records)
        #expect(found.effects.map(\.lock) == ["mcs"], "the reference has no ratio to itself")
        let effect = try #require(found.effects.first)
        #expect(effect.units.map(\.unit.name) == ["n1 | n2"] && !effect.units[0].unit.isOneMachine)
        #expect(effect.verdict == .lower && abs(effect.change.ratio - 0.8) < 1e-9)
    }

    @Test func `what alike machines differ by adds to the margin`() throws {
        // mcs is at 0.5 and at 0.9 of futex on two machines of one kernel, so 0.4 on the third is no change.
        let records =
            beside("n1", futex: 100, mcs: 50, ["kernel": "6.1"]) + beside("n2", futex: 100, mcs: 90, ["kernel": "6.1"])
            + beside("n3", futex: 100, mcs: 40, ["kernel": "6.18"])
        let effect = try #require(comparison(records).effects.first)
        #expect(effect.units.map(\.unit.name) == ["n1, n2 | n3"] && effect.verdict == .undecided)
    }

    @Test func `machines that differ in something else are not compared, and are named`() {
        let records =
            FleetRounds.rounds("n1", "mcs", rate: 100)
            + FleetRounds.rounds("n1", "mcs", rate: 50, ["kernel": "6.18", "tool_version": "0.2.0"])
        let found = comparison(records)
        #expect(found.effects.isEmpty && found.steps.isEmpty)
        #expect(found.confounded == ["n1 differs in tool_version, too"])
    }

    @Test func `each class of machines has the steps between its own values`() {
        let records =
            ["6.1", "6.6", "6.18"].flatMap { FleetRounds.rounds("n1", "mcs", rate: 100, ["kernel": $0]) }
            + ["6.1", "6.18"].flatMap {
                FleetRounds.rounds("n2", "mcs", rate: 100, ["kernel": $0, "cpu_model": "Xeon"])
            }
        let steps = comparison(records).steps.map { "\($0.from) \($0.to) \($0.units.map(\.name))" }
        #expect(steps == ["6.1 6.6 [\"n1\"]", "6.1 6.18 [\"n2\"]", "6.6 6.18 [\"n1\"]"])
    }

    @Test func `CPU models are compared between machines`() throws {
        let records =
            beside("n1", futex: 100, mcs: 50, ["cpu_model": "EPYC"])
            + beside("n2", futex: 100, mcs: 100, ["cpu_model": "Xeon"])
        let effect = try #require(comparison(records, .cpuModel).effects.first)
        #expect(effect.verdict == .higher && abs(effect.change.ratio - 2) < 1e-9 && effect.step.from == "EPYC")
    }

    @Test func `a lock that is missing on one side is named`() throws {
        let records = upgraded("n1", by: 0.5) + upgraded("n2", "futex", by: 1) + upgraded("n1", "futex", by: 1)
        let effect = try #require(comparison(records).effects.first { $0.lock == "mcs" })
        #expect(AxisWords.place(effect) == "on n1; not measured on n2")
    }
}
