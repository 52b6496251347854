package import ShmCompare
internal import ShmCoordinator
internal import ShmCore
internal import ShmRecord

/// The findings of a comparison in words.
package enum FindingsText {
    /// The verdict on the comparison, in one line.
    package static func verdict(_ findings: Findings) -> String {
        func count(_ word: ComparisonVerdict) -> Int { findings.cells.count { $0.word == word } }
        let total = findings.cells.count
        let cells = counted(total, "cell")
        if total == 0 { return "NOTHING COMPARED: no cells." }
        if count(.broken) > 0 {
            return
                "BROKEN: the candidate lost updates, admitted two processes, got stuck or hung in \(count(.broken)) of \(cells)."
        }
        if count(.slower) > 0 { return "REGRESSION: the candidate is worse in \(count(.slower)) of \(cells)." }
        if count(.unjudged) > 0 {
            return "NOT JUDGED: \(count(.unjudged)) of \(cells), for the reasons above."
        }
        var parts: [String] = []
        if count(.faster) > 0 { parts.append("better in \(count(.faster))") }
        if count(.equivalent) > 0 { parts.append("equivalent in \(count(.equivalent))") }
        if count(.undecided) > 0 { parts.append("undecided in \(count(.undecided))") }
        if findings.isUndecided { return undecided(findings, cells) + detectable(findings) }
        return "No regression: \(parts.joined(separator: ", ")) of \(cells).\(detectable(findings))"
    }

    /// What would have been found where rounds did not alternate; empty where they did.
    private static func detectable(_ findings: Findings) -> String {
        let changes = findings.cells.compactMap { cell in
            cell.metrics.first { $0.metric == .throughput }?.detectable.map { (cell.title, $0) }
        }.sorted { $0.1 < $1.1 }
        guard let least = changes.first, let most = changes.last else { return "" }
        let from = "a change of throughput by \(Percent.bound(least.1))"
        return changes.count == 1
            ? " It would have found \(from)."
            : " It would have found \(from) in \(least.0), and by \(Percent.bound(most.1)) in \(most.0)."
    }

    /// The verdict if no cell is decided. Improvements of single metrics belong to it.
    private static func undecided(_ findings: Findings, _ cells: String) -> String {
        let better = findings.cells.flatMap(\.metrics).filter { $0.word == .faster }.map(\.metric.name).uniqued()
        if better.isEmpty { return "UNDECIDED: neither a change nor equivalence was found in \(cells)." }
        return "UNDECIDED: better in \(better.joined(separator: ", ")), and other metrics are undecided, in \(cells)."
    }

    /// A sentence on a cell or several.
    package struct Sentence {
        package let word: ComparisonVerdict
        package let title: String
        package let text: String

        package init(_ word: ComparisonVerdict, _ title: String, _ predicate: String) {
            self.word = word
            self.title = title
            text = "\(title) \(predicate)."
        }
    }

    /// The sentences on all cells that are not equivalent. Cells that are not judged for the same reason share a sentence.
    package static func sentences(_ findings: Findings) -> [Sentence] {
        let unjudged = findings.cells.filter { cell in
            cell.word != .broken && cell.metrics.contains { $0.word == .unjudged }
        }
        let reasons = unjudged.compactMap(\.note).uniqued().map { note in
            let titles = unjudged.filter { $0.note == note }.map(\.title)
            return Sentence(
                .unjudged, titles.joined(separator: ", "), "\(titles.count == 1 ? "is" : "are") not judged: \(note)")
        }
        return reasons + findings.cells.flatMap(sentences)
    }

    private static func sentences(_ cell: CellFinding) -> [Sentence] {
        if cell.word == .broken { return [Sentence(.broken, cell.title, "is broken: \(cell.note ?? "")")] }
        var lines: [Sentence] = []
        let slower = cell.metrics.filter { $0.word == .slower }
        let faster = cell.metrics.filter { $0.word == .faster }
        if !slower.isEmpty {
            lines.append(
                Sentence(.slower, cell.title, "became worse: \(slower.map(change).joined(separator: "; "))"))
        }
        if !faster.isEmpty {
            lines.append(
                Sentence(.faster, cell.title, "became better: \(faster.map(change).joined(separator: "; "))"))
        }
        let undecided = cell.metrics.filter { $0.word == .undecided }
        let wide = undecided.filter { $0.note == nil }.map { finding in
            "\(finding.metric.name): \(bound(finding) ?? "no margin is proved (asked: \(Percent.margin(finding.margin ?? finding.threshold)))")"
        }
        if !wide.isEmpty {
            lines.append(
                Sentence(
                    .undecided, cell.title,
                    "is undecided: \(wide.joined(separator: "; ")); \(remedy(cell, undecided))"))
        }
        for (word, what) in [(ComparisonVerdict.unjudged, "is not judged"), (.undecided, "is undecided")] {
            let noted = cell.metrics.filter { $0.word == word && $0.note != nil }
            for note in noted.compactMap(\.note).uniqued() {
                let names = noted.filter { $0.note == note }.map { finding in
                    finding.metric.name + (word == .undecided ? bound(finding).map { " (\($0))" } ?? "" : "")
                }
                lines.append(Sentence(word, cell.title, "\(what): \(names.joined(separator: ", ")): \(note)"))
            }
        }
        return lines
    }

    /// What can decide the undecided metrics of a cell, by the reason for which its measurement ended.
    private static func remedy(_ cell: CellFinding, _ undecided: [MetricFinding]) -> String {
        switch cell.ending {
        case .change:
            "the comparison ended when a change was confirmed; to decide the others, name them alone with --metrics"
        case .looks:
            "the comparison ended after its last planned look, which more time would not change; use a longer --duration, a larger --threshold or fewer --metrics"
        case .time, nil:
            "use \(undecided.contains { $0.isPaired } ? "a longer --max-time" : "more rounds") or a quieter machine"
        }
    }

    /// `no change beyond 4.6% (asked: 3%)`; `nil` if the data prove no margin, or a change was found.
    package static func bound(_ finding: MetricFinding) -> String? {
        guard let proved = finding.proved, isBound(finding) else { return nil }
        let asked = finding.margin.map { " (asked: \(Percent.margin($0)))" } ?? ""
        return "no change beyond \(Percent.bound(proved))\(finding.word == .undecided ? asked : "")"
    }

    /// Whether people are told what is proved: a change that was found says more.
    static func isBound(_ finding: MetricFinding) -> Bool { [.equivalent, .undecided].contains(finding.word) }

    /// `throughput -9.1% (-9.6% to -8.7%; -9.0% in 8 fresh blocks)`, and what is proved if that is not a change.
    package static func change(_ finding: MetricFinding) -> String {
        guard let change = finding.change else {
            let values = [finding.base, finding.candidate].map { $0.map(finding.metric.shown) ?? "-" }
            return "\(finding.metric.name) \(values[0]) → \(values[1])"
        }
        // A count has no interval.
        if finding.metric == .instructions {
            return "\(finding.metric.name) \(Percent.change(change.ratio)) (\(finding.note ?? "no path differs"))"
        }
        let fresh = finding.fresh.map { "; \(Percent.change($0.ratio)) in \($0.samples) fresh \(finding.unit)" } ?? ""
        let bound = bound(finding).map { "; \($0)" } ?? ""
        return "\(finding.metric.name) \(Percent.change(change.ratio)) (\(change.interval)\(fresh))\(bound)"
    }

    /// The method: confidence, error rate and remarks.
    package static func footnote(_ findings: Findings) -> [String] {
        let metrics = findings.cells.flatMap(\.metrics)
        let changes = metrics.filter(\.metric.isRatio).compactMap(\.change).filter { $0.high.isFinite }
        var lines = findings.notes
        if findings.cells.contains(where: {
            LockKind.isBuiltIn($0.baseLock) != LockKind.isBuiltIn($0.candidateLock)
        }) {
            lines.append(
                "One lock is built in, and the other is not: if it is a plugin's, its calls through pointers are part of its figures."
            )
        }
        if let confidence = changes.map(\.confidence).min() {
            let percent = Figure.decimal(confidence * 100, confidence > 0.999 ? 3 : 2)
            let isPaired = metrics.allSatisfy(\.isPaired)
            let rate = Percent.text(findings.falseAlarms)
            lines.insert(
                "base: its median; candidate: base times change; change: candidate relative to base, each with a \(percent)% confidence interval. "
                    + (isPaired
                        ? "With the confirmation, the family-wise false-positive rate is at most \(rate)."
                        : "For noise within a session, the family-wise false-positive rate is at most \(rate); thresholds cover differences between sessions."),
                at: 0)
        }
        if metrics.contains(where: { $0.metric == .instructions && $0.base != nil }) {
            lines.append(
                "instructions: of lock, critical section and unlock, alone or, with several workers, by a waiter; counted by single-stepping."
            )
        }
        return lines + margins(findings)
    }

    /// What the margins are, and how sure what they claim.
    private static func margins(_ findings: Findings) -> [String] {
        let metrics = findings.cells.flatMap(\.metrics)
        var lines: [String] = []
        if let level = metrics.compactMap(\.equivalenceLevel).max() {
            lines.append(
                "proved: the smallest margin beyond which the data rule out a change; a metric that differs by more than it, or than the margin at which it is equivalent, is judged so in at most \(Percent.text(level)) of comparisons."
            )
        }
        for cell in findings.cells {
            let found = cell.metrics.compactMap { metric in
                metric.detectable.map { "\(metric.metric.name) \(Percent.bound($0))" }
            }
            if found.isEmpty { continue }
            lines.append("Nine of ten such comparisons would find in \(cell.title): \(found.joined(separator: ", ")).")
        }
        for cell in findings.cells {
            let adapted = cell.metrics.filter { [.noise, .cap].contains($0.marginSource) }
            if adapted.isEmpty { continue }
            let words = adapted.map { finding in
                "\(finding.metric.name) \(Percent.margin(finding.shownMargin)) for \(Percent.margin(finding.threshold))"
                    + (finding.marginSource == .cap ? ", its cap" : "")
            }
            lines.append(
                "Margins of \(cell.title) from the noise of the base against itself (--margin auto): \(words.joined(separator: "; ")). A change is reported from the threshold on."
            )
        }
        return lines
    }
}

extension MetricFinding {
    /// The unit of samples.
    fileprivate var unit: String { isPaired ? "blocks" : "rounds" }

    /// The verdict on the metric, for people.
    package var shownWord: String {
        switch word {
        case .slower: metric.words.worse
        case .faster: metric.words.better
        case .broken: "BROKEN"
        case .undecided: "undecided"
        case .equivalent: "equivalent"
        case .unjudged: "not judged"
        case .missing: "-"
        }
    }
}
