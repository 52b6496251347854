import ArgumentParser
import Foundation
import ShmCoordinator
import ShmCore
import Testing

@testable import ShmRecord
@testable import ShmRender
@testable import shmbench

extension CommandLineSuite {
    /// The examples in the help, each run in a folder with the files that it names.
    @Suite struct ExampleTests {
        /// Without those that need other machines, which ``FleetTests`` gives stand-ins.
        private static let all = Examples.pages.values.flatMap(\.examples).map(\.line).filter { line in
            !["fleet run", "fleet compare"].contains(where: line.hasPrefix)
        }.sorted()

        /// What makes an example short: later values of an option replace earlier ones.
        private static let shortened = [
            "run": ["--duration", "5ms", "--rounds", "1", "--warmup", "1ms"],
            "compare": ["--duration", "1ms", "--max-time", "1s"],
            "check": ["--duration", "1ms", "--rounds", "13", "--kills", "0", "--locks", "futex", "--workers", "1"],
            "crash": ["--every", "2000"], "lifecycle": ["--samples", "5", "--attachments", "1,10"],
        ]

        @Test(arguments: all)
        func `an example does what it says`(line: String) throws {
            var words = Self.words(line)
            let folder = try Folder()
            try prepare(folder, for: words)
            let isOfFiles = words.contains { $0 == "old.csv" || $0 == "linux-6.1.csv" }
            if !isOfFiles { words += Self.shortened[words[0]] ?? [] }
            if words[0] == "stress" {
                words += words.contains("--episodes") ? ["--episodes", "1"] : ["--duration", "200ms"]
            }
            let outcome = try Invocation(words, in: folder).finish(within: .seconds(50))
            // A machine under load may be unfit for figures, and two locks may differ.
            let codes: [String: [Int32]] = ["compare": [0, 1, 2], "check": [0, 1, 2], "doctor": [0, 1]]
            let isExpected = (codes[words[0]] ?? [0]).contains { outcome.exit == .code($0) }
            #expect(isExpected, "\(outcome.exit.description): \(outcome.stderr)")
            if outcome.exit == .code(0) { #expect(!outcome.stdout.isEmpty) }
            for (index, word) in words.enumerated() where ["--output", "--export"].contains(word) {
                #expect(!folder.text(words[index + 1]).isEmpty, "\(words[index + 1])")
            }
        }

        /// The files that an example reads.
        private func prepare(_ folder: Folder, for words: [String]) throws {
            for name in ["old.csv", "new.csv", "linux-6.1.csv", "linux-6.18.csv"] where words.contains(name) {
                let kernel = name.hasPrefix("linux") ? ["kernel": name] : [:]
                let rows = (1...24).map { round in
                    let figures = ["run_id": name, "throughput_per_s": "\(50_000_000 + 1000 * (round % 5))"]
                    return record(round: round, figures.merging(kernel) { $1 })
                }
                let lines = [contractedColumns] + rows.map { row in contractedColumns.map(row.text) }
                try lines.map { $0.joined(separator: ",") + "\n" }.joined()
                    .write(toFile: folder.path(name), atomically: true, encoding: .utf8)
            }
            if words.contains("h.db") {
                let run = try Invocation.run(
                    "futex,mcs", workers: "1", "--output", "x.csv", "--history", "h.db", in: folder)
                #expect(run.finish().exit == .code(0))
            }
            if words[0] == "check" && !words.contains("--update") {
                let update = ["check", "--baseline", "baseline.csv", "--update"] + (Self.shortened["check"] ?? [])
                #expect(try Invocation(update, in: folder).finish().exit == .code(0))
            }
        }

        /// As a shell splits a line.
        private static func words(_ line: String) -> [String] {
            line.split(separator: "\"", omittingEmptySubsequences: false).enumerated().flatMap { index, part in
                index % 2 == 1 ? [String(part)] : part.split(separator: " ").map(String.init)
            }
        }

        @Test func `every command has examples, and all of them are in its help`() throws {
            #expect(Set(Examples.pages.keys) == Set(Shmbench.commandNames))
            for (command, page) in Examples.pages {
                let help = try Invocation([command, "--help"]).finish().stdout.split(whereSeparator: \.isWhitespace)
                    .joined(separator: " ")
                #expect(
                    page.examples.count >= 2
                        && page.examples.allSatisfy { $0.line.hasPrefix("\(command) ") || $0.line == command })
                #expect(help.contains("Examples:") && help.contains("See also:"), "\(command)")
                for example in page.examples {
                    #expect(help.contains("shmbench \(example.line) \(example.meaning)"), "\(example.line)")
                }
                for related in page.related {
                    let words = related.split(separator: " ").map(String.init)
                    #expect(
                        words.count == 1 ? Examples.pages[related] != nil : Topic(rawValue: words[1]) != nil,
                        "\(related)")
                }
            }
        }

