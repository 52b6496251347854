internal import ArgumentParser
internal import ShmCompare
internal import ShmRecord

/// A command that judges a candidate.
protocol JudgingCommand: CheckedCommand {
    var options: JudgingOptions { get }
}

extension JudgingCommand {
    /// Opens the files for the findings and the history, judges, writes the findings, appends the measured rows, and ends
    /// the program with the exit code of the findings.
    ///
    /// - Parameters:
    ///   - inputs: files that are compared, and must not be overwritten.
    ///   - findings: judges. Returns also the measured rows of the candidate.
    func judge(inputs: [String] = [], _ findings: () throws -> (Findings, [Record])) throws {
        let output = try FindingsOutput(options, inputs: inputs)
        let history = try options.history.open()
        var (found, records) = try output.reporting(findings)
        found.failsUndecided = options.failInconclusive
        try output.write(found)
        try history?.append(records, beside: found.status)
        if found.status != .ok { throw ExitCode(found.status.rawValue) }
    }
}
