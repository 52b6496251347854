internal import ArgumentParser
internal import Glibc
internal import ShmHarness
internal import ShmRecord

/// Parses the command line, runs the command, and turns every failure into one line on stderr and an exit code.
@main
enum Main {
    static func main() {
        Surroundings.makeUsable()
        do {
            var command = try Shmbench.parseAsRoot(arguments())
            try (command as? any CheckedCommand)?.check()
            try command.run()
        } catch let failure as Failure {
            Terminal.complain(failure.message)
            exit(failure.code.rawValue)
        } catch {
            let code = Shmbench.exitCode(for: error)
            if code.isSuccess {
                // Help and version are what was asked for: a document, to stdout.
                print(Shmbench.fullMessage(for: error))
                exit(0)
            }
            let message = oneLine(Shmbench.message(for: error))
            let command = ["shmbench"] + ProgramArguments.given.prefix(1).filter(Shmbench.commandNames.contains)
            if !message.isEmpty { Terminal.complain("\(message) (see `\(command.joined(separator: " ")) --help`)") }
            exit(code == .validationFailure ? ExitStatus.usage.rawValue : code.rawValue)
        }
    }

    /// The parser's words without line ends; the list of what may be given as in 'a', 'b'.
    private static func oneLine(_ message: String) -> String {
        let lines = message.split(separator: "\n").map { $0.drop { $0 == " " } }
        let choices = lines.filter { $0.hasPrefix("- ") }.map { "'\($0.dropFirst(2))'" }
        let text = lines.filter { !$0.hasPrefix("- ") }.joined(separator: " ")
        return choices.isEmpty ? text : "\(text) \(choices.joined(separator: ", "))"
    }

    /// What is to be done. Where not even a name is given, the arguments were lost on the way: a gate must not be green.
    private static func arguments() throws -> [String] {
        // Linux makes one empty argument of none.
        if ProgramArguments.all.first?.isEmpty != false {
            throw Failure(
                "was started without arguments, its name included: start it as in `shmbench run`", code: .usage)
        }
        return ProgramArguments.given
    }
}
