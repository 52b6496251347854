internal import Glibc
internal import ShmCoordinator
internal import ShmRecord

extension ExternalProgram {
    /// Calls the program and waits for its end.
    ///
    /// - Parameters:
    ///   - purpose: what cannot be done if it fails, as in `submit the jobs`.
    ///   - isInterruptible: whether an interruption of this program ends the call.
    /// - Throws: ``Failure`` if it cannot be started, ends with another code than 0, or needs too long.
    @discardableResult
    func call(
        _ arguments: [String], to purpose: String, input: ExternalCall.Input = .nothing, outputFile: String? = nil,
        limit: Duration = .seconds(30), isInterruptible: Bool = false
    ) throws -> String {
        let answer = try answer(
            arguments, to: purpose, input: input, outputFile: outputFile, limit: limit, isInterruptible: isInterruptible
        )
        return answer.text
    }

    private func answer(
        _ arguments: [String], to purpose: String, input: ExternalCall.Input, outputFile: String?, limit: Duration,
        isInterruptible: Bool
    ) throws -> ExternalCall.Answer {
        let call = try ExternalCall(
            self, arguments, to: purpose, input: input, outputFile: outputFile, limit: limit)
        while call.isRunning {
            if isInterruptible && Interruption.hasCome { throw Failure("interrupted", cause: .interrupted) }
            usleep(5_000)
        }
        let answer = try call.answer()
        if !answer.isSuccess { throw call.failure(answer) }
        return answer
    }
}
