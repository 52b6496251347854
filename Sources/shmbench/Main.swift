internal import ArgumentParser
internal import Glibc
internal import ShmHarness
internal import ShmRecord
internal import ShmRender

/// Parses the command line, runs the command, and reports a failure as one line on stderr and an exit code.
@main
enum Main {
    static func main() {
        Surroundings.makeUsable()
        do {
            let arguments = try arguments()
            if try showsTopic(arguments) { return }
            var command = try Shmbench.parseAsRoot(OldSpelling.renewed(arguments))
            try (command as? any CheckedCommand)?.check()
            try command.run()
        } catch let failure as Failure {
            Terminal.complain(failure.message)
            exit(failure.code.rawValue)
        } catch {
            let code = Shmbench.exitCode(for: error)
            if code.isSuccess {
                // Help and version are documents, for stdout.
                print(Terminal.page.fitted(Shmbench.fullMessage(for: error)))
                exit(0)
            }
            let message = Shmbench.message(for: error)
            if let range = message.firstRange(of: ": invalid value '") {
                // The parser's own words precede the failure of a notation.
                Terminal.complain(String(message[range.lowerBound...].dropFirst(2)))
                exit(ExitStatus.usage.rawValue)
            }
            let line = oneLine(message)
            let command = ["shmbench"] + ProgramArguments.given.prefix(1).filter(Shmbench.commandNames.contains)
            if !line.isEmpty { Terminal.complain("\(line) (see `\(command.joined(separator: " ")) --help`)") }
            exit(code == .validationFailure ? ExitStatus.usage.rawValue : code.rawValue)
        }
    }

    /// Prints the topic of `help TOPIC`. Returns whether there is one; the parser has the help of commands.
    private static func showsTopic(_ arguments: [String]) throws -> Bool {
        guard arguments.count == 2, arguments[0] == "help", !Shmbench.commandNames.contains(arguments[1]) else {
            return false
        }
        guard let topic = Topic(rawValue: arguments[1]) else {
            let known = Topic.allCases.map(\.rawValue) + Shmbench.commandNames
            throw Failure.unknown(
                arguments[1], for: "help", expected: "a command, or \(Notation<Topic>.topic.expected)", among: known)
        }
        try Terminal.show(Terminal.page.plain(topic.text(Terminal.page)))
        return true
    }

    /// The parser's message in one line, with its list of values as in 'a', 'b'.
    private static func oneLine(_ message: String) -> String {
        let lines = message.split(separator: "\n").map { $0.drop { $0 == " " } }
        let choices = lines.filter { $0.hasPrefix("- ") }.map { "'\($0.dropFirst(2))'" }
        let text = lines.filter { !$0.hasPrefix("- ") }.joined(separator: " ")
        return choices.isEmpty ? text : "\(text) \(choices.joined(separator: ", "))"
    }

    /// The arguments. Without even the program's name they were lost, and a gate must fail.
    private static func arguments() throws -> [String] {
        // Linux replaces an empty argument vector by one empty argument.
        if ProgramArguments.all.first?.isEmpty != false {
            throw Failure(
                "the program was started with an empty argument vector: start it as in `shmbench run`", code: .usage)
        }
        return ProgramArguments.given
    }
}
