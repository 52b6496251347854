import Foundation
import ShmCoordinator
import Testing

@testable import ShmCompare
@testable import ShmRecord
@testable import ShmRender

/// One verdict on comparisons of several machines.
@Suite(.timeLimit(.minutes(10))) struct NodesVerdictTests {
    /// Findings on two metrics of a cell, written and read again.
    private func findings(
        _ ratio: Double, _ word: ComparisonVerdict, falseAlarms: Double = 0.01, workers: Int = 2, think: Int = 0,
        note: String? = nil
    ) throws -> RecordedFindings {
        let change = Change(ratio: ratio, low: ratio * 0.97, high: ratio * 1.02, confidence: 0.99, samples: 20)
        var load = Load(workers: workers)
        load.think = think
        let cell = CellFinding(
            load: load, baseLock: "futex", candidateLock: "futex",
            metrics: [
                MetricFinding(
                    metric: .throughput, threshold: 0.03, base: 100, candidate: 100 * ratio, change: change, word: word,
                    note: note),
                MetricFinding(metric: .handoff, threshold: 0.1, base: 5, candidate: 5, word: .equivalent),
                MetricFinding(metric: .integrity, threshold: 0, base: 1, candidate: 1, word: .equivalent),
            ], note: word == .broken ? "round 1 is stuck" : nil)
        let found = Findings(
            base: "old", candidate: "new", cells: [cell], falseAlarms: falseAlarms, startedAt: 1_700_000_000, seed: 7)
        return try RecordedFindings(rendered(Report(found), "csv"), path: "f.csv")
    }

    private func verdict(
        _ found: [(String, RecordedFindings)], tasks: [MachineTask] = [], falseAlarms: Double? = nil,
        failsUndecided: Bool = false
    ) -> NodesVerdict {
        NodesVerdict(
            found.map { (machine: $0.0, recorded: $0.1) }, tasks: tasks, falseAlarms: falseAlarms,
            failsUndecided: failsUndecided)
    }

    @Test func `findings are read as they were written`() throws {
        let found = try findings(0.88, .slower, think: 1000, note: "x, \"y\"")
        #expect(found.falseAlarms == 0.01 && found.findings.map(\.metric) == [.throughput, .handoff, .integrity])
        let first = try #require(found.findings.first)
        #expect(first.cell == "futex × 2, think 1µs" && first.verdict == .slower && first.note == "x, \"y\"")
        #expect(first.change == Change(ratio: 0.88, low: 0.8536, high: 0.8976, confidence: 0.99, samples: 20))
    }

    @Test func `a regression on one machine is one of the whole, with its change`() throws {
        let verdict = verdict([
            ("n1", try findings(1, .equivalent)), ("n2", try findings(0.88, .slower)),
            ("n3", try findings(1.1, .faster)),
        ])
        #expect(verdict.status == .regression && verdict.isComplete)
        let text = NodesText(verdict: verdict)
        #expect(text.headline == "REGRESSION: the candidate is worse on 1 of 3 machines: n2.")
        #expect(
            text.sentences.contains(
                "futex × 2, throughput became worse on 1 of 3 machines: n2 -12.0% (-14.6% to -10.2%)."))
        #expect(
            text.sentences.contains(
                "futex × 2, throughput became better on 1 of 3 machines: n3 +10.0% (+6.7% to +12.2%)."))
        // Three times 1 %.
        #expect(
            text.notes == [
                "Over 3 machines, at most 3% of comparisons of equals end in a finding: the sum of the machines' own rates (Bonferroni)."
            ])
    }

    @Test func `rates that exceed what was asked for are told`() throws {
        let found = [("n1", try findings(1, .equivalent)), ("n2", try findings(1, .equivalent))]
        #expect(NodesText(verdict: verdict(found, falseAlarms: 0.02)).notes[0].hasSuffix("(Bonferroni)."))
        #expect(NodesText(verdict: verdict(found, falseAlarms: 0.01)).notes[0].hasSuffix("more than the requested 1%."))
        // Shares of 1 % that have no short decimals.
        for count in [6, 15, 300] {
            let rate = Double(Figure.decimal(0.01 / Double(count), 10)) ?? 0
            let shares = try (1...count).map { ("n\($0)", try findings(1, .equivalent, falseAlarms: rate)) }
            let note = NodesText(verdict: verdict(shares, falseAlarms: rate * Double(count))).notes[0]
            #expect(note.contains("at most 1% of") && note.hasSuffix("(Bonferroni)."), "\(count): \(note)")
        }
    }

    @Test func `a machine without findings is not green, and a regression comes before it`() throws {
        let same = ("n1", try findings(1, .equivalent))
        let tasks = [MachineTask("n1", .complete), MachineTask("n2", .missing(""))]
        let missing = verdict([same], tasks: tasks)
        #expect(missing.status == .failed && missing.incomplete.map(\.name) == ["n2"])
        let text = NodesText(verdict: missing)
        #expect(text.headline.hasPrefix("INCOMPLETE: ") && text.sentences.contains("Missing: n2 has left nothing."))
        #expect(verdict([("n1", try findings(0.5, .slower))], tasks: tasks).status == .regression)
        #expect(verdict([("n1", try findings(1, .broken))], tasks: tasks).status == .integrity)
        #expect(verdict([], tasks: tasks).status == .failed && verdict([]).status == .failed)
    }

    @Test func `a cell that a machine lacks is missing`() throws {
        let verdict = verdict([("n1", try findings(1, .equivalent)), ("n2", try findings(1, .equivalent, workers: 1))])
        #expect(verdict.status == .failed && verdict.uneven.map(\.lines) == [3, 3])
        #expect(
            NodesText(verdict: verdict).sentences.contains(
                "Missing: n1 lacks 3 findings that others have; n2 lacks 3 findings that others have."))
    }

    @Test func `undecided and unjudged machines are named`() throws {
        let undecided = [("n1", try findings(1, .equivalent)), ("n2", try findings(1, .undecided))]
        #expect(verdict(undecided).status == .ok && verdict(undecided, failsUndecided: true).status == .undecided)
        #expect(
            NodesText(verdict: verdict(undecided)).headline == "No regression on 2 machines; undecided on 1 of them.")
        let unjudged = verdict([("n1", try findings(1, .unjudged, note: "the control differs"))])
        #expect(unjudged.status == .failed)
        #expect(NodesText(verdict: unjudged).sentences.contains("Not judged on n1: the control differs."))
    }

    @Test(arguments: Renderers.all.map(\.name))
    func `the verdict in every format`(format: String) throws {
        let report = Report(
            verdict(
                [
                    ("n1", try findings(1, .equivalent)), ("n2", try findings(0.88, .slower)),
                    ("n3", try findings(1.1, .faster)),
                ],
                tasks: [
                    MachineTask("n1", .complete), MachineTask("n2", .complete),
                    MachineTask("n3", .complete),
                    MachineTask("n4", .partial(rows: 1, expected: 3)),
                ]))
        let text = try rendered(report, format)
        try Golden.expect(format == "html" ? Page.shortened(text) : text, "nodes.\(format)")
        if format == "json" { try expectValid(text, "fleet-compare") }
    }

    @Test(arguments: [
        ("ratio", "abc", "a number from 0"), ("metric", "speed", "one of throughput"), ("schema", "2", "expected 1"),
        ("verdict", "good", "one of faster"), ("false_alarms", "-1", "a number from 0"),
    ])
    func `a broken file is refused in a line`(column: String, value: String, message: String) throws {
        let text = try rendered(
            Report(
                Findings(
                    base: "a", candidate: "b",
                    cells: [
                        CellFinding(
                            load: Load(workers: 1), baseLock: "futex", candidateLock: "futex",
                            metrics: [MetricFinding(metric: .throughput, threshold: 0.03, word: .equivalent)])
                    ], falseAlarms: 0.01, startedAt: 0)), "csv")
        let lines = text.split(separator: "\n").map(String.init)
        let index = try #require(lines[0].split(separator: ",").firstIndex { $0 == column })
        var fields = lines[1].split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        fields[index] = value
        let failure = #expect(throws: Failure.self) {
            try RecordedFindings("\(lines[0])\n\(fields.joined(separator: ","))\n", path: "x.csv")
        }
        #expect(
            failure?.message.contains(message) == true && failure?.message.contains("\n") == false,
            "\(failure?.message ?? "")")
        let twice = #expect(throws: Failure.self) { try RecordedFindings("\(text)\(lines[1])\n", path: "x.csv") }
        #expect(twice?.message.contains("is already in x.csv:2") == true)
    }
}
