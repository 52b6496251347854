import ArgumentParser
import Foundation
import ShmCoordinator
import ShmCore
import Testing

@testable import ShmRecord
@testable import shmbench

extension CommandLineSuite.Inputs {
    /// Every command that the documents show is one.
    @Suite struct ReadmeTests {
        private typealias Line = Documents.Mention

        /// What stands in `sh` blocks.
        private static let blocks: [Line] = Documents.all.flatMap { file in
            var isInside = false
            var lines: [Line] = []
            for (index, line) in Documents.read(file).split(separator: "\n", omittingEmptySubsequences: false)
                .enumerated()
            {
                if line.hasPrefix("```") {
                    isInside = line == "```sh"
                } else if isInside, let last = lines.last, last.text.count(where: { $0 == "\"" }) % 2 == 1 {
                    // A quotation goes on in the next line.
                    lines[lines.count - 1] = Line(file: file, number: last.number, text: last.text + " " + line)
                } else if isInside && !line.isEmpty {
                    lines.append(Line(file: file, number: index + 1, text: String(line)))
                }
            }
            return lines
        }

        /// What stands between backquotes in a sentence, and names a script or a command with options.
        private static let phrases = Documents.phrases("scripts/", "shmbench ")

        /// Programs that are not this project's.
        private static let others = ["sqlite3", "otava"]

        /// The commands of a line as a shell splits them: variables, then a program and its arguments.
        private static func commands(_ text: String) throws -> [[String]] {
            var (commands, words, word): ([[String]], [String], String?) = ([], [], nil)
            var isQuoted = false
            func end() {
                if let word { words.append(word) }
                word = nil
            }
            scan: for character in text {
                switch character {
                case "\"": (isQuoted, word) = (!isQuoted, word ?? "")
                case _ where isQuoted: word?.append(character)
                case "#" where word == nil: break scan
                case " ": end()
                case ";", "&", "|":
                    end()
                    commands.append(words)
                    words = []
                default: word = (word ?? "") + String(character)
                }
            }
            end()
            try #require(!isQuoted, "a quotation mark is not closed")
            return (commands + [words]).map { words in
                words.filter { !$0.hasPrefix(">") }.drop { $0.contains("=") && !$0.hasPrefix("-") }.map { $0 }
            }.filter { !$0.isEmpty }
        }

        @Test func `there are commands to test`() {
            #expect(Self.blocks.count > 30 && Self.phrases.count > 20)
            #expect(Set(Self.blocks.map(\.file)).contains("README.md"))
        }

        @Test(arguments: blocks + phrases)
        func `a command in a document is accepted`(line: Documents.Mention) throws {
            for words in try Self.commands(line.text) {
                let program = words[0]
                if program == "shmbench" || program == "scripts/shmbench" {
                    try accept(Array(words.dropFirst()))
                    continue
                }
                if Self.others.contains(program) { continue }
                try #require(program.hasPrefix("scripts/"), "neither a script nor shmbench")
                // A glob or a placeholder names no file.
                if program.contains(where: { "*<…".contains($0) }) { continue }
                let path = "\(Documents.root)/\(program)"
                try #require(FileManager.default.fileExists(atPath: path), "there is no such script")
                guard !program.contains(".") && !program.hasSuffix("s/scenarios") && !program.hasSuffix("/plugins")
                else {
                    continue
                }
                #expect(unsafe access(path, X_OK) == 0, "it cannot be executed")
            }
        }

