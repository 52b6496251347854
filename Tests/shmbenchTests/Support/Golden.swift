import Foundation
import Testing

@testable import ShmRender

/// Documents as the program printed them when they were last looked at: files under `Golden/`.
///
/// With `GOLDEN_UPDATE` in the environment the files are written anew, and the tests that do so fail: what changed is then
/// in the diff for a person to judge.
enum Golden {
    private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("Golden").path

    /// All documents, by name.
    static func all() throws -> [(name: String, text: String)] {
        try FileManager.default.contentsOfDirectory(atPath: folder).sorted().map {
            ($0, try String(contentsOfFile: "\(folder)/\($0)", encoding: .utf8))
        }
    }

    /// Expects a document to be that of the file.
    ///
    /// - Parameter masks: texts of this machine or run, and what stands for them in the file.
    static func expect(
        _ document: String, _ name: String, masks: KeyValuePairs<String, String> = [:],
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        var text = document
        for (actual, mask) in masks where !actual.isEmpty { text = text.replacing(actual, with: mask) }
        text = text.replacing(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ/, with: "TIME")
        if name.hasSuffix(".html") { text = Page.shortened(text) }
        let path = "\(folder)/\(name)"
        if ProcessInfo.processInfo.environment["GOLDEN_UPDATE"] != nil {
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            try text.write(toFile: path, atomically: true, encoding: .utf8)
            Issue.record("\(name) is written anew: look at what changed", sourceLocation: sourceLocation)
            return
        }
        let kept = try #require(
            try? String(contentsOfFile: path, encoding: .utf8), "there is no \(name)", sourceLocation: sourceLocation)
        if kept == text { return }
        let (old, new) = (kept.components(separatedBy: "\n"), text.components(separatedBy: "\n"))
        let line = zip(old, new).enumerated().first { $1.0 != $1.1 }?.offset ?? min(old.count, new.count)
        Issue.record(
            "\(name), line \(line + 1): \(line < new.count ? new[line] : "it ends") in place of \(line < old.count ? old[line] : "its end")",
            sourceLocation: sourceLocation)
    }
}
