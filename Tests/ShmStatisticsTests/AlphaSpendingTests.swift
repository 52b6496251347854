import ShmStatistics
import Testing

@Suite(.timeLimit(.minutes(10))) struct AlphaSpendingTests {
    /// The levels of looks.
    private func levels(_ fractions: [Double], of level: Double = 0.1) -> [Double] {
        var spending = AlphaSpending(level: level)
        return fractions.map { spending.spend(at: $0) }
    }

    @Test func `little is spent at first, and all in sum`() {
        let levels = levels([0.3, 0.4, 0.5, 0.6, 1])
        #expect(areClose(levels[0], 0.009) && areClose(levels[1], 0.007, within: 1e-9))
        #expect(areClose(levels.reduce(0, +), 0.1) && levels[4] == levels.max())
    }

    @Test func `a look that comes just before the last leaves it what is left`() {
        let levels = levels([0.5, 0.75, 0.9, 1])
        #expect(levels[1] == 0 && levels[2] == 0 && areClose(levels[3], 0.075))
    }

    @Test func `fractions that are not in order spend nothing twice`() {
        let levels = levels([0.5, 0.3, 0.5, 1, 1])
        #expect(levels[1] == 0 && levels[2] == 0 && areClose(levels[3], 0.075) && levels[4] == 0)
        #expect(self.levels([1, 1]) == [0.1, 0] && self.levels([-1, 2]) == [0, 0.1])
        #expect(self.levels([1], of: 2) == [1] && self.levels([1], of: -1) == [0])
    }

    @Test func `a comparison advances with its blocks or its time, whichever is more`() {
        let plan = ComparisonPlan(falseAlarmRate: 0.01, hypotheses: 1, looks: [11, 20])
        #expect(areClose(plan.equivalenceLevel, 0.1))
        #expect(plan.fraction(blocks: 10, time: 0.2) == 0.5 && plan.fraction(blocks: 10, time: 0.7) == 0.7)
        #expect(plan.fraction(blocks: 20, time: 0) == 1 && plan.fraction(blocks: 0, time: 3) == 1)
        #expect(ComparisonPlan(falseAlarmRate: 0.01, hypotheses: 1, looks: []).fraction(blocks: 1, time: 0) == 1)
    }
}
