internal import ShmCompare
internal import ShmCoordinator
internal import ShmRecord
internal import ShmStatistics

/// How to read the tables: what the figures are, and what timed them.
enum Footnote {
    /// - Parameter capacities: whether the tables are of a search for them.
    static func lines(_ summaries: [CellSummary], capacities: Bool = false) -> [String] {
        let records = summaries.flatMap(\.records)
        let confidence = MedianIntervalText.text(rounds: summaries.map(\.rounds).max() ?? 1)
        var lines = [
            capacities
                ? "share is of the closed loop's rate. Pacing itself limits both rate and tail: `none` shows how far."
                : "Medians over the rounds; \(confidence)rel is throughput against the fastest lock that survives its owner's death; "
                    + "jain is Jain's fairness index."
        ]
        if let clock = clock(records) { lines.append(clock) }
        if !capacities && summaries.contains(where: \.load.isOpen) {
            lines.append(
                "Open loop: p50 and the others count from when an acquisition was due; closed is p99 from when it was called. "
                    + "overloaded: it could not be served at that rate.")
        }
        let asked = Set(summaries.flatMap { [$0.load.criticalSection, $0.load.think] }).subtracting([0]).sorted()
        let delays = asked.compactMap { delay in
            measured(delay, summaries).map { "\(TimeSpan(nanoseconds: delay)) took \(Figure.time($0))" }
        }
        if !delays.isEmpty { lines.append("Delays as measured: \(delays.joined(separator: ", ")).") }
        return lines
    }

    /// What timed the rounds; `nil` where the files do not say.
    private static func clock(_ records: [Record]) -> String? {
        func middle(_ column: String) -> Double? { median(records.compactMap { $0.number(column) }) }
        let names = records.map { $0.text("clock") }.filter { !$0.isEmpty }.uniqued().map { name in
            if name != "counter" { return "clock_gettime" }
            let hertz = records.first?.unrecorded?.counterHertz
            return "the CPU's counter" + (hertz.map { ", \(Figure.decimal($0 / 1e9, 3)) GHz" } ?? "")
        }.uniqued()
        guard !names.isEmpty, let cost = middle("clock_read_ns") else { return nil }
        let step = middle("clock_step_ns").map { ", in steps of \(Figure.decimal($0, 0)) ns" } ?? ""
        let log = middle("log_ns").map {
            " The log that hold and hand-off come from: \(Figure.decimal($0, 1)) ns."
        }
        return "Clock: \(names.joined(separator: " and "))\(step), \(Figure.decimal(cost, 1)) ns a reading; "
            + "p50 and the others include one." + (log ?? "")
    }

    /// What a delay that was asked for took, ns: the median over the rounds.
    private static func measured(_ delay: Int, _ summaries: [CellSummary]) -> Double? {
        median(
            summaries.flatMap { line in
                [
                    line.load.criticalSection == delay ? "critical_section_measured_ns" : nil,
                    line.load.think == delay ? "think_measured_ns" : nil,
                ].compactMap(\.self).flatMap { column in line.records.compactMap { $0.number(column) } }
            })
    }
}