        /// Options whose absence is their default: files, folders and programs.
        private static let withoutDefault: Set<String> = [
            "--scenario", "--history", "--hgrm", "--trace", "--lock-plugin", "--output", "--export", "--baseline",
            "--version", "--by",
        ]

        /// All commands with options, the commands of another with its name in front.
        private static let commands = Shmbench.configuration.subcommands.flatMap { command in
            let parts = command.configuration.subcommands.map { "\(command._commandName) \($0._commandName)" }
            return command.configuration.shouldDisplay ? parts.isEmpty ? [command._commandName] : parts : []
        }

        @Test(arguments: commands)
        func `the help shows the default of every option`(command: String) throws {
            let words = command.split(separator: " ").map(String.init)
            let outcome = try Invocation(words + ["--experimental-dump-help"]).finish()
            let dump = try JSONSerialization.jsonObject(with: Data(outcome.stdout.utf8)) as? [String: Any]
            var page = dump?["command"] as? [String: Any]
            // The description of a command within another is that of the other.
            for word in words.dropFirst() where page?["commandName"] as? String != word {
                page = (page?["subcommands"] as? [[String: Any]])?.first { $0["commandName"] as? String == word }
            }
            let options = (page?["arguments"] as? [[String: Any]] ?? []).filter { $0["kind"] as? String == "option" }
            #expect(!options.isEmpty)
            for option in options {
                let name = "--\((option["preferredName"] as? [String: Any])?["name"] as? String ?? "")"
                let help = option["abstract"] as? String ?? ""
                #expect(Self.withoutDefault.contains(name) || help.contains("(default: "), "\(name): \(help)")
                #expect(!help.contains("see above"), "\(name)")
            }
        }

        @Test func `a topic is printed from the tables of the program`() throws {
            for topic in Topic.allCases {
                let outcome = try Invocation(["help", topic.rawValue]).finish()
                #expect(outcome.exit == .code(0) && outcome.stderr == "" && outcome.stdout.count > 300, "\(topic)")
                #expect(outcome.stdout.split(separator: "\n").allSatisfy { $0.count <= 80 }, "\(topic)")
            }
            func text(_ topic: Topic) -> String {
                topic.text(Page(width: 200)).split(whereSeparator: \.isWhitespace).joined(separator: " ")
            }
            for status in ExitStatus.allCases {
                #expect(text(.exitCodes).contains("\(status.rawValue) \(status.meaning)"))
            }
            for column in ResultColumn.all { #expect(text(.columns).contains(column.name)) }
            for kind in Catalogue.kinds { #expect(text(.locks).contains("\(kind.name) \(kind.properties.summary)")) }
            for term in ["coordinated omission", "EOWNERDEAD", "robust list", "thundering herd"] {
                #expect(text(.measuring).contains(term), "\(term)")
            }
            let root = try Invocation(["--help"]).finish().stdout
            for topic in Topic.allCases { #expect(root.contains(topic.rawValue), "\(topic)") }
            // A command's help is still there.
            #expect(try Invocation(["help", "run"]).finish().stdout.contains("--locks"))
            let unknown = try Invocation(["help", "nosuch"]).finish()
            #expect(unknown.exit == .code(64) && unknown.stderr.contains("exit-codes"), "\(unknown.stderr)")
        }

        @Test func `help and documents have the exit codes of one table`() throws {
            #expect(Documents.read("Documentation/Operating.md").contains(ExitStatus.table), "\(ExitStatus.table)")
            for command in [[], ["run"], ["report"], ["compare"], ["check"], ["crash"], ["stress"], ["doctor"]] {
                let help = try Invocation(command + ["--help"]).finish().stdout
                let words = help.split(whereSeparator: \.isWhitespace).joined(separator: " ")
                let codes = ExitStatus.allCases.filter { words.contains("\($0.rawValue) \($0.meaning)") }
                #expect(codes.contains(.ok) && codes.contains(.failed) && codes.contains(.usage), "\(command)")
                let judges = command.isEmpty || ["compare", "check"].contains(command[0])
                #expect(codes.contains(.regression) == judges && codes.contains(.undecided) == judges, "\(command)")
                #expect(codes.contains(.integrity) == (command != ["doctor"]), "\(command)")
            }
            // Other documents refer to that table.
            for name in ["README.md", "Documentation/Comparing.md", "CONTRIBUTING.md"] {
                #expect(!Documents.read(name).contains("Exit codes: 0"), "\(name)")
            }
        }
    }
}
