internal import ShmRecord

/// The command that each node of a fleet runs.
package enum FleetKind: String, Codable, CaseIterable, Sendable {
    case run, compare, crash, stress, lifecycle

    /// The file in a task's folder that gets the results.
    package var resultsName: String {
        switch self {
        case .run: "rows.csv"
        case .compare: "findings.csv"
        case .crash, .stress, .lifecycle: "\(rawValue).csv"
        }
    }

    /// Whether the file gets a row at the end of each round, so that its length is the progress.
    package var growsByRow: Bool { self == .run }

    /// Whether a task with this exit code and number of rows has done its work: what it found is in its results.
    func isDone(exit: Int, rows: Int) -> Bool {
        switch ExitStatus(rawValue: Int32(truncatingIfNeeded: exit)) {
        case .ok, .integrity: true
        case .regression, .undecided: self == .compare
        // A comparison that failed has no findings; one of which nothing is judged has.
        case .failed: self == .compare && rows > 0
        default: false
        }
    }
}
