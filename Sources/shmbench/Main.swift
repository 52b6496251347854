internal import ArgumentParser
internal import Glibc

/// Parses the command line, runs the command, and turns every failure into one line on stderr and an exit code.
@main
enum Main {
    static func main() {
        Surroundings.makeUsable()
        do {
            var command = try Shmbench.parseAsRoot()
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
            let command =
                ["shmbench"]
                + CommandLine.arguments.dropFirst().prefix(1).filter {
                    [
                        "run", "compare", "check", "crash", "stress", "lifecycle", "history", "list", "doctor",
                        "segments",
                    ].contains($0)
                }
            if !message.isEmpty { Terminal.complain("\(message) (see `\(command.joined(separator: " ")) --help`)") }
            exit(code == .validationFailure ? ExitStatus.usage.rawValue : code.rawValue)
        }
    }
}
