import Foundation
import FoundationXML
import ShmCoordinator
import Testing

extension CommandLineSuite.Inputs {
    /// Scripts that CI and people take for a gate are not green for having looked at nothing.
    @Suite struct ScriptGateTests {
        private let folder: Folder
        private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent().path

        init() throws { folder = try Folder() }

        /// Runs a script with a PATH of the test's choice.
        private func script(_ name: String, _ arguments: String..., path: String? = nil) throws -> Invocation.Outcome {
            try Invocation(
                program: "/usr/bin/env",
                ["PATH=\(path ?? "/usr/bin:/bin")", "/bin/bash", "\(Self.root)/scripts/\(name)"] + arguments, in: folder
            ).finish()
        }

        /// A PATH on which everything is but some tools.
        private func path(without tools: String...) throws -> String {
            let bin = folder.path("bin-without-\(tools.joined(separator: "-"))")
            try FileManager.default.createDirectory(atPath: bin, withIntermediateDirectories: true)
            for directory in ["/bin", "/usr/bin"] {
                for name in Folder.names(directory) where !tools.contains(name) {
                    try? FileManager.default.createSymbolicLink(
                        atPath: "\(bin)/\(name)", withDestinationPath: "\(directory)/\(name)")
                }
            }
            return bin
        }

        private func expectRefusal(
            _ outcome: Invocation.Outcome, saying words: String, sourceLocation: SourceLocation = #_sourceLocation
        ) {
            #expect(outcome.exit != .code(0), sourceLocation: sourceLocation)
            #expect(
                (outcome.stdout + outcome.stderr).contains(words), "\(outcome.stderr)", sourceLocation: sourceLocation)
        }

        @Test func `error-rates compares a number of times`() throws {
            for count in ["0", "-1", "many", ""] {
                expectRefusal(try script("error-rates", "same", count), saying: "invalid number of comparisons")
            }
        }

        @Test func `a missing tool is reported`() throws {
            expectRefusal(
                try script("stress-endings", path: try path(without: "pgrep")), saying: "cannot find pgrep on the PATH")
            expectRefusal(
                try script("check-model", path: try path(without: "spin")), saying: "cannot find spin on the PATH")
        }

        @Test func `a model checker that finds nothing, or dies, does not pass`() throws {
            let bin = try path(without: "spin")
            let spin = try Script("exit 0")
            try FileManager.default.copyItem(atPath: spin.path, toPath: "\(bin)/spin")
            expectRefusal(try script("check-model", path: bin), saying: "checks completed")
        }

        @Test func `ci-regression without a base says so in its reports, and keeps none of an older run`() throws {
            // A copy, since what is reported goes beside the script.
            let copy = folder.path("copy")
            try FileManager.default.createDirectory(atPath: "\(copy)/scripts", withIntermediateDirectories: true)
            try FileManager.default.createDirectory(atPath: "\(copy)/regression", withIntermediateDirectories: true)
            try FileManager.default.copyItem(
                atPath: "\(Self.root)/scripts/ci-regression", toPath: "\(copy)/scripts/ci-regression")
            try FileManager.default.copyItem(atPath: "\(Self.root)/scripts/lib", toPath: "\(copy)/scripts/lib")
            let old = "<testsuites name=\"shmbench\"></testsuites>\n"
            func regression(_ setUp: String, _ arguments: String...) throws -> Invocation.Outcome {
                try old.write(toFile: "\(copy)/regression/junit.xml", atomically: true, encoding: .utf8)
                let outcome = try Invocation(
                    program: "/bin/bash",
                    ["-c", "cd \"$1\" && \(setUp) && shift && exec \"$@\"", "sh", copy, "scripts/ci-regression"]
                        + arguments, in: folder
                ).finish()
                let report = folder.text("copy/regression/junit.xml")
                #expect(report.contains("errors=\"1\"") && XMLParser(data: Data(report.utf8)).parse(), "\(report)")
                #expect(folder.text("copy/regression/summary.md").contains("nothing was compared"))
                return outcome
            }
            expectRefusal(try regression("true"), saying: "no clone of the repository")
            let commit = "git init -q . && git -c user.name=x -c user.email=x@x commit -q --allow-empty -m x"
            expectRefusal(try regression(commit, "nosuch"), saying: "there is no commit nosuch")
            expectRefusal(try regression("true", "HEAD"), saying: "nothing to compare")
        }
    }
}
