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
        if findings.isUndecided { return undecided(findings, cells) }
        return "No regression: \(parts.joined(separator: ", ")) of \(cells)."
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
        let wide = undecided.filter { $0.note == nil }.map(\.metric.name)
        if !wide.isEmpty {
            lines.append(
                Sentence(
                    .undecided, cell.title,
                    "is undecided: the interval\(wide.count == 1 ? "" : "s") of \(wide.joined(separator: ", ")) "
                        + "\(wide.count == 1 ? "exceeds its margin" : "exceed their margins"); \(remedy(cell, undecided))"
                ))
        }
        for (word, what) in [(ComparisonVerdict.unjudged, "is not judged"), (.undecided, "is undecided")] {
            let noted = cell.metrics.filter { $0.word == word && $0.note != nil }
            for note in noted.compactMap(\.note).uniqued() {
                let names = noted.filter { $0.note == note }.map(\.metric.name)
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

    /// `throughput -9.1% (-9.6% to -8.7%; -9.0% in 8 fresh blocks)`.
    package static func change(_ finding: MetricFinding) -> String {
        guard let change = finding.change else {
            let values = [finding.base, finding.candidate].map { $0.map(finding.metric.shown) ?? "-" }
            return "\(finding.metric.name) \(values[0]) → \(values[1])"
        }
        let fresh = finding.fresh.map { "; \(Percent.change($0.ratio)) in \($0.samples) fresh \(finding.unit)" } ?? ""
        return "\(finding.metric.name) \(Percent.change(change.ratio)) (\(change.interval)\(fresh))"
    }

    /// The method: confidence, error rate and remarks.
    package static func footnote(_ findings: Findings) -> [String] {
        let changes = findings.cells.flatMap(\.metrics).compactMap(\.change).filter { $0.high.isFinite }
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
            let isPaired = findings.cells.flatMap(\.metrics).allSatisfy(\.isPaired)
            let rate = Percent.text(findings.falseAlarms)
            lines.insert(
                "base: its median; candidate: base times change; change: candidate relative to base, each with a \(percent)% confidence interval. "
                    + (isPaired
                        ? "With the confirmation, the family-wise false-positive rate is at most \(rate)."
                        : "For noise within a session, the family-wise false-positive rate is at most \(rate); thresholds cover differences between sessions."),
                at: 0)
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
