import ShmStatistics
import Testing

@Suite(.timeLimit(.minutes(1))) struct ChangePointsTests {
    /// Values about a level, half a per cent to either side.
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

    @Test func `a step smaller than the least effect is none, however sure`() {
        var generator = SeededGenerator(seed: 3)
        let series = run(100, 20, &generator) + run(101.5, 20, &generator)
        #expect(changePoints(series).isEmpty)
        #expect(changePoints(series, leastEffect: 0.01).map(\.index) == [20])
    }

    @Test func `ten values of which five and five differ are enough, nine are not`() {
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
    func `series without sense have no change points`(series: [Double]) {
        #expect(changePoints(series).isEmpty)
        #expect(changePoints(series, level: 1, leastEffect: 0).isEmpty || series.count == 2)
    }

    /// By enumerating all 7! orders with Python: the share whose largest |U| is at least that of the series.
    @Test(
        arguments: [
            ([1, 2, 3, 5, 4, 6, 7], 0.1), ([4, 1, 2, 3, 6, 7, 5], 0.1), ([1, 1, 2, 2, 3, 3, 5], 0.05714285714285714),
        ] as [([Double], Double)])
    func `p-values of short series are exact, with ties too`(series: [Double], p: Double) throws {
        #expect(areClose(try #require(pettitt(series)).p, p))
    }

    /// In series of 17 and more the approximation must not claim more than there is.
    @Test(arguments: [17, 25, 60])
    func `series without change are significant at most as often as the level says`(count: Int) {
        var generator = SeededGenerator(seed: UInt64(count))
        let trials = 4000
        for level in [0.01, 0.05] {
            let found = (0..<trials).count { _ in
                let series = (0..<count).map { _ in Double.random(in: 0..<1, using: &generator) }
                return pettitt(series).map { $0.p <= level } ?? false
            }
            let error = (level * (1 - level) / Double(trials)).squareRoot()
            #expect(Double(found) / Double(trials) < level + 5 * error)
        }
    }

    @Test func `series without change have change points at most as often as the level says`() {
        var generator = SeededGenerator(seed: 4)
        let (trials, level) = (2000, 0.05)
        let found = (0..<trials).count { _ in
            let series = (0..<30).map { _ in Double.random(in: 1..<2, using: &generator) }
            return !changePoints(series, level: level, leastEffect: 0).isEmpty
        }
        let error = (level * (1 - level) / Double(trials)).squareRoot()
        #expect(Double(found) / Double(trials) < level + 5 * error)
        #expect(found > 0)
    }

    /// Two even halves with nothing between them: more than the exact chance, 2·(8!)²/16!.
    @Test func `the approximation lies above the exact chance`() throws {
        let exact = try #require(pettitt((0..<16).map(Double.init))).p
        #expect(areClose(exact, 2.0 / 12_870))
        #expect(approximateChance(16, 64) > exact)
    }
}
