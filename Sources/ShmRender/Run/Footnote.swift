internal import ShmCompare
internal import ShmCoordinator
internal import ShmRecord
internal import ShmStatistics

/// Explains the figures of the tables and the clock behind them.
enum Footnote {
    /// - Parameters:
    ///   - titles: the columns that the tables show.
    ///   - capacities: whether the tables are those of a capacity search.
    static func lines(_ summaries: [CellSummary], titles: Set<String>, capacities: Bool = false) -> [String] {
        let records = summaries.flatMap(\.records)
        var lines = [capacities ? search(titles) : medians(summaries, titles)]
        if let clock = clock(records, titles) { lines.append(clock) }
        if !capacities && summaries.contains(where: \.load.isOpen) {
            let closed = titles.contains("closed") ? "; closed: p99 from the call of lock" : ""
            lines.append(
                "Open loop: percentiles count from when an acquisition was due\(closed). "
                    + "overloaded: the lock did not sustain the rate.")
        }
        // The mean of unequal sections is no delay that was asked for.
        let sections = summaries.map(\.load).filter { $0.sectionShares == nil }.map(\.criticalSection)
        let asked = Set(sections + summaries.map(\.load.think)).subtracting([0]).sorted()
        let delays = asked.compactMap { delay in
            measured(delay, summaries).map { "\(TimeSpan(nanoseconds: delay)) took \(Figure.time($0))" }
        }
        if !delays.isEmpty { lines.append("Measured delays: \(delays.joined(separator: ", ")).") }
        return lines
    }

    private static func search(_ titles: Set<String>) -> String {
        (titles.contains("share") ? "share: of the closed loop's rate. " : "")
            + "Pacing itself limits rate and tail; the control `none` shows the limit."
    }

    /// Explains the columns of a table of medians.
    private static func medians(_ summaries: [CellSummary], _ titles: Set<String>) -> String {
        let interval = MedianIntervalText.text(rounds: summaries.map(\.rounds).max() ?? 1)
        let meanings = [
            ("±", interval), ("rel", "rel: throughput relative to the fastest lock that survives its owner's death"),
            ("jain", "jain: Jain's fairness index"), ("opp", "opp: that of lock opportunity"),
        ].filter { titles.contains($0.0) && !$0.1.isEmpty }.map(\.1)
        return (["Medians over the rounds"] + meanings).joined(separator: "; ") + "."
    }

    /// The clock that timed the rounds; `nil` if the files do not say.
    private static func clock(_ records: [Record], _ titles: Set<String>) -> String? {
        func middle(_ column: String) -> Double? { median(records.compactMap { $0.number(column) }) }
        let names = records.map { $0.text("clock") }.filter { !$0.isEmpty }.uniqued().map { name in
            if name != "counter" { return "clock_gettime" }
            let hertz = records.first?.unrecorded?.counterHertz
            return "CPU time-stamp counter" + (hertz.map { ", \(Figure.decimal($0 / 1e9, 3)) GHz" } ?? "")
        }.uniqued()
        guard !names.isEmpty, let cost = middle("clock_read_ns") else { return nil }
        let step = middle("clock_step_ns").map { ", in steps of \(Figure.decimal($0, 0)) ns" } ?? ""
        let logged = ["hold", "handoff"].filter(titles.contains)
        let log = middle("log_ns").map { " The log behind \(RunVerdict.list(logged)): \(Figure.decimal($0, 1)) ns." }
        return "Clock: \(names.joined(separator: " and "))\(step), \(Figure.decimal(cost, 1)) ns per reading; "
            + "percentiles include one reading." + (logged.isEmpty ? "" : log ?? "")
    }

    /// The measured length of a requested delay, ns: the median over the rounds.
    private static func measured(_ delay: Int, _ summaries: [CellSummary]) -> Double? {
        median(
            summaries.flatMap { line in
                [
                    line.load.criticalSection == delay && line.load.sectionShares == nil
                        ? "critical_section_measured_ns" : nil,
                    line.load.think == delay ? "think_measured_ns" : nil,
                ].compactMap(\.self).flatMap { column in line.records.compactMap { $0.number(column) } }
            })
    }
}
