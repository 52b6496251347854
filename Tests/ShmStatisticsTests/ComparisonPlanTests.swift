import ShmStatistics
import Testing

@Suite(.timeLimit(.minutes(10))) struct ComparisonPlanTests {
    @Test func `looks and hypotheses share the level, which is the root of the total rate`() {
        let plan = ComparisonPlan(falseAlarmRate: 0.01, hypotheses: 4, looks: [12, 18, 27, 41, 50])
        #expect(areClose(plan.stageLevel, 0.1))
        #expect(areClose(plan.confidence, 1 - 0.1 / 20))
        #expect(areClose(plan.stageLevel * plan.stageLevel, plan.falseAlarmRate))
    }

    @Test func `a candidate is confirmed only in its own direction`() {
        #expect(
            areClose(
                ComparisonPlan(falseAlarmRate: 0.01, hypotheses: 9, looks: [12]).confirmationConfidence, 1 - 0.2 / 3))
        #expect(
            areClose(
                ComparisonPlan(falseAlarmRate: 0.0001, hypotheses: 1, looks: []).confirmationConfidence, 1 - 0.02 / 3))
        #expect(areClose(ComparisonPlan(falseAlarmRate: 1, hypotheses: 1, looks: [12]).confirmationConfidence, 1 / 3.0))
        #expect(ComparisonPlan.confirmationLooks(after: 40) == [20, 40, 80])
        #expect(ComparisonPlan.confirmationLooks(after: 11) == [8, 16, 32])
    }

    @Test func `invalid numbers do not crash`() {
        let none = ComparisonPlan(falseAlarmRate: 2, hypotheses: 0, looks: [])
        #expect(none.stageLevel == 1 && none.confidence == 0)
        #expect(ComparisonPlan(falseAlarmRate: -1, hypotheses: 1, looks: [5]).confidence == 1)
    }

    @Test func `looks start when a decision is possible, and their distances grow`() {
        let plan = ComparisonPlan(falseAlarmRate: 0.01, hypotheses: 5, looks: 8, fewest: 11)
        #expect(plan.looks == [11, 16, 24, 36, 54, 81, 121, 181])
        let family = ComparisonPlan(falseAlarmRate: 0.01, hypotheses: 500, looks: 8, fewest: 11)
        #expect(family.looks[0] == ComparisonPlan.fewestBlocks(confidence: family.confidence) && family.looks[0] > 11)
        #expect(ComparisonPlan(falseAlarmRate: 1, hypotheses: 1, looks: 4, fewest: 0).looks == [3, 4, 6, 9])
        #expect(ComparisonPlan(falseAlarmRate: 0, hypotheses: 1, looks: 2, fewest: 0).looks.count == 2)
    }

    @Test(arguments: [0, 0.5, 0.9, 0.9375, 0.95, 0.99, 0.9993, 0.99999])
    func `the minimum number of blocks is the first with a finite interval`(confidence: Double) throws {
        let fewest = ComparisonPlan.fewestBlocks(confidence: confidence)
        let sample = (0..<fewest).map(Double.init)
        #expect(try #require(SignedRankInterval(sample, confidence: confidence)).low.isFinite)
        if fewest > 1 {
            #expect(try #require(SignedRankInterval(Array(sample.dropLast()), confidence: confidence)).low.isInfinite)
        }
    }

    @Test func `the minimum is 6 blocks at 0.95 and 8 at 0.99; at 1 there is none`() {
        #expect(ComparisonPlan.fewestBlocks(confidence: 0.95) == 6)
        #expect(ComparisonPlan.fewestBlocks(confidence: 0.99) == 8)
        #expect(ComparisonPlan.fewestBlocks(confidence: 1) == .max)
        #expect(ComparisonPlan.fewestBlocks(confidence: 1.0.nextDown) == 54)
    }

    @Test(arguments: [
        (0.05, 0.01, 0.09, Direction.higher), (-0.05, -0.09, -0.01, .lower), (0, -0.02, 0.02, .equivalent),
        (0.02, 0.01, 0.03, .equivalent), (0.02, 0.01, 0.04, .undecided), (-0.02, -0.04, -0.01, .undecided),
        (0.05, 0, 0.1, .undecided),
        (0.05, -0.01, 0.11, .undecided), (0, -.infinity, .infinity, .undecided), (.nan, .nan, .nan, .undecided),
        (-0.05, -0.1, 0, .undecided), (0, -0.03, 0.03, .equivalent), (0.03, 0.01, 0.05, .undecided),
    ])
    func `a difference needs the interval and the threshold`(
        estimate: Double, low: Double, high: Double, expected: Direction
    ) {
        #expect(direction(estimate: estimate, low: low, high: high, threshold: 0.03) == expected)
    }
}
