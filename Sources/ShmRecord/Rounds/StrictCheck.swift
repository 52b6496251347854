internal import ShmCoordinator
internal import ShmCore

/// Checks a file against what a complete `run` of this version writes.
package enum StrictCheck {
    /// The differences, a line each, with file and line.
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
        let title = "\(record.lock) with \(counted(record.load.workers, "worker"))"
        var lines: [String] = []
        if let failures = record.number("kill_failures"), failures > 0 {
            lines.append("\(title): kill_failures is \(record.text("kill_failures")): expected 0")
        } else if !record.isAsPromised {
            lines.append("\(title): integrity is \(record.text("integrity")): expected ok")
        }
        if record.integrity == .stuck { return lines }
        if record.number("acquisitions") ?? 0 <= 0 {
            lines.append("\(title): acquisitions is \(Self.shown(record, "acquisitions")): expected more than 0")
        }
        if record.throughput ?? 0 <= 0 {
            lines.append(
                "\(title): throughput_per_s is \(Self.shown(record, "throughput_per_s")): expected more than 0")
        }
        // An overloaded open loop has no latencies, and few samples have no p99.
        let mayLackTail = record.isOverloaded || record.isUnsupported("acquire_p99_ns")
        if record.number("acquire_p99_ns") ?? 0 <= 0 && !mayLackTail {
            lines.append(
                "\(title): acquire_p99_ns is \(Self.shown(record, "acquire_p99_ns")): expected more than 0")
        }
        if let bytes = record.number("heap_bytes_per_op"), bytes > 0 {
            lines.append("\(title): heap_bytes_per_op is \(record.text("heap_bytes_per_op")): expected 0")
        }
        return lines
    }

    private static func shown(_ record: Record, _ column: String) -> String {
        record.text(column).isEmpty ? "empty" : record.text(column)
    }

    /// The negative control takes no lock. If it never failed, the integrity check has no power in this run.
    private static func controls(_ file: RecordedRounds) -> [String] {
        let controls = file.records.filter { $0.lock == LockKind.noLock.name && $0.load.workers > 1 }
        let wasCaught = controls.contains { $0.integrity == .failed }
        return controls.isEmpty || wasCaught
            ? [] : ["\(file.path): integrity of the control `none` is never failed: expected it in at least one round"]
    }
}
