import ShmStatistics
import Testing

@Suite(.timeLimit(.minutes(10))) struct ChangePointsTests {
    /// Values within half a per cent of a level.
    private func run(_ level: Double, _ count: Int, _ generator: inout SeededGenerator) -> [Double] {
        (0..<count).map { _ in level * Double.random(in: 0.995...1.005, using: &generator) }
    }

    @Test func `a step is found where it is, with the medians on either side`() throws {
        var generator = SeededGenerator(seed: 1)
        let series = run(100, 12, &generator) + run(90, 9, &generator)
        let change = try #require(changePoints(series).first)
        #expect(changePoints(series).count == 1)
        #expect(change.index == 12)
        #expect(change.before == median(series[..<12]) && change.after == median(series[12...]))
        #expect(change.p < 0.01)
    }

    @Test func `steps there and back are both found`() {
        var generator = SeededGenerator(seed: 2)
        let series = run(100, 20, &generator) + run(110, 25, &generator) + run(100, 15, &generator)
        #expect(changePoints(series).map(\.index) == [20, 45])
    }

    @Test func `a step smaller than the least effect is not reported, however certain`() {
        var generator = SeededGenerator(seed: 3)
        let series = run(100, 20, &generator) + run(101.5, 20, &generator)
        #expect(changePoints(series).isEmpty)
        #expect(changePoints(series, leastEffect: 0.01).map(\.index) == [20])
    }

    @Test func `five values before and five after are enough, nine values are not`() {
        #expect(changePoints([1, 2, 3, 4, 5, 11, 12, 13, 14, 15]).map(\.index) == [5])
        #expect(changePoints([1, 2, 3, 4, 5, 11, 12, 13, 14]).isEmpty)
    }

    @Test func `from zero every change counts`() {
        let series = [Double](repeating: 0, count: 12) + [Double](repeating: 1e-9, count: 12)
        #expect(changePoints(series).map(\.index) == [12])
    }

    @Test(
        arguments: [
            [], [1], [1, 2], [1, 1, 1], [Double](repeating: 5, count: 40), [Double](repeating: 0, count: 40), [.nan],
            [1, 2, 3, .infinity] + [Double](repeating: 9, count: 30), (0..<30).map { $0 < 15 ? 1 : .nan },
        ] as [[Double]])
    func `invalid series have no change points`(series: [Double]) {
        #expect(changePoints(series).isEmpty)
        #expect(changePoints(series, level: 1, leastEffect: 0).isEmpty || series.count == 2)
    }

    @Test(arguments: [(10, 10, 10), (15, 15, 15), (20, 20, 20), (30, 10, 30), (40, 12, 40), (15, 10, 15), (32, 6, 2)])
    func `a regression that was fixed is found`(before: Int, during: Int, after: Int) {
        var generator = SeededGenerator(seed: 5)
        let series = run(100, before, &generator) + run(110, during, &generator) + run(100, after, &generator)
        let found = changePoints(series).map(\.index)
        #expect(found == [before, before + during])
    }

    @Test(arguments: [(26, 4), (37, 3), (95, 5), (362, 3), (990, 10)])
    func `the last few runs are enough, however long the series`(before: Int, after: Int) {
        var generator = SeededGenerator(seed: 6)
        let series = run(100, before, &generator) + run(70, after, &generator)
        #expect(changePoints(series).map(\.index) == [before])
    }

    @Test func `a change point stays when runs are added`() {
        var generator = SeededGenerator(seed: 7)
        var series = run(100, 10, &generator) + run(110, 10, &generator)
        for _ in 0..<60 {
            #expect(changePoints(series).first?.index == 10)
            series += run(100, 1, &generator)
        }
    }

    /// From an enumeration of all 7! orders in Python: the share whose largest statistic is at least that of the series.
    @Test(
        arguments: [
            ([1, 2, 3, 5, 4, 6, 7], 0.1), ([4, 1, 2, 3, 6, 7, 5], 0.1), ([1, 1, 2, 2, 3, 3, 5], 0.05714285714285714),
        ] as [([Double], Double)])
    func `p-values of short series are exact, with ties too`(series: [Double], p: Double) throws {
        #expect(areClose(try #require(bestSplit(series)).p, p))
    }

    /// In longer series, the bound must hold.
    @Test(arguments: [17, 25, 60])
    func `series without a change are significant at most at the rate of the level`(count: Int) {
        var generator = SeededGenerator(seed: UInt64(count))
        let trials = 400
        var (splits, pieces) = ([Double](), [Double]())
        for _ in 0..<trials {
            let series = (0..<count).map { _ in Double.random(in: 0..<1, using: &generator) }
            if let p = bestSplit(series)?.p { splits.append(p) }
            if let p = bestPiece(series)?.p { pieces.append(p) }
        }
        #expect(splits.count == trials && pieces.count == trials)
        for level in [0.01, 0.05] {
            let error = (level * (1 - level) / Double(trials)).squareRoot()
            for chances in [splits, pieces] {
                #expect(Double(chances.count { $0 <= level }) / Double(trials) < level + 5 * error)
            }
        }
    }

    @Test func `series without a change have change points at most at the rate of the level`() {
        var generator = SeededGenerator(seed: 4)
        let (trials, level) = (1000, 0.05)
        let found = (0..<trials).count { _ in
            let series = (0..<16).map { _ in Double.random(in: 1..<2, using: &generator) }
            return !changePoints(series, level: level, leastEffect: 0).isEmpty
        }
        let error = (level * (1 - level) / Double(trials)).squareRoot()
        #expect(Double(found) / Double(trials) < level + 5 * error)
        #expect(found > 0)
    }
}
