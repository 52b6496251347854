import Foundation
import Testing

/// The layers of the package: a target imports only targets of lower layers, and the folders of a target do not refer to each
/// other in a circle. The manifest lets the compiler enforce the first; this test reads the sources for both.
@Suite(.timeLimit(.minutes(10))) struct ArchitectureTests {
    private static let sources = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("Sources").path

    /// Each target with its layer; a target may import only targets of lower layers.
    private static let layers: [(target: String, layer: Int)] = [
        ("CShm", 0), ("CBench", 0), ("CJemalloc", 0), ("ShmCore", 1), ("ShmStatistics", 2), ("ShmHarness", 2),
        ("ShmWorker", 3),
        ("ShmCoordinator", 3), ("ShmHistory", 4), ("ShmRecord", 4), ("ShmCompare", 5), ("ShmCluster", 5),
        ("ShmRender", 6), ("shmbench", 7),
    ]

    private static func files(_ target: String) -> [(folder: String, text: String)] {
        let root = "\(sources)/\(target)"
        let names = FileManager.default.enumerator(atPath: root)?.compactMap { $0 as? String } ?? []
        return names.filter { $0.hasSuffix(".swift") }.map { name in
            let text = (try? String(contentsOfFile: "\(root)/\(name)", encoding: .utf8)) ?? ""
            return (name.split(separator: "/").dropLast().joined(separator: "/"), text)
        }
    }

    @Test(arguments: layers.map(\.target))
    func `a target imports only targets of lower layers`(target: String) throws {
        let layers = Dictionary(uniqueKeysWithValues: Self.layers.map { ($0.target, $0.layer) })
        let own = try #require(layers[target])
        let files = Self.files(target)
        #expect(!files.isEmpty || target.hasPrefix("C"))
        for (folder, text) in files {
            for match in text.matches(of: /(?m)^(?:@\w+(?:\(\w+\))? )?(?:internal |package |public )?import (\w+)$/) {
                guard let layer = layers[String(match.1)] else { continue }
                #expect(layer < own, "\(target)/\(folder) imports \(match.1)")
            }
        }
    }

    @Test(arguments: layers.map(\.target).filter { !$0.hasPrefix("C") })
    func `folders of a target refer to each other in one direction`(target: String) throws {
        var arrows: [String: Set<String>] = [:]
        let files = Self.files(target).map { ($0.folder, Self.code($0.text)) }
        var homes: [Substring: Set<String>] = [:]
        for (folder, code) in files {
            let types = code.matches(
                of:
                    /(?m)^(?:@\w+(?:\([^)]*\))? )*(?:public |package |final |indirect )*(?:struct|enum|class|protocol) (\w+)/
            )
            for type in types { homes[type.1, default: []].insert(folder) }
        }
        for (folder, code) in files {
            let names = Set(code.matches(of: /\b[A-Z]\w+/).map(\.0))
            for name in names {
                guard let home = homes[name], home.count == 1, let home = home.first, home != folder else { continue }
                arrows[folder, default: []].insert(home)
            }
        }
        #expect(Self.circles(arrows) == [], "\(arrows)")
    }

    @Test func `commands start janitors in one place`() {
        let places = Self.files("shmbench").filter { Self.code($0.text).contains("Janitor(") }
        #expect(places.count == 1 && places.first?.folder == "Commands")
        #expect(places.first?.text.contains("protocol MeasuringCommand") == true)
    }

    /// Without comments and texts, which may name anything.
    private static func code(_ text: String) -> String {
        text.replacing(/"""[\s\S]*?"""/, with: "").replacing(/"(?:[^"\\\n]|\\.)*"/, with: "").replacing(
            /(?m)\/\/.*$/, with: "")
    }

    /// Folders that can be reached from each other, together.
    private static func circles(_ arrows: [String: Set<String>]) -> Set<Set<String>> {
        func reached(from start: String) -> Set<String> {
            var (seen, open): (Set<String>, [String]) = ([], Array(arrows[start] ?? []))
            while let next = open.popLast() {
                if seen.insert(next).inserted { open += arrows[next] ?? [] }
            }
            return seen
        }
        let reach = Dictionary(uniqueKeysWithValues: arrows.keys.map { ($0, reached(from: $0)) })
        let circles = arrows.keys.filter { reach[$0]?.contains($0) == true }.map { folder in
            Set(
                arrows.keys.filter {
                    $0 == folder || (reach[folder]?.contains($0) == true && reach[$0]?.contains(folder) == true)
                })
        }
        return Set(circles)
    }

    @Test func `a circle is found`() {
        #expect(Self.circles(["a": ["b"], "b": ["c"]]) == [])
        #expect(Self.circles(["a": ["b"], "b": ["c"], "c": ["a"], "d": ["a"]]) == [["a", "b", "c"]])
        #expect(Self.code("let a = \"Report\" // Report\nlet b = Report()").matches(of: /Report/).count == 1)
    }
}
