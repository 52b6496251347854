import Foundation
import ShmCoordinator
import ShmCore
import ShmHarness
import Testing

extension CommandLineSuite.Inputs {
    /// What the program tells about itself.
    @Suite struct DocumentTests {
        private func document(_ arguments: String...) throws -> String {
            let outcome = try Invocation(arguments).finish()
            #expect(outcome.exit == .code(0))
            #expect(outcome.stderr == "")
            return outcome.stdout
        }

        @Test func `list names every lock of the catalogue, with what it promises`() throws {
            let lines = try document("list").split(separator: "\n")
            for kind in LockKind.all {
                let line = try #require(lines.first { $0.hasPrefix("\(kind.name) ") })
                #expect(line.contains(kind.properties.waiting.rawValue))
                #expect(line.contains(kind.properties.ownerDeath.rawValue))
                #expect(line.contains("*") == (kind == .default))
                #expect(lines.contains { $0.hasSuffix(kind.properties.summary) })
            }
        }

        @Test func `list fits 80 columns, and has a block for each family`() throws {
            let lines = try document("list").split(separator: "\n")
            #expect(lines.allSatisfy { $0.count <= 80 }, "\(lines.filter { $0.count > 80 })")
            for family in LockProperties.Family.allCases where family != .control && family != .plugin {
                #expect(lines.contains { $0.hasPrefix("\(family): ") }, "\(family)")
            }
        }

        @Test func `list has every kind and property in JSON, CSV and Markdown`() throws {
            let json = try JSONSerialization.jsonObject(with: Data(document("list", "--format", "json").utf8))
            let rows = try #require((json as? [String: Any])?["rows"] as? [[String: Any]])
            #expect(Set(rows.compactMap { $0["name"] as? String }) == Set(LockKind.all.map(\.name)))
            let mcs = try #require(rows.first { $0["name"] as? String == "mcs" })
            #expect(mcs["fairness"] as? String == "fifo" && mcs["nodes_per_participant"] as? Int == 1)
            #expect(mcs["survives_waiter_death"] as? Bool == false && mcs["kernel_object"] is NSNull)
            #expect(rows.filter { $0["is_default"] as? Bool == true }.count == 1)
            #expect(try Table(document("list", "--format", "csv")).rows.count == LockKind.all.count)
            let markdown = try document("list", "--format", "markdown").split(separator: "\n")
            for kind in LockKind.all { #expect(markdown.contains { $0.hasPrefix("| \(kind.name) ") }, "\(kind)") }
        }

        @Test func `list gives scripts the names alone`() throws {
            #expect(try document("list", "--names").split(separator: "\n") == LockKind.all.map { Substring($0.name) })
        }

        @Test func `list gives the names alone in every format`() throws {
            let json = try document("list", "--names", "--format", "json")
            try expectValid(json, "list-names")
            let names = try JSONNode(json)["rows"]?.elements.compactMap { $0["name"]?.text }
            #expect(names == LockKind.all.map(\.name))
            #expect(try Table(document("list", "--names", "--format", "csv")).columns == ["schema", "name"])
            #expect(try document("list", "--names", "--format", "markdown").contains("- `robust-futex`\n"))
            #expect(try document("list", "--names", "--format", "junit").contains("name=\"robust-futex\""))
            #expect(try document("list", "--names", "--format", "github").contains(" locks and controls"))
            let folder = try Folder()
            for (arguments, code) in [(["--names"], 0), (["--names"], 0), ([], 64)] as [([String], Int32)] {
                let outcome = try Invocation(["list", "--output", "x.csv"] + arguments, in: folder).finish()
                #expect(outcome.exit == .code(code), "\(outcome.stderr)")
            }
        }

        @Test(arguments: [[], ["run"], ["crash"], ["list"], ["segments"]])
        func `help goes to stdout, everywhere`(command: [String]) throws {
            for option in ["--help", "-h"] {
                let outcome = try Invocation(command + [option]).finish()
                #expect(outcome.exit == .code(0))
                #expect(outcome.stdout.contains("USAGE: shmbench"))
                #expect(outcome.stderr == "")
            }
        }

        @Test func `the help of run shows every option`() throws {
            let help = try document("run", "--help")
            let options = [
                "locks", "workers", "duration", "rounds", "warmup", "critical-section", "think", "counters", "pin",
                "seed", "format", "output", "worker", "stuck-after", "read-percent",
            ]
            for option in options { #expect(help.contains("--\(option) "), "\(option)") }
        }

        @Test func `the help of crash shows every option and path`() throws {
            let help = try document("crash", "--help")
            for option in ["locks", "workers", "paths", "every", "format", "worker"] {
                #expect(help.contains("--\(option) "), "\(option)")
            }
            for path in CrashPath.allCases { #expect(help.contains("`\(path)`"), "\(path)") }
        }

        @Test(arguments: [[], ["run"], ["crash"], ["list"], ["segments"]])
        func `the version is one line, everywhere`(command: [String]) throws {
            let outcome = try Invocation(command + ["--version"]).finish()
            #expect(outcome.exit == .code(0))
            #expect(outcome.stdout == "shmbench \(ToolVersion.current)\n")
            #expect(outcome.stderr == "")
        }

        @Test func `no command at all shows the help`() throws {
            #expect(try document().contains("SUBCOMMANDS"))
        }
    }
}
