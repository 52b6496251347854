internal import ArgumentParser
internal import Glibc
internal import ShmHarness

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
            let message = Shmbench.message(for: error).split(separator: "\n").map { $0.drop { $0 == " " } }
                .joined(separator: " ")
            let command = ["shmbench"] + ProgramArguments.given.prefix(1).filter(Shmbench.commandNames.contains)
            if !message.isEmpty { Terminal.complain("\(message) (see `\(command.joined(separator: " ")) --help`)") }
            exit(code == .validationFailure ? ExitStatus.usage.rawValue : code.rawValue)
        }
    }

    /// What is to be done. Without a command nothing is, and a gate whose arguments were lost must not be green.
    private static func arguments() throws -> [String] {
        if ProgramArguments.all.isEmpty {
            throw Failure(
                "was started without arguments, its name included: start it as in `shmbench run`", code: .usage)
        }
        if ProgramArguments.given.isEmpty {
            throw Failure(
                "no command is given; there are \(Shmbench.commandNames.joined(separator: ", ")) (see `shmbench --help`)",
                code: .usage)
        }
        return ProgramArguments.given
    }
}