        /// Parses a command line, and asks the command itself what is wrong with it.
        private func accept(_ arguments: [String]) throws {
            // `FILE`, `…` and the like stand for something.
            if arguments.contains(where: { $0.contains("…") || $0.contains("[") }) || arguments.isEmpty { return }
            // A command that is spoken of, and not called.
            if arguments.count == 1 && Shmbench.commandNames.contains(arguments[0]) { return }
            let command = try Shmbench.parseAsRoot(arguments)
            try (command as? any CheckedCommand)?.check()
            switch command {
            case let run as Run where run.plugin.lockPlugin == nil:
                if let scenario = run.options.load.scenario {
                    #expect(FileManager.default.fileExists(atPath: "\(Documents.root)/\(scenario)"))
                } else {
                    #expect(try !run.options.workloads().flatMap(\.cells).isEmpty)
                }
            case let stress as Stress where stress.plugin.lockPlugin == nil:
                #expect(try !stress.options.kinds(hasPlugin: false).isEmpty)
                #expect(try !stress.options.selectedFaults().isEmpty)
            case let crash as Crash where crash.plugin.lockPlugin == nil:
                #expect(try !crash.options.kinds(hasPlugin: false).isEmpty)
                #expect(try !crash.options.selectedPaths().isEmpty)
            case let compare as Compare:
                _ = try compare.options.settings(seed: 1)
                for side in [compare.base, compare.candidate] {
                    // Neither a file nor a placeholder: a lock, perhaps behind variables.
                    let name = side.split(separator: " ").last.map(String.init) ?? ""
                    guard !name.contains("/") && !name.hasSuffix(".csv") && name.contains(where: \.isLowercase) else {
                        continue
                    }
                    #expect(LockKind(named: name) != nil, "there is no lock of that name")
                }
            case let check as Check: _ = try check.options.settings(seed: 1)
            default: break
            }
        }

        @Test(arguments: [
            ["run", "--locks", "futex", "--duration", "1d"], ["stress", "--duration", "0"],
            ["history", "h.db", "--lock", ""],
            ["lifecycle", "--attachments", ","], ["check", "--baseline", "b.csv", "--format", "nosuch"],
        ])
        func `what is wrong is not accepted`(arguments: [String]) {
            #expect(throws: (any Error).self) { try accept(arguments) }
        }

        /// Those that take no time, for real.
        @Test(arguments: ["list", "list --format csv", "doctor", "segments", "run --help", "stress --help"])
        func `a short command does what it says`(text: String) throws {
            let outcome = try Invocation(text.split(separator: " ").map(String.init)).finish()
            #expect(outcome.exit == .code(0) && !outcome.stdout.isEmpty && outcome.stderr == "")
        }

        @Test(arguments: ["1h", "90s", "1.5min", "2min", "100ms", "100000us", "100000µs", "100000000ns"])
        func `a time of any unit is taken`(time: String) throws {
            let run = try Shmbench.parseAsRoot(["run", "--duration", time, "--stuck-after", time])
            try (run as? Run)?.check()
            let stress = try #require(try Shmbench.parseAsRoot(["stress", "--duration", time]) as? Stress)
            try stress.check()
            #expect(stress.options.duration == TimeSpan(time))
        }

        @Test(arguments: ["1e99h", "-1s", "nan", "0x10s", "1 h", "1h30min", "25h", "h"])
        func `an invalid time is refused in one line`(time: String) throws {
            for command in [
                ["stress", "--duration=\(time)"], ["run", "--think=\(time)"], ["run", "--stuck-after=\(time)"],
            ] {
                let outcome = try Invocation(command).finish()
                #expect(outcome.exit == .code(64) && outcome.stderr.split(separator: "\n").count == 1)
                #expect(outcome.stderr.contains("1.5min or 1h"), "\(outcome.stderr)")
            }
            let folder = try Folder()
            try "[[workload]]\nname = \"x\"\nthink = \"\(time)\"\n".write(
                toFile: folder.path("s.toml"), atomically: true, encoding: .utf8)
            let outcome = try Invocation(["run", "--scenario", "s.toml"], in: folder).finish()
            #expect(outcome.exit == .code(64) && outcome.stderr.contains("s.toml:3:"), "\(outcome.stderr)")
            #expect(outcome.stderr.split(separator: "\n").count == 1)
        }
    }
}
