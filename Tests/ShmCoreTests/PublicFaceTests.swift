import Foundation
import Testing

extension ShmCoreSuite {
    /// What a client of ShmCore can use, according to the compiler: the symbols of the built module.
    @Suite struct PublicFaceTests {
        /// Clients come to depend on every public type. Use `package` or `@_spi(Bench)` unless clients need it.
        private static let types: Set<String> = [
            "SharedMemory", "SharedMemory.AccessMode", "SharedMemory.Acquisition", "SharedMemory.DestroyMode",
            "SharedMemory.Origin", "SharedMemoryError", "SharedMemoryError.Code", "SharedMemoryError.Convertible",
            "LockKind", "LockProperties", "LockProperties.Family", "LockProperties.Waiting", "LockProperties.Fairness",
            "LockProperties.OwnerDeath",
        ]

        @Test func `the public types are those that a client needs`() throws {
            let kinds = ["struct", "class", "enum", "protocol", "actor", "typealias"].map { "swift." + $0 }
            let found = Set(try ClientView.symbols().filter { kinds.contains($0.kind) }.map(\.name))
            #expect(found.subtracting(Self.types).sorted() == [], "public but not in the list")
            #expect(Self.types.subtracting(found).sorted() == [], "in the list but not public")
        }

        @Test func `every public declaration has a doc comment`() throws {
            let symbols = try ClientView.symbols().filter { !$0.isSynthesised }
            #expect(symbols.count > 100)
            #expect(symbols.filter { !$0.isDocumented }.map(\.name) == [])
        }

        @Test(arguments: [
            ("_ = LockCatalogue.self", "cannot find 'LockCatalogue' in scope"),
            ("_ = Deadline.now", "cannot find 'Deadline' in scope"),
            ("_ = shm_gettid()", "cannot find 'shm_gettid' in scope"),
            ("_ = bench_counter()", "cannot find 'bench_counter' in scope"),
            ("_ = SharedMemory.segments", "'segments' is inaccessible due to 'package' protection level"),
            ("let run = { () async throws in try SharedMemory(key: \"a\").lock() }", "from asynchronous contexts"),
            ("let run = { () async throws in try SharedMemory(key: \"a\").unlock() }", "from asynchronous contexts"),
            ("let run = { () async throws in _ = try SharedMemory(key: \"a\").tryLock() }", "asynchronous contexts"),
            ("let kind: LockKind = .none", "'none' is deprecated: renamed to 'noLock'"),
        ])
        private func `internal declarations do not compile in a client`(line: String, saying: String) throws {
            let answer = try ClientView.compile("import ShmCore\nfunc use() {\n\(line)\n}\n")
            #expect(answer.contains(saying), "\(answer)")
        }

        @Test func `a client compiles`() throws {
            let client = """
                import ShmCore
                func use(_ shared: SharedMemory) throws(SharedMemoryError) -> LockKind? {
                    try shared.create(size: 64, lock: .noLock)
                    try shared.withLock { (_: SharedMemory.Acquisition) in }
                    try shared.destroy()
                    return shared.lockKind
                }
                """
            #expect(try ClientView.compile(client) == "")
        }

        @Test func `the documentation's examples compile`() throws {
            var count = 0
            for (file, example) in try Self.examples() {
                let lines = example.split(separator: "\n")
                let imports = lines.filter { $0.hasPrefix("import ") }.joined(separator: "\n")
                let body = lines.filter { !$0.hasPrefix("import ") }.joined(separator: "\n")
                let answer = try ClientView.compile("\(imports)\nfunc example() throws {\n\(body)\n}\n")
                #expect(answer == "", "in \(file)")
                count += 1
            }
            #expect(count >= 6)
        }

        /// The Swift examples of README and of the documentation's articles, each with its file's name.
        private static func examples() throws -> [(file: String, text: String)] {
            let root = URL(filePath: #filePath).appending(path: "../../..").standardized
            let articles = try FileManager.default.contentsOfDirectory(
                at: root.appending(path: "Sources/ShmCore/ShmCore.docc"), includingPropertiesForKeys: nil)
            return try (articles + [root.appending(path: "README.md")]).flatMap { file in
                let parts = try String(contentsOf: file, encoding: .utf8).components(separatedBy: "```swift\n")
                    .dropFirst()
                return parts.map { (file.lastPathComponent, $0.components(separatedBy: "```")[0]) }
            }
        }
    }
}
