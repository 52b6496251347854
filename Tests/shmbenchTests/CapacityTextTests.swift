import ShmCompare
import ShmCoordinator
import ShmCore
import ShmHarness
import Testing

@testable import ShmRecord
@testable import ShmRender

/// The words for the results of a capacity search.
@Suite(.timeLimit(.minutes(10))) struct CapacityTextTests {
    private let bound = TimeSpan(nanoseconds: 100_000)
    private let early = "the search ended early at \(Figure.rate(500_000)): its rounds had too few arrivals for p99"

    /// The result of a search that ended early at 500 k/s.
    private func ended(sustained: Double) -> Capacity {
        var load = Load(workers: 2)
        (load.spacing, load.rate) = (.poisson, sustained)
        return Capacity(
            cell: Cell(.mcs, load), closed: 4e6, p99: sustained > 0 ? 81_000 : nil, tooHigh: 2e6, least: 10_950,
            endedAt: 500_000)
    }

    @Test func `a search that ended early without a rate does not say that lower rates fail`() {
        let capacities = [ended(sustained: 0)]
        let text = CapacityText(capacities: capacities, bound: bound)
        #expect(text.remarks == ["mcs × 2: \(early). Use a longer --duration."])
        #expect(text.notices.map(\.level) == [.warning])
        #expect(text.notices.map(\.text) == ["\(early); the closed loop has \(Figure.rate(4e6))"])
        #expect(text.suite.checks.map(\.outcome) == [.skipped])
        #expect(text.suite.checks.map(\.text) == text.notices.map(\.text))
        let table = CapacityTable.text(capacities, bound: bound, markdown: false, page: Page())
        #expect(table.contains("unknown") && !table.contains("<"), "\(table)")
    }

    @Test func `a rate that was found before the search ended early is the answer`() {
        let capacity = ended(sustained: 250_000)
        let text = CapacityText(capacities: [capacity], bound: bound)
        #expect(CapacityText.sustained(capacity) == Figure.rate(250_000))
        #expect(text.remarks == ["mcs × 2: \(early). Use a longer --duration."])
        #expect(text.notices.map(\.level) == [.notice] && text.suite.checks.map(\.outcome) == [.passed])
        for words in text.notices.map(\.text) + text.suite.checks.map(\.text) {
            #expect(words.hasPrefix("sustains \(Figure.rate(250_000)) with p99 "), "\(words)")
            #expect(words.contains("; \(early); the closed loop has "), "\(words)")
        }
    }
}
