import Foundation
import ShmCore
import ShmHarness
import ShmStatistics
import Testing

@testable import ShmCompare
@testable import ShmCoordinator
@testable import ShmRecord
@testable import ShmRender
@testable import shmbench

/// Reports in HTML: nothing gets out of its text, nothing is loaded, and what is missing is a gap.
@Suite(.timeLimit(.minutes(10))) struct HTMLTests {
    private static let hostile = "</script><b>&\"'\u{1b}mcs"

    /// Three rounds of two locks, one of which has a hostile name.
    private static func records(rounds: Int = 3, _ figures: [String: String] = [:]) -> [Record] {
        (1...rounds).flatMap { round in
            [1, 2].flatMap { workers in
                [("futex", 4e7), (hostile, 5e7)].map { lock, rate in
                    let more = [
                        "throughput_per_s": "\(rate + Double(round))", "latency_samples": "20000",
                        "acquire_p50_ns": "40", "acquire_p90_ns": "60", "acquire_p99_ns": "90",
                        "acquire_p999_ns": "300", "fairness_jain": "0.9", "handoff_p50_ns": "700",
                    ]
                    return record(lock, workers: workers, round: round, more.merging(figures) { _, new in new })
                }
            }
        }
    }

    private static func report(_ records: [Record]) -> Report {
        let rounds = RecordedRounds(
            path: "a.csv", columns: contractedColumns, rounds: records.enumerated().map { ($0, $1) })
        return FilesReport([rounds]).report
    }

    private static func page(_ records: [Record], library: ChartLibrary = .stub) -> String {
        HTMLRenderer(library: library).render(report(records), for: Page())
    }

    /// The data of the pictures.
    private static func drawings(_ page: String) -> [Substring] {
        page.matches(of: /<script type="application\/json">([\s\S]*?)<\/script>/).map(\.1)
    }

    // MARK: Escaping

    @Test func `a text gets into markup only escaped`() {
        let text = "<a href='x'>&\"\u{7}"
        let markup: Markup = "<td title=\"\(text)\">\(text)</td>"
        let escaped = "&lt;a href=&#39;x&#39;&gt;&amp;&quot;\u{fffd}"
        #expect(markup.source == "<td title=\"\(escaped)\">\(escaped)</td>")
        #expect(("\("plain")" as Markup).source == "plain")
    }

    @Test func `data for the script cannot end its element`() {
        let data = Markup.data(.object([.init("</script>", .text("<!--\u{2028}"))])).source
        #expect(!data.contains("<"))
        #expect(data == "{\"\\u003c/script>\":\"\\u003c!--\u{2028}\"}")
    }

    @Test func `a hostile name of a lock is text everywhere`() {
        let page = Self.page(Self.records())
        // Two scripts of the page, and the data of its pictures.
        let pictures = Self.drawings(page).count
        #expect(pictures == 5)
        #expect(page.components(separatedBy: "</script>").count - 1 == pictures + 2)
        #expect(!page.contains("<b>") && !page.contains("\u{1b}"))
        #expect(page.contains("&lt;/script&gt;&lt;b&gt;&amp;&quot;&#39;\u{fffd}mcs"))
        // Chosen or not, the script finds it under one name.
        #expect(
            Self.drawings(page).allSatisfy { $0.contains("\\u003c/script>\\u003cb>") || $0.contains("\\u003c/script") })
    }

    // MARK: Policy

    @Test func `the policy allows this page's scripts and nothing else`() throws {
        let page = Self.page(Self.records())
        let policy = try #require(page.firstMatch(of: /Content-Security-Policy" content="([^"]*)"/)).1
            .replacing("&#39;", with: "'")
        #expect(policy.hasPrefix("default-src 'none'; script-src 'sha256-"))
        #expect(!policy.contains("unsafe") && !policy.contains("http") && !policy.contains("data:"))
        for text in page.matches(of: /<script>([\s\S]*?)<\/script>/).map(\.1)
            + page.matches(of: /<style>([\s\S]*?)<\/style>/).map(\.1)
        {
            #expect(policy.contains("'sha256-\(SHA256.base64(String(text)))'"))
        }
        #expect(page.matches(of: /sha256-/).count == 3)
        #expect(page.matches(of: /(?:src|href)="(?!data:text\/csv|#)/).isEmpty)
        #expect(page.matches(of: /\ (?:style|on[a-z]+)="/).isEmpty)
    }

    @Test(arguments: [
        ("", "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="), ("abc", "ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0="),
        (
            String(repeating: "abcdefgh", count: 8), "YGJ56j0bT5ZLUFnNfpbm+3xUpxkZ7UOAAw0KZF2X7fc="
        ),
    ])
    func `hashes are those of FIPS 180-4`(text: String, digest: String) { #expect(SHA256.base64(text) == digest) }

    // MARK: Gaps

    @Test func `a missing percentile is a gap, not a zero`() throws {
        let page = Self.page(Self.records(["latency_samples": "1500"]))
        let curves = try #require(Self.drawings(page).first { $0.contains("percentile") })
        #expect(curves.contains("[2,40,10,60,100,90,1000,null,10000,null]"), "\(curves)")
        #expect(page.contains("<td class=\"n\">–</td>"))
    }

    @Test func `what is no number is left out`() {
        #expect(JSON.text(.numbers([.nan, .infinity, nil, 1.5, 1e18])) == "[null,null,null,1.500,1e+18]")
        let row = RowDrawing.Row("a", value: .nan, interval: (.nan, 1), points: [.infinity], text: "–")
        let drawing = JSON.text(RowDrawing("x", .rate, [.init("v", [row])]).json)
        #expect(!drawing.contains("nan") && !drawing.contains("inf") && !drawing.contains("\"value\""))
    }

    @Test func `a single round has no interval and no spread`() throws {
        let page = Self.page(Self.records(rounds: 1))
        #expect(Self.drawings(page).count == 4)
        #expect(Self.drawings(page).allSatisfy { !$0.contains("\"interval\"") })
        #expect(!page.contains("confidence interval") && !page.contains("relative to their median"))
    }

    @Test func `a page without percentiles has no curves`() {
        let none = ["acquire_p50_ns", "acquire_p90_ns", "acquire_p99_ns", "acquire_p999_ns"]
        let page = Self.page(Self.records(Dictionary(uniqueKeysWithValues: none.map { ($0, "") })))
        #expect(!page.contains("Time to acquire"))
    }

    // MARK: The library

    @Test func `without the library, a page has simple pictures and says what to do`() {
        let page = Self.page(Self.records(), library: .missing)
        #expect(page.contains("cannot read /nowhere/chart.js") && page.contains("libjs-chart.js"))
        #expect(Self.drawings(page).isEmpty)
        // Bars and points in tables, and curves.
        #expect(page.contains("<table class=\"still\">") && page.contains("<rect class=\"other\""))
        #expect(page.matches(of: /<svg class="still"/).count > 2)
        #expect(page.matches(of: /sha256-/).count == 2)
        #expect(page.matches(of: /\ (?:style|on[a-z]+)="/).isEmpty && !page.contains("nan"))
    }

    @Test func `a page that leaves the library out on purpose has no remark`() {
        let page = Self.page(Self.records(), library: ChartLibrary(absence: nil))
        #expect(page.contains("<table class=\"still\">") && !page.contains("class=\"warnings\""))
    }

    @Test func `a page without pictures does not contain the library`() {
        let page = HTMLRenderer(library: .stub).render(FilesReport.nothing(Failure("no file")), for: Page())
        #expect(!page.contains("Chart.js v") && page.matches(of: /sha256-/).count == 2)
        #expect(Self.page(Self.records()).contains("Chart.js v3.9.1"))
    }

    // MARK: Tables

    @Test func `a cell has the number that its text rounds`() {
        let page = Self.page(Self.records(["acquire_p99_ns": "123456"]))
        #expect(page.contains("<td class=\"n\" data-value=\"123456.0\">123 µs</td>"))
        #expect(page.contains("<td class=\"n\" data-value=\"40000002.0\">40.0 M/s</td>"))
        // A plain number is its own.
        #expect(page.contains("<td class=\"n\">3</td>"))
    }

    @Test func `the heading is not said again`() {
        let page = Self.page([record("futex", workers: 2, round: 1)])
        #expect(page.components(separatedBy: "very lock kept its promise").count - 1 == 2, "\(page)")
    }

    @Test func `backquotes of a value are text`() {
        #expect(Markup.sentence("use `a b`").source == "use <code>a b</code>")
        #expect(Markup.sentence("X=\("`date`".verbatim) `run`").source == "X=`date` <code>run</code>")
    }

    // MARK: Conditions

    @Test func `each machine, and each of its runs, has its own conditions`() {
        let other = ["hostname": "there", "cpu_model": "Other", "cpus": "8", "kernel": "7.0", "seed": "9"]
        let records =
            Self.records(["seed": "7", "run_id": "r1"]) + Self.records(["seed": "8", "run_id": "r2", "round": "9"])
            + Self.records(other)
        let page = Self.page(records.enumerated().map { Self.numbered($1, $0) })
        let conditions = page.components(separatedBy: "<h2>Conditions</h2>").last ?? ""
        #expect(conditions.matches(of: /<h3>/).count == 2)
        let parts = conditions.components(separatedBy: "<h3>")
        #expect(
            parts.count == 3 && parts[2].hasPrefix("there</h3>") && parts[2].contains("<dd>8</dd>"), "\(conditions)")
        #expect(parts[1].contains("<dt>run r1</dt>") && parts[1].contains("seed 7"), "\(conditions)")
        #expect(parts[1].contains("<dt>run r2</dt>") && !parts[1].contains("Other"), "\(conditions)")
        #expect(parts[2].contains("<dt>seed</dt><dd>9</dd>") && parts[2].contains("<dt>kernel</dt><dd>7.0</dd>"))
    }

    /// The record as another round, since no round may occur twice.
    private static func numbered(_ record: Record, _ round: Int) -> Record {
        Record(fields: record.fields.merging(["round": "\(round + 1)"]) { _, new in new })
    }

    @Test(arguments: [
        "/*! Chart.js v3.9.1 */ x='</SCRIPT>'", "/*! Chart.js v3.9.1 */ <!-- x", "/*! Chart.js v4.4.0 */", "",
    ])
    func `a file that is not Chart.js 3, or ends its element, is not used`(script: String) {
        let library = ChartLibrary(script: script, from: "x.js")
        #expect(library.script == nil && library.absence?.hasPrefix("x.js ") == true)
    }

    // MARK: Downloads

    @Test func `the rows are in the page`() throws {
        let page = Self.page([record("futex", workers: 2, round: 1, ["hostname": "a,b \"c\"%<"])])
        let link = try #require(
            page.firstMatch(of: /download="rounds.csv" href="data:text\/csv;charset=utf-8,([^"]*)"/)
        ).1
        let text = try #require(String(link).removingPercentEncoding)
        #expect(text.hasPrefix("schema,run_id,") && text.contains(",\"a,b \"\"c\"\"%<\","))
    }

    @Test func `too many rows are not embedded`() {
        let row: [Value] = [.text(String(repeating: "x", count: 1000))]
        let link = Markup.download("a.csv", .init(schema: 1, ["x"], Array(repeating: row, count: 1001))).source
        #expect(link.contains("not embedded") && link.utf8.count < 200)
    }

    @Test func `curves and tables have the same percentiles`() throws {
        let records = (1...4).map { round in
            var figures = [
                "throughput_per_s": "4e7", "latency_samples": "20000", "acquire_p50_ns": "40",
                "acquire_p99_ns": "\(100 * round)", "acquire_p999_ns": "\(1000 * round)",
            ]
            if round > 2 { figures["acquire_p9999_ns"] = "90000" }
            return record("futex", workers: 2, round: round, figures)
        }
        let summary = try #require(MachineRounds.groups(records).first?.summaries.first)
        func quantile(_ percent: Double) -> Double? { summary.quantiles.first { $0.percent == percent }?.time }
        #expect(quantile(99) == summary.p99 && summary.p99 == 250)
        #expect(quantile(99.9) == summary.p999)
        #expect(quantile(99.99) == nil)
    }

    // MARK: Files

    @Test(arguments: DocumentKind.allCases)
    func `a file is recognised by its first line`(kind: DocumentKind) {
        let file = kind.mark(of: .html) + Self.page(Self.records())
        #expect(kind.isBegun(by: file, .html))
        for other in DocumentKind.allCases where other != kind { #expect(!other.isBegun(by: file, .html)) }
        #expect(!kind.isBegun(by: "<!doctype html>", .html))
    }

    @Test(arguments: Renderers.all.filter { $0.ending != nil }.map(\.name))
    func `a file of every format with an ending is recognised`(name: String) throws {
        let format = try #require(OutputFormat(named: name))
        let kind = DocumentKind.report
        let text = format.renderer.render(Self.report(Self.records()), for: Page())
        #expect(kind.isBegun(by: kind.mark(of: format) + text, format))
        #expect(!kind.isBegun(by: "a letter", format))
    }

    // MARK: Recovery

    @Test func `recovery has the percentiles for which there were enough kills`() throws {
        var times = TimeDistribution()
        for time in 1...1000 { times.add(UInt64(time) * 1000) }
        let curve = times.curve
        #expect(curve.first?.percent == 50 && curve.last?.percent == 99 && curve.count > 25)
        #expect(curve.map(\.time) == curve.map(\.time).sorted())
        let picture = try #require(RecoveryPicture(lines: [(.futex, times), (.mcs, TimeDistribution())]).picture)
        #expect(picture.table.rows.map { $0.map(\.text) }.first?.first == "futex" && picture.table.rows.count == 1)
        #expect(picture.table.columns.map(\.title) == ["lock", "recoveries", "p50", "p90", "p99", "max"])
        var few = TimeDistribution()
        for time in 1...19 { few.add(UInt64(time) * 1000) }
        #expect(RecoveryPicture(lines: [(.futex, few)]).picture == nil)
    }

    @Test func `recovery of a results file has the percentiles of the file`() {
        let times = TimeDistribution(count: 40, [(50, 7000), (99, nil)], longest: 9000)
        #expect(times.curve.map(\.percent) == [50] && times.percentile(99) == nil && times.longest == 9000)
        #expect(times.count == 40 && times.middle == 7000)
    }

    @Test func `percentiles of a curve contain those of tables`() {
        let ticks = PercentileRule.ticks(samples: 100_000)
        #expect(Set([50, 90, 99, 99.9, 99.99]).isSubset(of: ticks) && ticks == ticks.sorted())
        #expect(PercentileRule.ticks(samples: 20) == [50] && PercentileRule.ticks(samples: 19).isEmpty)
    }

    // MARK: The trace

    @Test func `a strip begins where the records of all workers do`() throws {
        func events(_ times: [UInt64]) -> [FlightEvent] {
            times.flatMap { time in
                [
                    FlightEvent(time: time, kind: .wait), FlightEvent(time: time + 1, kind: .acquire),
                    FlightEvent(time: time + 3, kind: .release),
                ]
            }
        }
        var figures = RoundResult.Figures(
            duration: 1, windows: [[1, 1]], userSeconds: 0, systemSeconds: 0, voluntarySwitches: 0,
            involuntarySwitches: 0, minorFaults: 0, heapBytes: 0, residentKilobytes: 0, histograms: [:],
            longestAcquisition: 0)
        figures.events = [events([1000, 2000, 3000]), events([1999, 2500])]
        var result = RoundResult(startedAt: 0)
        result.figures = figures
        let row = Row(
            run: RunConditions(id: "x", seed: 1, clock: ClockCalibration()), cell: Cell(.futex, Load(workers: 2)),
            round: 1, result: result)
        let picture = try #require(TracePicture([row]).picture)
        let drawing = JSON.text(picture.drawing.json)
        // The first hold of worker 1 precedes the record of worker 2.
        #expect(drawing.contains("\"spans\":[0.001000,0.003000,1.001,1.003]"), "\(drawing)")
        #expect(drawing.contains("\"spans\":[0,0.002000,0.501000,0.503000]"), "\(drawing)")
        #expect(TracePicture([]).picture == nil)
    }
}
