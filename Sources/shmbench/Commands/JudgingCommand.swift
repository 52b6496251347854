internal import ArgumentParser
internal import ShmCompare
internal import ShmRecord
internal import ShmRender

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
        try options.document.check(inputs: inputs)
        let documents = try options.document.open(.findings)
        let history = try documents.begin(after: options.history.open)
        var (found, records) = try documents.reporting(Report.nothingCompared, findings)
        found.failsUndecided = options.failInconclusive
        try documents.show(Report(found), found.status)
        try history?.append(records, beside: found.status)
        if found.status != .ok { throw ExitCode(found.status.rawValue) }
    }
}
