package import ShmRecord

/// One verdict on comparisons of the same two sides, each on a machine of its own.
///
/// Each machine's comparison has a family-wise false-positive rate of its own. If each runs at α ⁄ N, the rate over all N
/// machines is at most α (Bonferroni), also for machines that have noise in common: ``falseAlarms`` is the sum of the rates.
/// A regression on a single machine is one of the whole. Improvements and equivalence are told with the machines that
/// show them, and a machine without findings makes the verdict incomplete, since it may have a regression.
package struct NodesVerdict {
    /// A metric of a cell on all machines.
    package struct Line {
        package let cell: String
        package let metric: Metric
        /// By machine; `nil` without a finding.
        package let findings: [RecordedFindings.Finding?]

        /// The machines with a verdict.
        package func machines(_ verdict: ComparisonVerdict) -> [Int] {
            findings.indices.filter { findings[$0]?.verdict == verdict }
        }

        /// The worst verdict of all machines.
        package var worst: ComparisonVerdict {
            [.broken, .slower, .unjudged, .undecided, .faster, .equivalent].first { !machines($0).isEmpty } ?? .missing
        }
    }

    /// The names of the machines with findings.
    package let machines: [String]
    package let lines: [Line]
    /// The tasks that did not end as they should.
    package let incomplete: [MachineTask]
    /// The bound of the false-positive rate over all machines.
    package let falseAlarms: Double
    /// The requested rate; `nil` if unknown.
    package let requested: Double?
    /// Whether undecided metrics are a failure.
    package let failsUndecided: Bool
    package let findings: [(machine: String, recorded: RecordedFindings)]
    /// What the collector knows of the machines.
    package let tasks: [MachineTask]

    /// - Parameters:
    ///   - findings: those of each machine.
    ///   - tasks: what is known of all machines, also of those without findings.
    ///   - falseAlarms: the requested family-wise false-positive rate over all machines.
    package init(
        _ findings: [(machine: String, recorded: RecordedFindings)], tasks: [MachineTask] = [],
        falseAlarms: Double? = nil, failsUndecided: Bool = false
    ) {
        self.findings = findings
        self.tasks = tasks
        machines = findings.map(\.machine)
        incomplete = tasks.filter { !$0.isComplete }
        requested = falseAlarms
        self.falseAlarms = findings.map(\.recorded.falseAlarms).reduce(0, +)
        self.failsUndecided = failsUndecided
        struct Key: Hashable {
            let cell: String
            let metric: Metric
        }
        let tables = findings.map { machine in
            Dictionary(machine.recorded.findings.map { (Key(cell: $0.cell, metric: $0.metric), $0) }) { first, _ in
                first
            }
        }
        let keys = findings.flatMap { $0.recorded.findings.map { Key(cell: $0.cell, metric: $0.metric) } }.uniqued()
        lines = keys.map { key in Line(cell: key.cell, metric: key.metric, findings: tables.map { $0[key] }) }
    }

    /// Machines that lack a metric of a cell that others have.
    package var uneven: [(machine: String, lines: Int)] {
        machines.indices.compactMap { index in
            let count = lines.count { $0.findings[index] == nil }
            return count == 0 ? nil : (machines[index], count)
        }
    }

    /// Whether all machines have findings on the same cells.
    package var isComplete: Bool { incomplete.isEmpty && uneven.isEmpty && !lines.isEmpty }

    /// The exit code. An integrity failure and a regression on any machine come first; then what is missing, since it is
    /// not known to be free of regressions.
    package var status: ExitStatus {
        let words = Set(lines.map(\.worst))
        if words.contains(.broken) { return .integrity }
        if words.contains(.slower) { return .regression }
        if !isComplete || words.contains(.unjudged) { return .failed }
        return failsUndecided && words.contains(.undecided) ? .undecided : .ok
    }
}
