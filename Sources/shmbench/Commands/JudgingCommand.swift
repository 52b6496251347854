internal import ArgumentParser
internal import ShmCompare
internal import ShmRecord

/// A command that judges a candidate.
protocol JudgingCommand: CheckedCommand {
    var options: JudgingOptions { get }
}

extension JudgingCommand {
    /// Opens the files for the findings and the history, judges, writes what was found, appends what was measured, and ends
    /// the program as the findings say.
    ///
    /// - Parameters:
    ///   - inputs: files that are compared, and are not to be written over.
    ///   - findings: judges. Returns also what was measured of the candidate.
    func judge(inputs: [String] = [], _ findings: () throws -> (Findings, [Record])) throws {
        let output = try FindingsOutput(options, inputs: inputs)
        let history = try options.history.open()
        var (found, records) = try output.told(findings)
        found.failsUndecided = options.failInconclusive
        try output.write(found)
        try history?.append(records, beside: found.status)
        if found.status != .ok { throw ExitCode(found.status.rawValue) }
    }
}
