internal import ShmCoordinator
internal import ShmCore

/// What the table says, in words.
enum Verdict {
    static func text(_ summaries: [CellSummary]) -> String {
        var lines: [String] = []
        let broken = summaries.filter { !$0.isAsPromised }
        for line in broken {
            let what =
                line.integrity == .stuck
                ? "made no progress; the lines about its workers say where each was"
                : "let two in, or lost updates: do not use it"
            lines.append("\(line.cell.lock.name) with \(count(line.cell.workers)) \(what).")
        }
        let real = summaries.filter { $0.cell.lock.properties.excludes && $0.isAsPromised }
        if broken.isEmpty && !real.isEmpty {
            lines.append("Every lock kept its promise: no lost update, no two inside at once.")
        }
        for workers in Set(real.map(\.cell.workers)).sorted() {
            lines += best(real.filter { $0.cell.workers == workers }, workers)
        }
        lines += cliff(summaries)
        lines += controls(summaries)
        return lines.map { Terminal.wrapped($0) }.joined(separator: "\n")
    }

    private static func best(_ lines: [CellSummary], _ workers: Int) -> [String] {
        guard lines.count > 1, let fastest = lines.max(by: { ($0.throughput ?? 0) < ($1.throughput ?? 0) }),
            let rate = fastest.throughput
        else { return [] }
        var text =
            "With \(count(workers)), \(fastest.cell.lock.name) is fastest (\(Figure.rate(rate)))"
        let survivors = lines.filter { $0.cell.lock.properties.survivesOwnerDeath }
        if !fastest.cell.lock.properties.survivesOwnerDeath,
            let safe = survivors.max(by: { ($0.throughput ?? 0) < ($1.throughput ?? 0) }),
            let safeRate = safe.throughput
        {
            text +=
                "; of those that survive their owner's death, \(safe.cell.lock.name)"
                + " (\(Figure.rate(safeRate)), \(Figure.decimal(safeRate / rate, 2))×)"
        }
        return [text + "."]
    }

    private static func cliff(_ summaries: [CellSummary]) -> [String] {
        let fallen = Cliff.fallen(summaries)
        var names: [String] = []
        for line in summaries where fallen.contains(line.cell) && !names.contains(line.cell.lock.name) {
            names.append(line.cell.lock.name)
        }
        var lines: [String] = []
        if !names.isEmpty {
            lines.append(
                "▼ off the cliff: with more workers than CPUs, less than a hundredth is left of \(list(names)): whoever is next "
                    + "must first get a CPU.")
        }
        if summaries.contains(where: \.isCutShort) {
            lines.append(
                "cut: the workers made progress, but so slowly that they were ended; there is no latency window.")
        }
        return lines
    }

    private static func list(_ names: [String]) -> String {
        names.count < 2 ? names.joined() : names.dropLast().joined(separator: ", ") + " and " + names[names.count - 1]
    }

    private static func count(_ workers: Int) -> String { workers == 1 ? "1 worker" : "\(workers) workers" }

    /// The negative control must fail where workers meet; where it did not, this run's oracle has shown nothing.
    private static func controls(_ summaries: [CellSummary]) -> [String] {
        let controls = summaries.filter { !$0.cell.lock.properties.excludes }
        var lines: [String] = []
        if controls.contains(where: { $0.integrity == .failed }) {
            lines.append("* no lock, and the integrity check caught it, as it must.")
        }
        for line in controls where line.integrity == .ok && line.cell.workers > 1 {
            lines.append(
                "Warning: with \(line.cell.workers) workers `\(line.cell.lock.name)` was not caught; the workers hardly ran at the same "
                    + "time, so integrity says little here. Use a longer --duration.")
        }
        return lines
    }
}
