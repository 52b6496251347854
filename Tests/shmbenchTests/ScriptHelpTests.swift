import Foundation
import ShmCoordinator
import Testing

extension CommandLineSuite.Inputs {
    /// Scripts answer `--help` at once, and refuse arguments that they do not take.
    @Suite struct ScriptHelpTests {
        private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent().path

        private static let scripts = Folder.names("\(root)/scripts").filter { name in
            !name.contains(".") && !["lib", "plugins", "scenarios"].contains(name)
        }

        private func script(_ name: String, _ arguments: [String]) throws -> Invocation.Outcome {
            // Without the tools of a build: the answer comes before one begins.
            try Invocation(
                program: "/usr/bin/env",
                ["PATH=/usr/bin:/bin", "/bin/bash", "\(Self.root)/scripts/\(name)"] + arguments
            ).finish(within: .seconds(10))
        }

        @Test func `there are scripts to test`() { #expect(Self.scripts.count >= 16 && Self.scripts.contains("test")) }

        @Test(arguments: scripts)
        func `a script shows its usage`(name: String) throws {
            for arguments in [["--help"], ["-h"]] {
                let outcome = try script(name, arguments)
                #expect(outcome.exit == .code(0) && outcome.stderr == "", "\(outcome.stderr)")
                // Once it is built, the wrapper shows the program's own help.
                #expect(
                    outcome.stdout.contains(name == "shmbench" ? "shmbench" : "scripts/\(name)"), "\(outcome.stdout)")
            }
        }

        /// The options of these are those of shmbench.
        private static let passing = ["shmbench", "ci-regression"]

        @Test(arguments: scripts.filter { !passing.contains($0) })
        func `a script refuses what it does not take`(name: String) throws {
            let outcome = try script(name, ["--nosuch"])
            #expect(outcome.exit == .code(64) && outcome.stdout == "", "\(outcome.stdout)")
            #expect(
                outcome.stderr.contains("--nosuch") && outcome.stderr.split(separator: "\n").count == 1,
                "\(outcome.stderr)")
        }
    }
}
