import Foundation
import ShmCoordinator
import TestSupport
import Testing

@testable import shmbench

extension CommandLineSuite.Inputs {
    /// Files that commands write: those of other programs stay unchanged, and no two runs write one.
    @Suite struct OutputFileTests {
        private let folder: Folder

        init() throws { folder = try Folder() }

        private static let foreign = "a,b\n1,2\n"
        private static let short = ["--locks", "futex", "--workers", "1", "--duration", "5ms", "--rounds", "1"]

        private func write(_ name: String, _ text: String = Self.foreign) throws {
            try text.write(toFile: folder.path(name), atomically: false, encoding: .utf8)
        }

        private func run(_ more: String...) throws -> Invocation.Outcome {
            try Invocation(["run"] + Self.short + more, in: folder).finish()
        }

        struct Call: CustomTestStringConvertible {
            let arguments: [String]
            /// The file of another program.
            let file: String
            var testDescription: String { arguments.joined(separator: " ") }
        }

        private static let calls = [
            Call(arguments: ["run"] + short + ["--output", "x.csv"], file: "x.csv"),
            Call(arguments: ["run"] + short + ["--output", "x.json"], file: "x.json"),
            Call(arguments: ["run"] + short + ["--output", "o.csv", "--trace", "x.json"], file: "x.json"),
            Call(arguments: ["run"] + short + ["--output", "o.csv", "--hgrm", "."], file: "default-futex-1.hgrm"),
            Call(arguments: ["compare", "futex", "mcs", "--output", "o.json", "--output", "x.md"], file: "x.md"),
            Call(arguments: ["compare", "futex", "mcs", "--output", "x.xml"], file: "x.xml"),
            Call(arguments: ["compare", "futex", "mcs", "--output", "x.csv"], file: "x.csv"),
            Call(arguments: ["compare", "futex", "mcs", "--output", "x.json"], file: "x.json"),
            Call(arguments: ["check", "--baseline", "x.csv", "--update"], file: "x.csv"),
            Call(arguments: ["run"] + short + ["--output", "o.csv", "--output", "x.md"], file: "x.md"),
            Call(arguments: ["crash", "--locks", "futex", "--output", "x.csv"], file: "x.csv"),
            Call(arguments: ["stress", "--locks", "futex", "--output", "x.xml"], file: "x.xml"),
            Call(arguments: ["lifecycle", "--output", "o.md", "--output", "x.json"], file: "x.json"),
            Call(arguments: ["list", "--output", "x.json"], file: "x.json"),
            Call(arguments: ["doctor", "--output", "x.md"], file: "x.md"),
            Call(arguments: ["segments", "--output", "x.csv"], file: "x.csv"),
            Call(arguments: ["stress", "--locks", "futex", "--reports", "."], file: "futex-kill-holder.txt"),
            Call(arguments: ["stress", "--locks", "futex", "--reports", "."], file: "futex-fork.trace.json"),
        ]

