internal import ArgumentParser
internal import ShmCoordinator
internal import ShmRecord
internal import SystemPackage

/// The side of a measuring process in its dialogue with ``MeasuringProcess``: requests on stdin, answers on stdout.
enum MeasuringDialogue {
    /// Runs the command. A failure is an answer, too, and ends the program with its exit code.
    static func run(_ command: () throws -> Void) throws {
        do { try command() } catch let failure as Failure {
            try say(RoundRequest.refusal + failure.message + "\n")
            throw ExitCode(failure.code.rawValue)
        }
    }

    /// Greets, sends the header of a results file, and answers each request until the input ends.
    ///
    /// - Parameter answer: returns the answer, with the ends of its lines. What it throws is the answer otherwise.
    static func answerAll(greeting: String, _ answer: (String) throws -> String) throws {
        try say(greeting + "\n" + CSV.header)
        while !Interruption.hasCome, let line = readLine() { try say(reply(to: line, answer)) }
    }

    private static func reply(to line: String, _ answer: (String) throws -> String) -> String {
        do { return try answer(line) } catch RoundFailure.interrupted {
            return RoundRequest.refusal + "interrupted\n"
        } catch RoundFailure.failed(let reason) {
            return RoundRequest.refusal + reason + "\n"
        } catch {
            return RoundRequest.refusal + ((error as? Failure)?.message ?? "\(error)") + "\n"
        }
    }

    private static func say(_ text: String) throws {
        do { _ = try FileDescriptor.standardOutput.writeAll(text.utf8) } catch {
            throw Failure("cannot answer: \(error)")
        }
    }
}
