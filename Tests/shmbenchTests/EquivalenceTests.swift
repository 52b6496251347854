import Foundation
import ShmCoordinator
import ShmStatistics
import Testing

@testable import ShmCompare
@testable import ShmRecord
@testable import ShmRender
@testable import shmbench

/// What comparisons claim about metrics that did not change.
@Suite(.timeLimit(.minutes(10))) struct EquivalenceTests {
    /// A comparison of throughput in which each round takes 50 ms of a simulated clock.
    private func compare(
        noise: Double, slowdown: Double = 0, seed: UInt64 = 1, patience: Double = 20, adapts: Bool = false
    ) throws -> Comparison {
        var rounds = SyntheticRounds(seed: seed)
        (rounds.noise, rounds.accidents, rounds.slowdown) = (noise, 0, slowdown)
        var settings = Comparison.Settings(metrics: [.throughput, .integrity], patience: patience, seed: seed)
        settings.adaptsMargins = adapts
        var comparison = Comparison(
            [Comparison.Pair(load: load(workers: 2), baseLock: "futex", candidateLock: "futex")], settings)
        var count = 0
        try comparison.run(elapsed: { Double(count) / 20 }) { role, pair, round in
            count += 1
            return rounds.next(role, pair, round)
        }
        return comparison
    }

    private func finding(_ comparison: Comparison) throws -> MetricFinding {
        try #require(comparison.findings.first?.metrics.first)
    }

    private func words(_ comparison: Comparison, _ format: String) throws -> String {
        let settings = comparison.settings
        let findings = Findings(
            base: "a", candidate: "b", cells: comparison.findings, falseAlarms: settings.falseAlarms, startedAt: 0)
        return try rendered(Report(findings), format)
    }

    @Test func `what is undecided states the smallest margin that is proved`() throws {
        let comparison = try compare(noise: 0.5)
        let found = try finding(comparison)
        let proved = try #require(found.proved)
        #expect(found.word == .undecided && proved > 0.03 && found.margin.map { abs($0 - 0.03) < 1e-12 } == true)
        let sentence = "no change beyond \(Percent.bound(proved)) (asked: 3%)"
        #expect(
            try words(comparison, "table").split(whereSeparator: \.isWhitespace).joined(separator: " ").contains(
                sentence))
        for format in ["markdown", "json", "junit"] {
            #expect(try words(comparison, format).contains(sentence), "\(format)")
        }
        #expect(try words(comparison, "github").contains(sentence.replacingOccurrences(of: "%", with: "%25")))
        #expect(try words(comparison, "html").contains("no change beyond"))
        let row = try #require(try Table(words(comparison, "csv")).rows.first)
        #expect(Double(row["proved_margin"] ?? "").map { abs($0 - proved) < 1e-3 } == true)
        #expect(row["equivalence_margin"] == "0.0300" && row["margin_source"] == "threshold")
        #expect(row["equivalence_level"] == "0.1000" && row["threshold"] == "0.0300")
    }

    @Test func `all of the level is spent at the last look`() throws {
        let comparison = try compare(noise: 0.5)
        #expect(areClose(comparison.cells[0].spending.spent, 0.1))
        // At the first look of a quiet cell, little.
        let quiet = try compare(noise: 0.002)
        #expect(quiet.cells[0].blocks.count == Comparison.controlBlocks && quiet.cells[0].spending.spent < 0.02)
        #expect(try finding(quiet).word == .equivalent)
    }

    @Test func `equals are equivalent where the interval of a change exceeds the margin`() throws {
        let found = (1...20).compactMap { seed in try? finding(compare(noise: 0.05, seed: UInt64(seed))) }
        let wider = found.filter { finding in
            guard let change = finding.change, let margin = finding.margin else { return false }
            return finding.word == .equivalent && (change.high > 1 + margin || change.low < 1 / (1 + margin))
        }
        #expect(found.count == 20 && !wider.isEmpty)
        for finding in wider { #expect(finding.proved.map { $0 <= 0.03 } == true) }
    }

    @Test func `a difference of more than the margin is rarely equivalent`() throws {
        let words = try (1...60).map { try finding(compare(noise: 0.1, slowdown: 0.032, seed: $0, patience: 40)).word }
        #expect(words.count { $0 == .equivalent } <= 12, "\(words)")
    }

    // MARK: Margins from noise

    @Test func `with auto, the margin follows from the noise of the control`() throws {
        let noisy = try compare(noise: 0.2, adapts: true)
        let found = try finding(noisy)
        #expect(found.marginSource == .noise && found.word == .equivalent)
        #expect(found.margin.map { $0 > 0.03 && $0 < Metric.throughput.marginCap } == true)
        #expect(abs(found.threshold - 0.03) < 1e-12)
        let text = try words(noisy, "markdown")
        #expect(text.contains("from the noise of the base against itself (--margin auto): throughput"))
        #expect(try Table(words(noisy, "csv")).rows[0]["margin_source"] == "noise")
        // Without noise it is the threshold, and with much of it the cap.
        #expect(try finding(compare(noise: 0.002, adapts: true)).marginSource == .threshold)
        let wild = try finding(compare(noise: 0.9, adapts: true))
        #expect(wild.marginSource == .cap && wild.margin.map { abs($0 - 0.1) < 1e-12 } == true)
    }

    @Test func `with auto, a change beyond the threshold is found as without`() throws {
        for adapts in [true, false] {
            let found = try finding(compare(noise: 0.05, slowdown: 0.1, patience: 40, adapts: adapts))
            #expect(found.word == .slower, "\(adapts)")
        }
    }

    @Test func `a margin rests on the control alone, within its limits`() {
        func margin(_ control: [Double], blocks: Int = 62, threshold: Double = 0.03) -> EquivalenceMargin {
            EquivalenceMargin(.throughput, threshold: threshold, control: control, blocks: blocks, level: 0.1)
        }
        let noise = (0..<11).map { Double($0 - 5) / 50 }
        #expect(margin(noise).source == .noise && margin(noise, blocks: 30).share > margin(noise).share)
        // One outlier hardly matters.
        let outlier = noise.dropLast() + [3]
        #expect(margin(Array(outlier)).share < 1.6 * margin(noise).share)
        #expect(margin([]) == EquivalenceMargin(.throughput, threshold: 0.03, control: [0], blocks: 1, level: 0.1))
        #expect(margin([]).share == 0.03 && margin([]).source == .threshold)
        #expect(margin(noise.map { $0 * 10 }).share == 0.1 && margin(noise.map { $0 * 10 }).source == .cap)
        // A larger threshold than the cap remains.
        #expect(margin(noise.map { $0 * 10 }, threshold: 0.2).share == 0.2)
    }

    @Test func `a margin may exceed the threshold of its metric up to a cap`() {
        for metric in Metric.all where metric.isRatio {
            #expect(metric.marginCap > metric.usualThreshold, "\(metric.name)")
        }
        #expect(Metric.marginCaps.hasPrefix("throughput=10%,p50=15%,p99=30%"))
    }
}

/// Whether two numbers are equal up to a rounding error.
private func areClose(_ one: Double, _ other: Double) -> Bool { abs(one - other) <= 1e-9 }
