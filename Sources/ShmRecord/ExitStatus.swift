/// The exit code of the program.
package enum ExitStatus: Int32, CaseIterable {
    case ok = 0
    /// The run failed or was interrupted, or nothing could be judged.
    case failed = 1
    /// A metric became worse.
    case regression = 2
    /// A lock admitted two processes, lost an update, got stuck, or did not survive what it promises to survive.
    case integrity = 3
    /// The comparison is undecided, and `--fail-inconclusive` makes that a failure.
    case undecided = 4
    /// The command line, or a file that it names, is invalid. A valid file that does not suffice for a judgement is ``failed``.
    case usage = 64

    /// The meaning, for help and documents.
    package var meaning: String {
        switch self {
        case .ok: "success, no regression"
        case .failed: "the run failed or was interrupted, nothing could be judged, or `--strict` found a fault"
        case .regression: "regression: a metric became worse (`compare`, `check`)"
        case .integrity:
            "a lock admitted two processes, lost an update, got stuck, or did not survive what it promises to survive"
        case .undecided: "undecided, with `--fail-inconclusive` (`compare`, `check`)"
        case .usage: "the command line, or a file that it names to be read, is invalid or missing"
        }
    }

    /// The exit codes of a command, a line each, for its help.
    package static func help(_ codes: [ExitStatus] = allCases) -> String {
        "Exit codes:\n"
            + codes.map { "  \("\($0.rawValue)".padded(to: 4))\($0.meaning)" }.joined(separator: "\n")
    }

    /// The Markdown table of all exit codes.
    package static var table: String {
        "| code | meaning |\n|---:|---|\n" + allCases.map { "| \($0.rawValue) | \($0.meaning) |\n" }.joined()
    }
}
