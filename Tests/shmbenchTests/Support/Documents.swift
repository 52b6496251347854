import Foundation
import Testing

/// The documents of the repository.
enum Documents {
    static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().path

    /// The Markdown files that users read, by their paths in the repository.
    static let all =
        ["README.md", "CONTRIBUTING.md", "CHANGELOG.md"]
        + ["results", "Documentation", "Sources/ShmCore/ShmCore.docc"].flatMap { folder in
            Folder.names("\(root)/\(folder)").filter { $0.hasSuffix(".md") }.map { "\(folder)/\($0)" }
        }

    static func read(_ path: String) -> String {
        (try? String(contentsOfFile: "\(root)/\(path)", encoding: .utf8)) ?? ""
    }

    /// Lines outside fenced blocks, with their numbers.
    static func prose(_ path: String) -> [(number: Int, text: Substring)] {
        var isBlock = false
        return read(path).split(separator: "\n", omittingEmptySubsequences: false).enumerated().compactMap {
            index, line in
            if line.hasPrefix("```") {
                isBlock.toggle()
                return nil
            }
            return isBlock ? nil : (index + 1, line)
        }
    }

    /// What a line has between backquotes.
    static func quoted(_ line: Substring) -> [String] {
        line.split(separator: "`", omittingEmptySubsequences: false).enumerated().filter { $0.offset % 2 == 1 }
            .map { String($0.element) }
    }

    /// A link, a phrase in backquotes or a command, with its place.
    struct Mention: CustomTestStringConvertible {
        let file: String
        let number: Int
        let text: String
        var testDescription: String { "\(file):\(number): \(text)" }
    }

    /// What stands between backquotes in sentences, and begins with one of the prefixes.
    static func phrases(_ prefixes: String...) -> [Mention] {
        all.flatMap { file in
            prose(file).flatMap { number, line in
                quoted(line).filter { prefixes.contains(where: $0.hasPrefix) }
                    .map { Mention(file: file, number: number, text: $0) }
            }
        }
    }

    /// The fenced blocks of a document, each as its lines, without the fences.
    static func blocks(_ path: String) -> [[Substring]] {
        var (blocks, isBlock): ([[Substring]], Bool) = ([], false)
        for line in read(path).split(separator: "\n", omittingEmptySubsequences: false) {
            if line.hasPrefix("```") {
                isBlock.toggle()
                if isBlock { blocks.append([]) }
            } else if isBlock {
                blocks[blocks.count - 1].append(line)
            }
        }
        return blocks
    }
}
