import ShmCoordinator
import ShmCore
import ShmHarness
import Testing

extension CommandLineSuite {
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
                #expect(line.contains(kind.properties.family.rawValue))
                #expect(line.contains(kind.properties.ownerDeath.rawValue))
                #expect(line.contains("*") == (kind == .default))
                #expect(lines.contains { $0.hasSuffix(kind.properties.summary) })
            }
        }

        @Test func `list gives scripts the names alone`() throws {
            #expect(try document("list", "--names").split(separator: "\n") == LockKind.all.map { Substring($0.name) })
        }

        @Test(arguments: [[], ["run"], ["crash"], ["list"]])
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
                "seed", "format", "output", "worker", "stuck-after",
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

        @Test(arguments: [[], ["run"], ["crash"], ["list"]])
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
