import Foundation
import Testing

/// The library as a client's compiler sees it: runs the toolchain on the module that these tests were built with.
enum ClientView {
    struct Symbol {
        let name: String
        /// "swift.struct", "swift.method", ….
        let kind: String
        let isDocumented: Bool
        /// Whether the compiler generated it, such as a conformance's witness.
        let isSynthesised: Bool
    }

    /// The module's public symbols.
    static func symbols() throws -> [Symbol] {
        let folder = FileManager.default.temporaryDirectory.appending(path: "shmcore-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let answer = try run(
            ["swift-symbolgraph-extract", "-module-name", "ShmCore", "-target", target] + search
                + ["-minimum-access-level", "public", "-output-dir", folder.path()])
        let graph = try #require(
            try? Data(contentsOf: folder.appending(path: "ShmCore.symbols.json")), "no symbols: \(answer)")
        let contents = try #require(try JSONSerialization.jsonObject(with: graph) as? [String: Any])
        return try #require(contents["symbols"] as? [[String: Any]]).map { symbol in
            let path = try #require(symbol["pathComponents"] as? [String])
            let kind = try #require((symbol["kind"] as? [String: Any])?["identifier"] as? String)
            let precise = try #require((symbol["identifier"] as? [String: Any])?["precise"] as? String)
            return Symbol(
                name: path.joined(separator: "."), kind: kind, isDocumented: symbol["docComment"] != nil,
                isSynthesised: precise.contains("::SYNTHESIZED::") || ["hashValue", "hash(into:)"].contains(path.last))
        }
    }

    /// The compiler's diagnostics for a client's file; empty if it compiles.
    static func compile(_ source: String) throws -> String {
        let file = FileManager.default.temporaryDirectory.appending(path: "shmcore-\(UUID().uuidString).swift")
        try source.write(to: file, atomically: true, encoding: .utf8)
        defer { try? FileManager.default.removeItem(at: file) }
        return try run(["swiftc", "-typecheck", "-swift-version", "6", "-parse-as-library"] + search + [file.path()])
    }

    private static var target: String {
        #if arch(arm64)
            "aarch64-unknown-linux-gnu"
        #else
            "x86_64-unknown-linux-gnu"
        #endif
    }

    /// The folder of the module and of the modules that it was built from.
    private static let search: [String] = {
        let programs = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
        let system = programs.deletingLastPathComponent().deletingLastPathComponent().appending(
            path: "checkouts/swift-system/Sources/CSystem/include/module.modulemap")
        return ["-I", programs.appending(path: "Modules").path()]
            + [programs.appending(path: "CShm.build/module.modulemap"), system].flatMap {
                ["-Xcc", "-fmodule-map-file=\($0.path())"]
            }
    }()

    private static func run(_ words: [String]) throws -> String {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = words
        let output = Pipe()
        process.standardOutput = output
        process.standardError = output
        try process.run()
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        return text
    }
}