        @Test func `the reason is in plain words`() throws {
            try write("x.md")
            func complaint(_ arguments: String...) throws -> String {
                try Invocation(arguments, in: folder).finish().stderr
            }
            let advice =
                "it has other content, and is left as it is; name another file with --output, or move it away\n"
            let start = "shmbench: cannot write the "
            #expect(try complaint("doctor", "--output", "x.md") == "\(start)findings on the machine to x.md: \(advice)")
            #expect(try complaint("list", "--output", "x.md") == "\(start)catalogue of locks to x.md: \(advice)")
            #expect(
                try complaint("list", "--output", "nowhere/x.md")
                    == "\(start)catalogue of locks to nowhere/x.md: its folder does not exist; name another file with --output\n"
            )
            #expect(
                try complaint("history", "nowhere.db")
                    == "shmbench: the history nowhere.db does not exist; name one that `shmbench run --history FILE` has written\n"
            )
        }

        @Test(arguments: calls)
        func `a file of another program is refused before anything is measured, and stays unchanged`(call: Call) throws
        {
            try write(call.file)
            let outcome = try Invocation(call.arguments, in: folder).finish()
            #expect(outcome.exit == .code(64) && outcome.stdout == "", "\(outcome.stdout)")
            #expect(outcome.stderr.split(separator: "\n").count == 1 && outcome.stderr.contains(call.file))
            #expect(outcome.stderr.contains("left as it is"), "\(outcome.stderr)")
            #expect(folder.text(call.file) == Self.foreign)
            #expect(folder.names == [call.file], "it leaves nothing")
        }

        @Test func `the target of a link is checked as well`() throws {
            try write("mine.txt")
            try FileManager.default.createSymbolicLink(atPath: folder.path("x.csv"), withDestinationPath: "mine.txt")
            #expect(try run("--output", "x.csv").exit == .code(64))
            #expect(
                try Invocation(["check", "--baseline", "x.csv", "--update"], in: folder).finish().exit == .code(64))
            #expect(folder.text("mine.txt") == Self.foreign)
        }

        @Test func `a file that is not a baseline is reported without advice to overwrite it`() throws {
            try write("mine.csv")
            let outcome = try Invocation(["check", "--baseline", "mine.csv"], in: folder).finish()
            #expect(outcome.exit == .code(64) && outcome.stderr.contains("mine.csv is not a baseline"))
            #expect(!outcome.stderr.contains("--update") && !outcome.stderr.contains("renew"))
            let missing = try Invocation(["check", "--baseline", "nosuch.csv"], in: folder).finish()
            #expect(missing.stderr.contains("write it with `shmbench check --baseline nosuch.csv --update`"))
        }

        @Test func `a baseline is never a device or a dangling link, and its draft replaces no other file`() throws {
            for target in ["/dev/null", "nowhere.csv"] {
                try FileManager.default.createSymbolicLink(
                    atPath: folder.path("x.csv"), withDestinationPath: target)
                let outcome = try Invocation(["check", "--baseline", "x.csv", "--update"], in: folder).finish()
                #expect(outcome.exit == .code(64) && outcome.complaints.count == 1, "\(outcome.stderr)")
                try FileManager.default.removeItem(atPath: folder.path("x.csv"))
            }
            try write("b.csv.new")
            let arguments = ["check", "--baseline", "b.csv", "--update", "--rounds", "9", "--duration", "1ms"]
            let outcome = try Invocation(
                arguments + ["--locks", "futex", "--workers", "1", "--kills", "0"], in: folder
            )
            .finish()
            #expect(outcome.exit == .code(0), "\(outcome.stderr)")
            #expect(folder.text("b.csv.new") == Self.foreign && folder.names == ["b.csv", "b.csv.new"])
        }

        @Test func `older files of the same kind are replaced`() throws {
            let files = ["--output", "x.csv", "--trace", "t.json", "--hgrm", "d"]
            for rounds in ["2", "1"] {
                let arguments = ["run", "--locks", "futex", "--workers", "1", "--duration", "5ms", "--rounds", rounds]
                #expect(try Invocation(arguments + files, in: folder).finish().exit == .code(0))
                #expect(try Table(folder.text("x.csv")).rows.count == Int(rounds))
            }
            for _ in 1...2 { #expect(try run("--output", "x.json").exit == .code(0)) }
            for _ in 1...2 {
                let outcome = try Invocation(
                    ["compare", "x.csv", "x.csv"] + ["x.md", "x.xml", "f.json", "f.csv"].flatMap { ["--output", $0] },
                    in: folder
                ).finish()
                #expect(outcome.stderr.contains("too few for any difference"), "\(outcome.stderr)")
            }
            for name in ["x.md", "x.xml", "f.json", "f.csv"] { #expect(!folder.text(name).isEmpty) }
        }

        /// Each command with documents, short. The files that it reads are results and a history.
        private static let documented = [
            ["run"] + short, ["crash", "--locks", "futex", "--paths", "uncontended", "--every", "60"],
            ["stress", "--locks", "futex", "--faults", "interrupt", "--episodes", "1"],
            ["lifecycle", "--samples", "3", "--attachments", "1"], ["compare", "in.csv", "in.csv"],
            ["report", "in.csv"], ["history", "in.db"], ["list"], ["doctor"], ["segments"],
        ]

        @Test(arguments: documented)
        func `every command writes its document in the format of each file, and replaces it`(arguments: [String]) throws
        {
            #expect(try run("--output", "in.csv", "--history", "in.db").exit == .code(0))
            let files = ["d.md", "d.csv", "d.json", "d.xml", "e.md"]
            for _ in 1...2 {
                let outcome = try Invocation(arguments + files.flatMap { ["--output", $0] }, in: folder).finish()
                // Too few rounds for a comparison; the findings say so.
                #expect(outcome.exit == .code(arguments[0] == "compare" ? 1 : 0), "\(outcome.stderr)")
                #expect(folder.names == (files + ["in.csv", "in.db"]).sorted(), "\(folder.names)")
            }
            #expect(folder.text("d.md").prefix(80).contains("shmbench: ") && folder.text("d.md") == folder.text("e.md"))
            #expect(folder.text("d.xml").contains("<testsuites name=\"shmbench\">"))
            let json = try JSONSerialization.jsonObject(with: Data(folder.text("d.json").utf8)) as? [String: Any]
            let columns = folder.text("d.csv").split(separator: "\n")[0].split(separator: ",").map(String.init)
            #expect(columns.count > 3 && json?["rows"] != nil)
            // A file of one kind is no other kind's.
            let other = arguments[0] == "list" ? "doctor" : "list"
            for name in ["d.csv", "d.json", "d.md"] where arguments[0] != "compare" || name == "d.md" {
                let text = folder.text(name)
                // JSON without rows may be of any kind.
                if name == "d.json" && !text.contains("\"rows\":[\n{") { continue }
                let refused = try Invocation([other, "--output", name], in: folder).finish()
                #expect(refused.exit == .code(64) && folder.text(name) == text, "\(name): \(refused.stderr)")
            }
        }

        @Test func `a file that is read is no file to write`() throws {
            #expect(try run("--output", "in.csv", "--history", "in.db").exit == .code(0))
            let text = folder.text("in.csv")
            for arguments in [["report", "in.csv"], ["compare", "in.csv", "in.csv"]] {
                let outcome = try Invocation(arguments + ["--output", "./in.csv"], in: folder).finish()
                #expect(outcome.exit == .code(64) && folder.text("in.csv") == text, "\(outcome.stderr)")
                #expect(outcome.stderr.contains("invalid value './in.csv' for --output: expected a file other"))
            }
        }

        @Test func `the rows of a run are kept, also beside other documents`() throws {
            #expect(try run("--output", "x.md").exit == .code(0))
            #expect(Folder.names(folder.path("results")).count == 1)
            #expect(try run("--output", "x.json").exit == .code(0))
            #expect(try run("--output", "a.csv", "--output", "b.csv").exit == .code(0))
            #expect(Folder.names(folder.path("results")).count == 1)
            #expect(folder.text("a.csv") == folder.text("b.csv") && folder.text("a.csv").count { $0 == "\n" } == 2)
        }

        @Test func `what a refused run would have replaced is as it was`() throws {
            #expect(try run("--output", "x.csv", "--trace", "t.json").exit == .code(0))
            let trace = folder.text("t.json")
            try write("x.json")
            #expect(try run("--output", "x.json", "--trace", "t.json").exit == .code(64))
            #expect(folder.text("t.json") == trace && trace.count > 100)
        }

        @Test func `two options that name one file are refused`() throws {
            for more in [["--trace", "a.json"], ["--trace", "./a.json"], ["--history", "./a.json"]] {
                let outcome = try Invocation(["run"] + Self.short + ["--output", "a.json"] + more, in: folder).finish()
                #expect(outcome.exit != .code(0) && outcome.stdout == "", "\(more)")
                #expect(outcome.complaints.count == 1, "\(outcome.stderr)")
                try? FileManager.default.removeItem(atPath: folder.path("a.json"))
            }
        }

        @Test func `of two runs with one file, the second refuses, and the first is whole`() throws {
            let first = try Invocation(
                ["run", "--locks", "futex", "--workers", "2", "--duration", "40ms", "--rounds", "10000", "--output"]
                    + ["x.csv", "--hgrm", "d", "--trace", "t.json"], in: folder)
            try #require(eventually { folder.text("x.csv").count { $0 == "\n" } > 2 })
            for files in [["--output", "x.csv"], ["--output", "y.csv", "--hgrm", "d"], ["--trace", "t.json"]] {
                let second = try Invocation(["run"] + Self.short + files, in: folder).finish()
                #expect(second.exit == .code(1) && second.stdout == "", "\(second.stdout)")
                #expect(second.stderr.contains("another run"), "\(second.stderr)")
            }
            first.send(SIGINT)
            _ = first.finish()
            let rows = try Table(folder.text("x.csv")).rows
            #expect(rows.count > 1 && Set(rows.map { $0["run_id"] }).count == 1)
        }

        @Test func `runs that begin at once have a default file each`() throws {
            let runs = try (1...5).map { _ in try Invocation(["run"] + Self.short, in: folder) }
            for run in runs { #expect(run.finish().exit == .code(0)) }
            let files = Folder.names(folder.path("results"))
            #expect(files.count == 5)
            for file in files { #expect(try Table(folder.text("results/\(file)")).rows.count == 1) }
        }

        @Test func `of two that write one baseline, one refuses`() throws {
            let arguments = ["check", "--baseline", "b.csv", "--update", "--rounds", "9", "--kills", "0"]
            let quick = arguments + ["--locks", "futex", "--workers", "1", "--duration", "1ms"]
            let both = try (1...2).map { _ in try Invocation(quick, in: folder) }
            // Neither finds a file to lock: the one that is written last is reported.
            let ends = both.map { $0.finish() }
            #expect(ends.contains { $0.exit == .code(0) })
            #expect(try Table(folder.text("b.csv")).rows.count == 18)
            let slow = try Invocation(
                arguments + ["--locks", "futex", "--workers", "1", "--duration", "300ms"], in: folder)
            try #require(eventually { !ProcessTable.children(of: slow.pid).isEmpty })
            let second = try Invocation(quick, in: folder).finish()
            #expect(second.exit == .code(1) && second.stderr.contains("another run writes it"), "\(second.stderr)")
            slow.send(SIGINT)
            _ = slow.finish()
            #expect(folder.names == ["b.csv"])
        }

        @Test func `a pipe without a reader is refused, and one with a reader gets all`() throws {
            unsafe mkfifo(folder.path("x.csv"), 0o600)
            let refused = try run("--output", "x.csv")
            #expect(refused.exit == .code(1) && refused.stderr.contains("no program reads the pipe"))
            let reader = try Invocation(program: "/bin/cat", ["x.csv"], in: folder)
            #expect(try run("--output", "x.csv").exit == .code(0))
            #expect(try Table(reader.finish().stdout).rows.count == 1)
        }

        @Test func `the standard output is no file for results where it is one`() throws {
            try FileManager.default.createSymbolicLink(
                atPath: folder.path("x.csv"), withDestinationPath: "/dev/stdout")
            let outcome = try run("--output", "x.csv")
            #expect(outcome.exit == .code(64) && outcome.stderr.contains("where the standard output goes"))
            #expect(outcome.stdout == "")
        }

        @Test func `a folder in a file's place is refused`() throws {
            for name in ["x.csv", "t.json"] {
                try FileManager.default.createDirectory(
                    atPath: folder.path(name), withIntermediateDirectories: false)
            }
            for files in [["--output", "x.csv"], ["--output", "o.csv", "--trace", "t.json"]] {
                let outcome = try Invocation(["run"] + Self.short + files, in: folder).finish()
                #expect(outcome.exit == .code(1) && outcome.stderr.contains("Is a directory"))
            }
            let baseline = try Invocation(["check", "--baseline", "x.csv", "--update"], in: folder).finish()
            #expect(baseline.exit == .code(64) && folder.names == ["t.json", "x.csv"])
        }

        private static let smallDisk =
            "mkdir small && mount -t tmpfs -o size=8k none small && { \"$@\"; code=$?; cp small/x.csv kept.csv; exit $code; }"

        private static var canMount: Bool {
            let arguments = ["-m", "/bin/sh", "-c", "mount -t tmpfs none /mnt", "sh"]
            return (try? Invocation(program: "/usr/bin/unshare", arguments).finish().exit) == .code(0)
        }

        @Test(.enabled("a mount namespace takes the superuser") { canMount })
        func `a line that does not fit is taken back`() throws {
            let arguments = ["--locks", "futex", "--workers", "1", "--duration", "2ms", "--rounds", "50"]
            let outcome = try Invocation(
                program: "/usr/bin/unshare",
                ["-m", "/bin/sh", "-c", Self.smallDisk, "sh", "\(Invocation.programs)/shmbench", "run"] + arguments
                    + ["--output", "small/x.csv"], in: folder
            ).finish()
            #expect(outcome.exit == .code(1) && outcome.stderr.contains("No space left on device"), "\(outcome.stderr)")
            #expect(try Table(folder.text("kept.csv")).rows.count > 2, "the last line is whole")
        }

        @Test func `an export takes no other file's place`() throws {
            #expect(try run("--output", "x.csv", "--history", "h.db").exit == .code(0))
            try write("mine.csv")
            let arguments = ["history", "h.db", "--export"]
            let refused = try Invocation(arguments + ["mine.csv"], in: folder).finish()
            #expect(refused.exit == .code(64) && folder.text("mine.csv") == Self.foreign)
            for _ in 1...2 { #expect(try Invocation(arguments + ["o.csv"], in: folder).finish().exit == .code(0)) }
            let results = try Invocation(arguments + ["x.csv"], in: folder).finish()
            #expect(results.exit == .code(64), "results are no export")
            // No output is written if another is refused.
            let first = try Invocation(arguments + ["new.csv", "--output", "mine.csv"], in: folder).finish()
            #expect(first.exit == .code(64) && folder.text("mine.csv") == Self.foreign, "\(first.stderr)")
            let second = try Invocation(arguments + ["mine.csv", "--output", "new.json"], in: folder).finish()
            #expect(second.exit == .code(64) && folder.text("mine.csv") == Self.foreign, "\(second.stderr)")
            #expect(!folder.names.contains("new.csv") && !folder.names.contains("new.json"), "\(folder.names)")
        }
    }
}
