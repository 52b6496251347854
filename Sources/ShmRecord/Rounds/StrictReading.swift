internal import ShmCoordinator
internal import ShmCore

/// Holds a file to what a complete `run` of this version writes.
package enum StrictReading {
    /// Each difference, a line with its place.
    package static func findings(_ file: RecordedRounds) -> [String] {
        columns(file)
            + file.rounds.flatMap { round in
                self.round(round.record).map { "\(file.path):\(round.line): \($0)" }
            } + controls(file)
    }

    private static func columns(_ file: RecordedRounds) -> [String] {
        let expected = ResultColumn.all.map(\.name)
        if file.columns == expected { return [] }
        let index = zip(file.columns, expected).prefix { $0 == $1 }.count
        let (found, wanted) = (
            index < file.columns.count ? file.columns[index].debugDescription : "missing",
            index < expected.count ? "`\(expected[index])`" : "none"
        )
        return ["\(file.path):1: column \(index + 1) is \(found): expected \(wanted)"]
    }

    private static func round(_ record: Record) -> [String] {
        let title = "\(record.lock) with \(record.text("workers")) workers"
        var lines: [String] = []
        if let failures = record.number("kill_failures"), failures > 0 {
            lines.append("\(title): kill_failures is \(record.text("kill_failures")): expected 0")
        } else if !record.isAsPromised {
            lines.append("\(title): integrity is \(record.text("integrity")): expected ok")
        }
        if record.integrity == .stuck { return lines }
        if record.number("acquisitions") ?? 0 <= 0 { lines.append("\(title) acquired nothing") }
        if record.throughput ?? 0 <= 0 { lines.append("\(title) has no throughput") }
        // The latencies of an overloaded open loop are left out.
        if record.number("acquire_p99_ns") ?? 0 <= 0 && !record.isOverloaded { lines.append("\(title) has no latency") }
        if let bytes = record.number("heap_bytes_per_op"), bytes > 0 {
            lines.append("\(title) allocates \(record.text("heap_bytes_per_op")) bytes an acquisition: expected 0")
        }
        return lines
    }

    /// The negative control takes no lock: where it was never caught, the integrity check shows nothing.
    private static func controls(_ file: RecordedRounds) -> [String] {
        let controls = file.records.filter { $0.lock == LockKind.noLock.name && $0.load.workers > 1 }
        let wasCaught = controls.contains { $0.integrity == .failed }
        return controls.isEmpty || wasCaught ? [] : ["\(file.path): the negative control `none` was never caught"]
    }
}
