import ShmCoordinator
import Testing

@testable import ShmCompare
@testable import ShmRecord
@testable import ShmRender

/// With unequal critical sections, the report says how the two kinds of fairness differ.
@Suite(.timeLimit(.minutes(10))) struct OpportunityTextTests {
    private static let unequal = ["critical_section_ns": "10100", "critical_section_shares": "1:200+1:20000"]

    private func rounds(_ lock: String, jain: String, opportunity: String, holds: String) -> [Record] {
        (1...3).map { round in
            record(
                lock, workers: 2, round: round,
                Self.unequal.merging([
                    "order_window_jain": jain, "lock_opportunity_jain": opportunity, "class_hold_shares": holds,
                ]) { $1 })
        }
    }

    private func summaries(_ records: [Record]) -> [CellSummary] {
        CellSummary.summaries(records, cells: records.map(CellID.init).uniqued())
    }

    private func verdict(_ records: [Record]) -> String {
        RunVerdict.text(summaries(records)).split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }

    @Test func `locks that are fair in turns and unfair in time are named, and the reverse`() {
        let records =
            rounds("mcs", jain: "1.0000", opportunity: "0.5100", holds: "0.0099 0.9901")
            + rounds("futex", jain: "0.5600", opportunity: "0.9300", holds: "0.5000 0.5000")
            + rounds("tas", jain: "0.9000", opportunity: "0.9300", holds: "0.5000 0.5000")
        #expect(
            verdict(records).contains(
                "compared with acquisitions, lock opportunity is less even with mcs (Jain's index 0.51, of acquisitions in the same window 1.00), where sections of 20µs are 99% of the time held; more even with futex (Jain's index 0.93, of acquisitions in the same window 0.56); as even with tas (Jain's index 0.93, of acquisitions in the same window 0.90)."
            ))
    }

    @Test func `rounds that disagree decide nothing`() {
        var records = rounds("mcs", jain: "0.5000", opportunity: "0.7000", holds: "0.5000 0.5000")
        records[2] = record(
            "mcs", workers: 2, round: 3,
            Self.unequal.merging(["order_window_jain": "0.9000", "lock_opportunity_jain": "0.7000"]) { $1 })
        #expect(verdict(records).contains("lock opportunity is now less, now more even with mcs, by round."))
    }

    @Test func `equal sections need no such sentence`() {
        let records = (1...3).map { record("mcs", workers: 2, round: $0, ["lock_opportunity_jain": "0.5000"]) }
        #expect(!verdict(records).contains("opportunity"))
    }

    @Test func `the table has the index, its title the sections, and a footnote the meaning`() {
        let all = summaries(rounds("mcs", jain: "1.0000", opportunity: "0.5100", holds: "0.0099 0.9901"))
        let table = SummaryTable(summaries: all)
        #expect(table.text.contains("2 workers, critical sections 1:200ns,1:20µs") && table.titles.contains("opp"))
        #expect(table.text.split(separator: "\n").contains { $0.hasPrefix("mcs") && $0.contains(" 0.51 ") })
        #expect(Footnote.lines(all, titles: table.titles)[0].contains("opp: that of lock opportunity"))
        #expect(!SummaryTable(summaries: summaries([record("mcs", workers: 2)])).titles.contains("opp"))
    }
}
