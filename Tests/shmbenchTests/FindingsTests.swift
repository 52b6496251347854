import Foundation
import ShmCoordinator
import Testing

@testable import ShmCompare
@testable import ShmRecord
@testable import ShmRender
@testable import shmbench

#if canImport(FoundationXML)
    import FoundationXML
#endif

/// The findings of a comparison in every format.
@Suite(.timeLimit(.minutes(10))) struct FindingsTests {
    private static let slower = MetricFinding(
        metric: .throughput, threshold: 0.03, base: 2e8, candidate: 1.8e8,
        change: Change(ratio: 0.9, low: 0.89, high: 0.91, confidence: 0.998, samples: 10),
        fresh: Change(ratio: 0.9, low: 0.88, high: 0.92, confidence: 0.8, samples: 8), word: .slower)

    private func cell(_ word: ComparisonVerdict, lock: String = "futex", note: String? = nil) -> CellFinding {
        var metric = Self.slower
        metric.word = word
        return CellFinding(
            load: load(workers: 2), baseLock: "futex", candidateLock: lock,
            metrics: [
                metric, MetricFinding(metric: .integrity, threshold: 0, word: word == .broken ? .broken : .equivalent),
            ],
            note: note)
    }

    private func findings(_ cells: CellFinding...) -> Findings {
        Findings(base: "a b", candidate: "c<d>&\"e\"", cells: cells, falseAlarms: 0.01, startedAt: 0, seed: 1)
    }

    @Test func `the worst cell determines the exit code`() {
        let (equivalent, undecided, better) = (cell(.equivalent), cell(.undecided), cell(.faster))
        let (worse, broken, unjudged) = (cell(.slower), cell(.broken), cell(.unjudged))
        #expect(findings(equivalent, better).status(failsUndecided: true) == .ok)
        #expect(findings(equivalent, undecided).status(failsUndecided: false) == .ok)
        #expect(findings(equivalent, undecided).status(failsUndecided: true) == .undecided)
        #expect(findings(undecided, unjudged).status(failsUndecided: true) == .failed)
        #expect(findings(unjudged, worse).status(failsUndecided: true) == .regression)
        #expect(findings(worse, broken).status(failsUndecided: true) == .integrity)
    }

    @Test(arguments: [true, false])
    func `the figures of a row agree, also where the medians do not`(isPaired: Bool) throws {
        let finding = MetricFinding(
            metric: .cpu, threshold: 0.03, base: 10, candidate: 11,
            change: Change(ratio: 0.98, low: 0.97, high: 0.99, confidence: 0.998, samples: 10), word: .equivalent,
            isPaired: isPaired)
        #expect(finding.candidateFigure == 9.8)
        let all = findings(
            CellFinding(load: load(), baseLock: "futex", candidateLock: "mcs", metrics: [finding]))
        for (format, shown) in [
            ("table", "cpu    10.00 ns   9.80 ns  -2.0%"), ("markdown", "| 10.00 ns |   9.80 ns |  -2.0% |"),
        ] {
            let text = try rendered(Report(all), format)
            #expect(text.contains(shown) && !text.contains("11.0"), "\(text)")
        }
        let csv = try rendered(Report(all), "csv")
        #expect(csv.contains(",cpu,ns,10.000,11.000,0.98000,") && csv.contains(",9.800,"), "\(csv)")
        let json = try rendered(Report(all), "json")
        #expect(
            json.contains("\"candidate_median\":11.000,") && json.contains("\"candidate_estimate\":9.800"), "\(json)")
        // Without a change, each side shows its own median.
        let heap = MetricFinding(metric: .heap, threshold: 0, base: 0, candidate: 8, word: .slower)
        #expect(heap.candidateFigure == 8)
    }

    @Test func `the title of a cell names what its load differs by`() {
        var load = load(workers: 2)
        load.think = 1000
        let cell = CellFinding(load: load, baseLock: "futex", candidateLock: "mcs", metrics: [])
        #expect(cell.title.hasPrefix("futex → mcs × 2, think 1"))
        #expect(self.cell(.equivalent).title == "futex × 2")
    }

    @Test func `a cell without figures is undecided`() {
        let empty = CellFinding(
            load: load(), baseLock: "futex", candidateLock: "futex",
            metrics: [
                MetricFinding(metric: .throughput, threshold: 0.03),
                MetricFinding(metric: .integrity, threshold: 0, word: .equivalent),
            ])
        #expect(empty.word == .undecided)
    }

    @Test func `the text names what changed`() {
        let text = FindingsTable(findings: findings(cell(.slower, lock: "mcs"))).text
        #expect(text.contains("futex → mcs × 2: WORSE"))
        #expect(text.contains("-10.0%") && text.contains("-11.0% to -9.0%") && text.contains("SLOWER"))
        #expect(
            text.split(whereSeparator: \.isWhitespace).joined(separator: " ").contains("in 8 fresh blocks")
                && text.contains("REGRESSION"))
        for line in text.split(separator: "\n") { #expect(line.count <= 80, "\(line)") }
    }

    @Test func `a wide page shows each interval and its threshold`() {
        func picture(_ low: Double, _ ratio: Double, _ high: Double, threshold: Double = 0.1) -> String {
            IntervalPicture.text(
                Change(ratio: ratio, low: low, high: high, confidence: 0.99, samples: 11), threshold: threshold)
        }
        #expect(picture(1, 1, 1) == "          ┊    ●    ┊          ")
        #expect(picture(0.98, 1.02, 1.06) == "          ┊   ━│●━━ ┊          ")
        #expect(picture(1.1, 1.21, 1.4) == "          ┊    │    ┊━━━━●━━━━▶")
        #expect(picture(0, 0.5, .infinity) == "◀━━━━━━━━━┊━━━━│━━━━┊━━━━━━━━━▶")
        #expect(picture(1, 1, 1, threshold: 0) == "")
        let narrow = FindingsTable(findings: findings(cell(.slower))).text
        let wide = FindingsTable(findings: findings(cell(.slower)), page: Page(width: 200)).text
        #expect(!narrow.contains("┊") && wide.contains("┊") && wide.contains("● estimate"))
        for line in wide.split(separator: "\n") { #expect(line.count <= 120, "\(line)") }
    }

    @Test func `Markdown starts with the verdict and has a table`() {
        let text = FindingsTable(findings: findings(cell(.slower))).markdown
        #expect(text.hasPrefix("### ❌ shmbench: REGRESSION"))
        #expect(text.contains("|throughput") || text.contains("| throughput"))
        #expect(
            FindingsTable(findings: findings(cell(.equivalent))).markdown.hasPrefix("### ✅ shmbench: No regression"))
    }

    private final class Elements: NSObject, XMLParserDelegate {
        var names: [String: Int] = [:]
        var attributes: [String: [String: String]] = [:]
        func parser(
            _ parser: XMLParser, didStartElement element: String, namespaceURI: String?, qualifiedName: String?,
            attributes: [String: String]
        ) {
            names[element, default: 0] += 1
            self.attributes[element] = attributes
        }
    }

    @Test func `JUnit is valid XML, and counts failures, errors and skips`() throws {
        func elements(_ findings: Findings) throws -> Elements {
            let (parser, elements) = (XMLParser(data: Data(try rendered(Report(findings), "junit").utf8)), Elements())
            parser.delegate = elements
            #expect(parser.parse(), "\(parser.parserError.map { "\($0)" } ?? "")")
            return elements
        }
        let worse = try elements(findings(cell(.slower)))
        #expect(worse.names["testcase"] == 2 && worse.names["failure"] == 1)
        #expect(worse.attributes["testsuite"]?["failures"] == "1")
        #expect(worse.attributes["failure"]?["message"]?.contains("throughput -10.0%") == true)
        let broken = try elements(findings(cell(.broken, note: "it lost <7> \"updates\" & \u{1}")))
        #expect(broken.names["failure"] == 2)
        #expect(broken.attributes["failure"]?["message"]?.contains("<7> \"updates\" &") == true)
        #expect(try elements(findings(cell(.unjudged))).names["error"] == 1)
        #expect(try elements(findings(cell(.undecided))).names["skipped"] == 1)
    }

    @Test func `annotations are one escaped line each`() throws {
        let text = try rendered(
            Report(findings(cell(.slower), cell(.undecided), cell(.broken, note: "50%\nx"))), "github")
        let lines = text.split(separator: "\n")
        #expect(lines.allSatisfy { $0.hasPrefix("::") })
        #expect(
            lines.first
                == "::error title=futex × 2::futex × 2 became worse: throughput -10.0%25 (-11.0%25 to -9.0%25; -10.0%25 in 8 fresh blocks)."
        )
        #expect(lines.contains { $0.hasPrefix("::warning") } && text.contains("50%25%0Ax"))
    }

    @Test func `CSV and JSON have a row per metric of each cell`() throws {
        let table = try Table(rendered(Report(findings(cell(.slower), cell(.equivalent))), "csv"))
        #expect(table.rows.count == 4)
        #expect(table.rows[0]["verdict"] == "slower" && table.rows[0]["ratio"] == "0.90000")
        #expect(table.rows[0]["candidate"] == "c<d>&\"e\"" && table.rows[0]["samples"] == "10")
        let json = try JSONSerialization.jsonObject(
            with: Data(rendered(Report(findings(cell(.slower))), "json").utf8))
        let rows = try #require((json as? [String: Any])?["rows"] as? [[String: Any]])
        #expect(rows.count == 2 && rows[0]["fresh_samples"] as? Int == 8)
    }

    @Test func `thresholds are parsed`() throws {
        #expect(try Threshold.parse(["throughput=5%", "p99=12.5%"]) == [.throughput: 0.05, .p99: 0.125])
        for wrong in [
            "throughput", "throughput=5", "speed=5%", "integrity=5%", "p99=0%", "p99=-1%", "p99=2000%", "p99=nan%",
        ] {
            #expect(throws: Failure.self, "\(wrong)") { try Threshold.parse([wrong]) }
        }
        #expect(throws: Failure.self) { try Threshold.parse(["p99=1%", "p99=2%"]) }
        #expect(try Metric.list(["p99", "throughput"]) == [.throughput, .p99, .integrity])
        #expect(throws: Failure.self) { try Metric.list(["p98"]) }
    }
}
