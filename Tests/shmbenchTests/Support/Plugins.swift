import Foundation
import ShmCoordinator
import Testing

/// Lock plugins, compiled into a test's folder.
extension Folder {
    /// The project's folder.
    static let sources = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().path

    /// Compiles one of the project's examples, with changes made to its text.
    func plugin(_ name: String, _ changes: [(String, String)] = []) throws -> String {
        var text = try String(contentsOfFile: "\(Self.sources)/scripts/plugins/\(name).c", encoding: .utf8)
        for (old, new) in changes {
            try #require(text.contains(old), "the source has changed")
            text = text.replacingOccurrences(of: old, with: new)
        }
        return try compile(text)
    }

    /// Compiles C text to a shared object.
    func compile(_ text: String) throws -> String {
        let number = names.count
        let (source, object) = (path("\(number).c"), path("\(number).so"))
        try text.write(toFile: source, atomically: true, encoding: .utf8)
        let arguments = [
            "cc", "-std=c11", "-O2", "-fPIC", "-shared", "-I", "\(Self.sources)/Sources/CShm/include", "-o", object,
            source,
        ]
        try #require(try Invocation(program: "/usr/bin/env", arguments).finish().exit == .code(0))
        return object
    }
}
