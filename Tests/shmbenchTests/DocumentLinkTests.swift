import ArgumentParser
import Foundation
import ShmCore
import Testing

@testable import shmbench

extension CommandLineSuite {
    /// What the documents name exists: files, headings, options, and parts of the code.
    @Suite struct DocumentLinkTests {
        private static let links: [Documents.Mention] = Documents.all.flatMap { file in
            let text = Documents.read(file)
            return text.matches(of: /\]\(([^)\s]+)\)/).filter { !$0.1.contains("://") }.map { match in
                let number = text[..<match.range.lowerBound].count { $0 == "\n" } + 1
                return Documents.Mention(file: file, number: number, text: String(match.1))
            }
        }

        /// Phrases that begin with an option.
        private static let options = Documents.phrases("--")

        @Test func `README is short, and there is something to test`() {
            #expect(Documents.read("README.md").split(separator: "\n", omittingEmptySubsequences: false).count <= 151)
            #expect(Self.links.count > 40 && Self.options.count > 30)
            #expect(Documents.all.allSatisfy { !Documents.read($0).isEmpty })
        }

        @Test func `the documentation of the library names each lock`() {
            let page = Documents.read("Sources/ShmCore/ShmCore.docc/LockKind.md")
            let named = Set(page.matches(of: /(?m)^- ``(\w+)``$/).map { $0.1.lowercased() })
            for kind in LockKind.builtIn {
                // A name in Swift has no hyphens, and `none` would be that of an empty optional.
                let name = kind == .noLock ? "nolock" : kind.name.filter { $0 != "-" }
                #expect(named.contains(name), "\(kind.name)")
            }
        }

        @Test(arguments: links)
        func `a link leads to a file, and to a heading in it`(link: Documents.Mention) throws {
            let parts = link.text.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false)
            let folder = URL(fileURLWithPath: "\(Documents.root)/\(link.file)").deletingLastPathComponent()
            let target =
                parts[0].isEmpty
                ? "\(Documents.root)/\(link.file)" : folder.appendingPathComponent(String(parts[0])).standardized.path
            #expect(FileManager.default.fileExists(atPath: target), "there is no such file")
            guard parts.count == 2 else { return }
            let text = try String(contentsOfFile: target, encoding: .utf8)
            let headings = text.matches(of: /(?m)^#+ (.+)$/).map { Self.anchor(String($0.1)) }
            #expect(headings.contains(String(parts[1])), "there is no such heading: \(headings)")
        }

        /// A heading's anchor, as Git hosts make it.
        private static func anchor(_ heading: String) -> String {
            heading.lowercased().compactMap { character in
                if character == " " { return "-" }
                return character.isLetter || character.isNumber || "-_".contains(character) ? character : nil
            }.map(String.init).joined()
        }

        @Test(arguments: options)
        func `an option that a document names is one of a command`(mention: Documents.Mention) {
            for match in mention.text.matches(of: /--[a-z][a-z-]*/) {
                #expect(Self.known.contains(String(match.0)), "no command has it")
            }
        }

        /// The options of all commands, and those of scripts, of SwiftPM and of Slurm that the documents name.
        private static let known: Set<String> = {
            let commands = Shmbench.configuration.subcommands
            let helps = (commands + commands.flatMap { $0.configuration.subcommands }).map {
                Shmbench.helpMessage(for: $0)
            }
            let scripts = Folder.names("\(Documents.root)/scripts").map { Documents.read("scripts/\($0)") }
            let slurm: Set<String> = ["--exclusive", "--nodelist"]
            return slurm.union((helps + scripts).flatMap { $0.matches(of: /--[a-z][a-z-]*/).map { String($0.0) } })
        }()

        @Test func `Architecture names files, folders and types that exist`() {
            let sources =
                FileManager.default.enumerator(atPath: "\(Documents.root)/Sources")?.compactMap { $0 as? String } ?? []
            let keywords: Set<Substring> = ["struct", "class", "enum", "protocol", "typealias", "actor"]
            let tests = Folder.names("\(Documents.root)/Tests/shmbenchTests").map { $0.replacing(".swift", with: "") }
            let types = sources.filter { $0.hasSuffix(".swift") }.flatMap { file in
                Documents.read("Sources/\(file)").split(separator: "\n").compactMap { line in
                    line.split(separator: " ").drop { !keywords.contains($0) }.dropFirst().first.map {
                        String($0.prefix { $0.isLetter })
                    }
                }
            }
            let known = Set(sources.flatMap { $0.split(separator: "/").map(String.init) } + tests + types)
            let words = Documents.prose("Documentation/Architecture.md").flatMap { Documents.quoted($0.text) }
            var count = 0
            for word in Set(words) {
                let isFile = word.hasSuffix(".swift") || word.hasSuffix("/")
                // A type, perhaps with a member and arguments.
                guard isFile || word.wholeMatch(of: /[A-Z][A-Za-z]+(\.\w+)?(\(.*\))?/) != nil else { continue }
                let name = isFile ? word.replacing("/", with: "") : String(word.prefix { $0.isLetter })
                if !known.contains(name) { Issue.record("\(word) is not in Sources") }
                count += 1
            }
            #expect(count > 50)
        }
    }
}
