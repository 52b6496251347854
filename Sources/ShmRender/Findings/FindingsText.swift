package import ShmCompare
internal import ShmRecord

/// What a comparison found, in words.
package enum FindingsText {
    /// The last word, in one line.
    package static func verdict(_ findings: Findings) -> String {
        func count(_ word: Word) -> Int { findings.cells.count { $0.word == word } }
        let total = findings.cells.count
        let cells = "\(total) cell\(total == 1 ? "" : "s")"
        if total == 0 { return "NOTHING COMPARED: there are no cells." }
        if count(.broken) > 0 {
            return "BROKEN: the candidate lost updates, let two in, got stuck or hung in \(count(.broken)) of \(cells)."
        }
        if count(.slower) > 0 { return "REGRESSION: the candidate is worse in \(count(.slower)) of \(cells)." }
        if count(.unjudged) > 0 {
            return "NOT JUDGED: \(count(.unjudged)) of \(cells), for the reason given."
        }
        var parts: [String] = []
        if count(.faster) > 0 { parts.append("better in \(count(.faster))") }
        if count(.same) > 0 { parts.append("the same in \(count(.same))") }
        if count(.inconclusive) > 0 { parts.append("not decided in \(count(.inconclusive))") }
        if findings.isOpen { return "NOT DECIDED: no regression was found, and nothing else, in \(cells)." }
        return "No regression: \(parts.joined(separator: ", ")) of \(cells)."
    }

    /// A thing that a person must know: of what, and in words.
    package struct Sentence {
        package let word: Word
        package let title: String
        package let text: String

        package init(_ word: Word, _ title: String, _ predicate: String) {
            self.word = word
            self.title = title
            text = "\(title) \(predicate)."
        }
    }

    /// What a person must know; nothing where all is the same. What keeps several cells from being judged is said once.
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
        let open = cell.metrics.filter { $0.word == .inconclusive }
        let wide = open.filter { $0.note == nil }.map(\.metric.name)
        if !wide.isEmpty {
            let more = open.contains { $0.isPaired } ? "--max-time" : "rounds"
            lines.append(
                Sentence(
                    .inconclusive, cell.title,
                    "is not decided: the interval\(wide.count == 1 ? "" : "s") of \(wide.joined(separator: ", ")) "
                        + "reach\(wide.count == 1 ? "es" : "") beyond what counts; more \(more) or a quieter machine narrows \(wide.count == 1 ? "it" : "them")"
                ))
        }
        for (word, what) in [(Word.unjudged, "is not judged"), (.inconclusive, "is not decided")] {
            let noted = cell.metrics.filter { $0.word == word && $0.note != nil }
            for note in noted.compactMap(\.note).uniqued() {
                let names = noted.filter { $0.note == note }.map(\.metric.name)
                lines.append(Sentence(word, cell.title, "\(what): \(names.joined(separator: ", ")): \(note)"))
            }
        }
        return lines
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

    /// How it was done.
    package static func footnote(_ findings: Findings) -> [String] {
        let changes = findings.cells.flatMap(\.metrics).compactMap(\.change).filter { $0.high.isFinite }
        var lines = findings.notes
        if let confidence = changes.map(\.confidence).min() {
            let percent = Figure.decimal(confidence * 100, confidence > 0.999 ? 3 : 2)
            let isPaired = findings.cells.flatMap(\.metrics).allSatisfy(\.isPaired)
            let rate = Percent.text(findings.falseAlarms)
            lines.insert(
                "Change is candidate against base, with an interval of \(percent)% confidence each, so that "
                    + (isPaired
                        ? "with the confirmation a false alarm in all of this happens at most \(rate) of the time."
                        : "noise within a session gives a false alarm in all of this at most \(rate) of the time; what differs between sessions for no reason is for the thresholds."),
                at: 0)
        }
        return lines
    }
}

extension MetricFinding {
    /// What a sample is.
    fileprivate var unit: String { isPaired ? "blocks" : "rounds" }

    /// The verdict of a metric for a table.
    package var shownWord: String {
        switch word {
        case .slower: metric.words.worse
        case .faster: metric.words.better
        case .broken: "BROKEN"
        case .inconclusive: "open"
        case .same, .unjudged, .missing: word.rawValue
        }
    }
}
