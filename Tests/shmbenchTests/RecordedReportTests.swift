import Foundation
import Testing

@testable import ShmCompare
@testable import ShmCoordinator
@testable import ShmRecord
@testable import ShmRender
@testable import shmbench

extension CommandLineSuite {
    /// `report` on results files of `crash`, `stress` and `lifecycle`.
    @Suite struct RecordedReportTests {
        private let folder: Folder
        private static let formats = Renderers.all.map(\.name).filter { $0 != "html" }

        /// The files that both commands write from the fixed inputs of the golden documents.
        init() throws {
            folder = try Folder()
            for name in ["crash.csv", "stress.csv"] {
                let text = try #require(try Golden.all().first { $0.name == name }?.text)
                try write(
                    name, text.replacing(",VERSION,", with: ",0.1.0,").replacing(",MACHINE,", with: ",vm,6.1,A CPU,2,"))
            }
        }

        private func write(_ name: String, _ text: String) throws {
            try text.write(toFile: folder.path(name), atomically: true, encoding: .utf8)
        }

        private func report(_ arguments: String...) throws -> Invocation.Outcome {
            try Invocation(["report"] + arguments, in: folder).finish()
        }

        @Test(arguments: ["crash", "stress"], formats)
        func `the document is that of the command`(command: String, format: String) throws {
            let outcome = try report("\(command).csv", "--format", format)
            #expect(outcome.exit == .code(3), "\(outcome.stderr)")
            if format == "csv" { return #expect(outcome.stdout == folder.text("\(command).csv")) }
            try Golden.expect(outcome.stdout, "report.\(command).\(format)")
            if format == "json" { try expectValid(outcome.stdout, command) }
        }

        @Test(arguments: formats)
        func `the times of segments are those of the command`(format: String) throws {
            let command = ["lifecycle", "--locks", "futex,mcs", "--samples", "20", "--attachments", "1,2"]
            let run = try Invocation(command + ["--output", "life.csv", "--format", format], in: folder).finish()
            #expect(run.exit == .code(0), "\(run.stderr)")
            let outcome = try report("life.csv", "--format", format)
            #expect(outcome.exit == .code(0), "\(outcome.stderr)")
            #expect(outcome.stdout == run.stdout)
            if format == "json" { try expectValid(outcome.stdout, "lifecycle") }
        }

        @Test func `times of segments of two sizes, and twice the same, are refused`() throws {
            for (size, name) in [("64", "a.csv"), ("128", "b.csv")] {
                let options = ["--samples", "2", "--attachments", "1", "--size", size, "--locks", "futex"]
                _ = try Invocation(["lifecycle"] + options + ["--output", name], in: folder).finish()
            }
            let sizes = try report("a.csv", "b.csv")
            #expect(sizes.exit == .code(64) && sizes.stderr.contains("futex under "), "\(sizes.stderr)")
            let text = folder.text("b.csv").replacing(",futex,", with: ",mcs,")
            try write("b.csv", text)
            let other = try report("a.csv", "b.csv")
            #expect(
                other.exit == .code(64) && other.stderr.contains("size_bytes is 128, and 64 in a.csv:2"),
                "\(other.stderr)")
            // A file of an older version has no size.
            let old = folder.text("a.csv").split(separator: "\n").map { line in
                line.split(separator: ",", omittingEmptySubsequences: false).dropLast().joined(separator: ",") + "\n"
            }
            try write("old.csv", old.joined())
            let shown = try report("old.csv")
            #expect(shown.stdout.hasPrefix("A segment with a futex lock\n"), "\(shown.stdout)\(shown.stderr)")
        }

        @Test func `what a file does not have is not invented`() throws {
            let crash = try report("crash.csv", "--format", "html").stdout
            #expect(crash.contains("Results files have the outcome of all paths together"))
            #expect(crash.contains("<small>120 instructions</small>") && !crash.contains(">ok<"))
            #expect(crash.contains("<dt>machine</dt><dd>vm</dd>") && crash.contains("<dt>kernel</dt><dd>6.1</dd>"))
            let stress = try report("stress.csv", "--format", "html").stdout
            #expect(stress.contains("<td data-mark=\"good\">ok<small>max ") && stress.contains("HANGS!"))
        }

        @Test func `several files of one test are one document`() throws {
            let lines = folder.text("crash.csv").split(separator: "\n").map { $0 + "\n" }
            try write("a.csv", lines[...2].joined())
            try write("b.csv", ([lines[0]] + lines[3...]).joined())
            let both = try report("a.csv", "b.csv", "--format", "csv")
            #expect(both.stdout == folder.text("crash.csv"), "\(both.stderr)")
        }

        @Test func `an older file without the last columns is accepted`() throws {
            let lines = folder.text("stress.csv").split(separator: "\n")
            let cut = lines.map {
                $0.split(separator: ",", omittingEmptySubsequences: false).dropLast().joined(separator: ",")
            }
            try write("old.csv", cut.map { $0 + "\n" }.joined())
            let outcome = try report("old.csv", "--format", "csv")
            #expect(outcome.stdout == folder.text("old.csv"), "\(outcome.stderr)")
        }

