import ShmCompare
import ShmCoordinator
import ShmHarness
import Testing

@Suite struct PathComparisonTests {
    private static func cost(_ path: CrashPath, _ steps: ClosedRange<Int>, calls: Int = 0) -> PathCost {
        PathCost(path, instructions: steps, systemCalls: calls...calls)
    }

    private static func finding(
        _ base: [PathCost], _ candidate: [PathCost], workers: Int = 1, threshold: Double = 0, isJudged: Bool = true
    ) -> MetricFinding {
        PathComparison(base: base, candidate: candidate, threshold: threshold, isJudged: isJudged)
            .finding(workers: workers)
    }

    @Test func `one instruction more is a regression, one less is better, and equal counts are equivalent`() {
        let base = [Self.cost(.uncontended, 120...120)]
        let more = Self.finding(base, [Self.cost(.uncontended, 121...121)])
        #expect(more.word == .slower && more.note == "uncontended 120 → 121 instructions")
        #expect(more.base == 120 && more.candidate == 121)
        #expect(Self.finding(base, [Self.cost(.uncontended, 119...119)]).word == .faster)
        let same = Self.finding(base, base)
        #expect(same.word == .equivalent && same.note == nil && same.change?.ratio == 1)
    }

    @Test func `a rise in one path is a regression, also where another falls`() {
        let base = [Self.cost(.uncontended, 120...120), Self.cost(.attempt, 90...90)]
        let other = [Self.cost(.uncontended, 100...100), Self.cost(.attempt, 91...91)]
        let found = Self.finding(base, other)
        #expect(found.word == .slower)
        #expect(found.note == "uncontended 120 → 100 instructions, try 90 → 91 instructions")
    }

    @Test func `a system call more is found where the instructions are equal`() {
        let found = Self.finding(
            [Self.cost(.waiter, 400...400, calls: 2)], [Self.cost(.waiter, 400...400, calls: 3)], workers: 2)
        #expect(found.word == .slower && found.note == "waiter 2 → 3 system calls")
    }

    @Test func `ranges that overlap have not changed, and a rise within the threshold is equivalent`() {
        let base = [Self.cost(.waiter, 400...417)]
        #expect(Self.finding(base, [Self.cost(.waiter, 410...430)], workers: 2).word == .equivalent)
        let apart = [Self.cost(.waiter, 418...430)]
        #expect(Self.finding(base, apart, workers: 2).word == .slower)
        #expect(Self.finding(base, apart, workers: 2, threshold: 0.05).word == .equivalent)
    }

    @Test func `a cell of one worker has the paths alone, and others those among waiters`() {
        let costs = [Self.cost(.uncontended, 120...120), Self.cost(.waiter, 400...400), Self.cost(.holder, 90...90)]
        #expect(Self.finding(costs, costs).base == 120)
        #expect(Self.finding(costs, costs, workers: 8).base == 400)
    }

    @Test func `counts that are not judged have no verdict, and say what differs`() {
        let found = Self.finding(
            [Self.cost(.uncontended, 120...120)], [Self.cost(.uncontended, 121...121)], isJudged: false)
        #expect(found.word == .missing && found.note == "uncontended 120 → 121 instructions")
    }

    @Test func `without a path that both sides have there is no figure`() {
        let found = Self.finding([Self.cost(.uncontended, 120...120)], [Self.cost(.reader, 90...90)])
        #expect(found.base == nil && found.word == .missing)
    }
}
