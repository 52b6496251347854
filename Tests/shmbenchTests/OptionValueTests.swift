import Foundation
import ShmCoordinator
import Testing

extension CommandLineSuite.Inputs {
    /// Every option that takes a value refuses a wrong one in one line with its name, the value and what is expected.
    ///
    /// The options are those of the parser's own description, so that a new one is tested without being listed here.
    @Suite struct OptionValueTests {
        /// An option of a command.
        struct ValueOption: CustomTestStringConvertible, Hashable {
            let command: String
            let name: String
            /// Whether its value is a list.
            var isList = false
            var testDescription: String { "\(command) \(name)" }
        }

        /// Options that accept any text: paths, and the label of a run.
        private static let texts: [String: Set<String>] = [
            "run": ["--scenario", "--history", "--commit", "--hgrm", "--worker", "--lock-plugin"],
            "report": ["--lock-plugin", "--reference"],
            "compare": ["--scenario", "--history", "--commit"],
            "check": ["--scenario", "--history", "--commit", "--worker"],
            "rounds": ["--worker", "--lock-plugin"],
            "crash": ["--worker", "--lock-plugin"],
            "stress": ["--reports", "--worker", "--lock-plugin"],
            "list": ["--lock-plugin"],
        ]

        /// Arguments that a command needs beside the option.
        private static func needed(_ option: ValueOption) -> [String] {
            switch option.command {
            case "report": ["nosuch.csv"]
            case "compare": ["futex", "mcs"]
            case "check": option.name == "--baseline" ? [] : ["--baseline", "nosuch.csv"]
            case "history": ["h.db"]
            default: []
            }
        }

        /// Values that every option refuses, unless it accepts any text. `BadInputTests` has those that are out of range.
        private static let wrong = ["nonsense\n", ""]

        /// All options with a value, of all commands.
        private static let all: [ValueOption] = {
            guard let outcome = try? Invocation(["--experimental-dump-help"]).finish(),
                let dump = try? JSONSerialization.jsonObject(with: Data(outcome.stdout.utf8)) as? [String: Any],
                let root = dump["command"] as? [String: Any]
            else { return [] }
            let commands = root["subcommands"] as? [[String: Any]] ?? []
            return commands.flatMap { command in
                (command["arguments"] as? [[String: Any]] ?? []).compactMap { argument in
                    guard argument["kind"] as? String == "option",
                        let name = (argument["preferredName"] as? [String: Any])?["name"] as? String
                    else { return nil }
                    return ValueOption(
                        command: command["commandName"] as? String ?? "", name: "--\(name)",
                        isList: (argument["valueName"] as? String)?.contains(",") == true)
                }
            }
        }()

        private static var checked: [ValueOption] {
            all.filter { texts[$0.command]?.contains($0.name) != true }
        }

        @Test func `the parser describes the options of all commands`() {
            #expect(Set(Self.all.map(\.command)).count >= 12, "\(Set(Self.all.map(\.command)))")
            #expect(Self.checked.count > 60, "\(Self.checked.count)")
        }

        @Test func `one name of an option has one syntax in all commands`() {
            let lists = Dictionary(grouping: Self.all, by: \.name).mapValues { Set($0.map(\.isList)) }
            // A test of crashes has one number of workers; a history has many scenarios.
            let others = ["--workers", "--scenario"]
            for (name, kinds) in lists where !others.contains(name) { #expect(kinds.count == 1, "\(name)") }
            let documents = Set(Self.all.filter { $0.name == "--format" }.map(\.command))
            #expect(documents.count >= 11 && documents == Set(Self.all.filter { $0.name == "--output" }.map(\.command)))
        }

        @Test(arguments: all.filter(\.isList))
        func `an empty item of a list is refused`(option: ValueOption) throws {
            for value in ["1,,2", "1,", ",1", ","] {
                let outcome = try Invocation([option.command] + Self.needed(option) + [option.name, value]).finish()
                #expect(outcome.exit == .code(64) && outcome.stdout == "", "'\(value)'")
                let start = "shmbench: invalid value '\(value)' for \(option.name): expected "
                #expect(outcome.stderr.hasPrefix(start), "\(outcome.stderr)")
            }
        }

        @Test func `every option that accepts any text exists`() {
            for (command, names) in Self.texts {
                for name in names {
                    #expect(Self.all.contains { $0.command == command && $0.name == name }, "\(command) \(name)")
                }
            }
        }

        @Test(arguments: checked)
        func `a wrong value is refused with the option, the value and what is expected`(option: ValueOption) throws {
            let folder = try Folder()
            if option.command == "history" {
                // Locks, workers and scenarios are those of the file.
                let run = try Invocation.run(
                    "futex", workers: "1", "--history", "h.db", "--output", "h.csv", in: folder)
                try #require(run.finish().exit == .code(0))
            }
            let names = folder.names
            let runs = try Self.wrong.map { value in
                // The parser takes `--option=` as an option without a value.
                let words = value.isEmpty ? [option.name, value] : ["\(option.name)=\(value)"]
                return try Invocation([option.command] + Self.needed(option) + words, in: folder)
            }
            for (value, run) in zip(Self.wrong, runs) {
                let outcome = run.finish()
                #expect(outcome.exit == .code(64) && outcome.stdout == "", "'\(value)'")
                let lines = outcome.stderr.split(separator: "\n", omittingEmptySubsequences: false)
                #expect(lines.count == 2 && lines.last == "", "one line: \(outcome.stderr)")
                let shown = value.replacing("\n", with: "\\n")
                let start = "shmbench: invalid value '\(shown)' for \(option.name): expected "
                #expect(outcome.stderr.hasPrefix(start) && lines[0].count > start.count, "\(outcome.stderr)")
            }
            #expect(folder.names == names, "it leaves nothing")
        }
    }
}