        /// What is changed in a file, and the line that refuses it.
        private static let mistakes: [(file: String, change: @Sendable (String) -> String, line: String)] = [
            (
                "crash.csv", { $0.replacing("robust-futex", with: "nosuchlock") },
                "'nosuchlock' for column `lock`: expected a lock of this version"
            ),
            (
                "crash.csv", { $0.replacing("survives", with: "no hang seen") },
                "for column `verdict`: expected 'survives'"
            ),
            (
                "crash.csv", { $0.replacing(",248,", with: ",-2,") },
                "invalid value '-2' for column `kills`: expected a whole number"
            ),
            ("crash.csv", { String($0.dropLast(3)) }, "the file is truncated"),
            ("crash.csv", { $0.replacing("\n1,", with: "\n2,") }, "invalid value '2' for column `schema`: expected 1"),
            ("crash.csv", { $0 + String($0.split(separator: "\n")[1]) + "\n" }, "robust-futex is already in"),
            ("crash.csv", { String($0.split(separator: "\n")[0]) + "\n" }, "has no rows"),
            ("stress.csv", { $0.replacing("kill-holder", with: "nosuchfault") }, "for column `fault`: expected one of"),
            ("stress.csv", { $0.replacing(",yes,", with: ",maybe,") }, "for column `promised`: expected yes, no"),
            ("stress.csv", { $0.replacing(",duration_s,", with: ",other,") }, "no column `duration_s`"),
        ]

        @Test func `extreme numbers are harmless`() throws {
            for (file, column, number) in [
                ("crash.csv", ",248,", "999999999999999"), ("stress.csv", ",2.000,", "999999999999999.5"),
                ("stress.csv", ",10,", "999999999999999"),
            ] {
                try write("big.csv", folder.text(file).replacing(column, with: ",\(number),"))
                let outcome = try report("big.csv", "--format", "html")
                #expect(outcome.exit == .code(3), "\(outcome.stderr)")
                try write("huge.csv", folder.text(file).replacing(column, with: ",9223372036854775807,"))
                #expect(try report("huge.csv").exit == .code(64))
            }
        }

        @Test(arguments: 0..<10)
        func `a broken file is refused in a line`(number: Int) throws {
            let mistake = Self.mistakes[number]
            try write("bad.csv", mistake.change(folder.text(mistake.file)))
            let outcome = try report("bad.csv")
            #expect(outcome.exit == .code(64), "\(outcome.stderr)")
            let lines = outcome.stderr.split(separator: "\n")
            #expect(lines.count == 1 && outcome.stdout.isEmpty, "\(outcome.stderr)")
            #expect(lines.first?.contains(mistake.line) == true, "\(outcome.stderr)")
        }

        @Test func `a call has files of one command, and options that they have`() throws {
            for (arguments, line) in [
                (
                    ["crash.csv", "stress.csv"],
                    "crash.csv has results of a crash test, and stress.csv has results of a stress test"
                ),
                (["crash.csv", "--sort", "p99"], "--sort and crash.csv exclude each other"),
                (["stress.csv", "--strict"], "--strict and stress.csv exclude each other"),
            ] {
                let outcome = try Invocation(["report"] + arguments, in: folder).finish()
                #expect(outcome.exit == .code(64) && outcome.stderr.contains(line), "\(outcome.stderr)")
                #expect(outcome.stderr.split(separator: "\n").count == 1)
            }
        }

        @Test func `a file of a document is written again`() throws {
            for _ in 1...2 {
                let outcome = try report("crash.csv", "--output", "x.html", "--output", "x.csv")
                #expect(outcome.exit == .code(3), "\(outcome.stderr)")
            }
            #expect(folder.text("x.html").hasPrefix("<!-- shmbench: results of crash -->"))
        }

        // MARK: results/example.html

        @Test func `the committed report is that of the committed run`() throws {
            let results = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
                .deletingLastPathComponent().appendingPathComponent("results").path
            let text = try String(contentsOfFile: "\(results)/example.csv", encoding: .utf8)
            let rounds = try ResultsReader.rounds([FileContent(text, path: "results/example.csv")])
            var report = FilesReport(rounds).report
            report.command = "report results/example.csv --output results/example.html"
            let page =
                DocumentKind.report.mark(of: .html)
                + HTMLRenderer(library: ChartLibrary(absence: nil)).render(report, for: Page())
            #expect(page.utf8.count < 1_000_000)
            let path = "\(results)/example.html"
            if ProcessInfo.processInfo.environment["GOLDEN_UPDATE"] != nil {
                try page.write(toFile: path, atomically: true, encoding: .utf8)
                Issue.record("results/example.html is written anew: look at what changed")
            }
            // It is large: no difference of its texts in the message.
            let isSame = (try? String(contentsOfFile: path, encoding: .utf8)) == page
            #expect(isSame, "write it anew: SHM_CHART_JS=none scripts/shmbench \(report.command ?? "")")
        }
    }
}
