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
}
