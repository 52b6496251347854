import Foundation
import FoundationXML
import ShmCoordinator
import ShmCore
import Testing

@testable import ShmCompare
@testable import ShmRecord
@testable import ShmRender
@testable import shmbench

extension CommandLineSuite {
    /// `report` on valid and invalid results files.
    @Suite struct ReportTests {
        private let folder: Folder
        private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent().path
        private static let formats = Renderers.all.map(\.name)

        init() throws { folder = try Folder() }

        private func report(_ arguments: String...) throws -> Invocation.Outcome {
            try Invocation(["report"] + arguments, in: folder).finish()
        }

        /// Writes rounds as a results file of this version, or with other columns.
        private func write(_ name: String, _ records: [Record], columns: [String] = contractedColumns) throws {
            let lines = [columns] + records.map { record in columns.map(record.text) }
            try write(name, lines.map { $0.joined(separator: ",") + "\n" }.joined())
        }

        private func write(_ name: String, _ text: String) throws {
            try text.write(toFile: folder.path(name), atomically: true, encoding: .utf8)
        }

        /// Three rounds of two locks with one and two workers.
        private static let sound: [Record] = (1...3).flatMap { round in
            [1, 2].flatMap { workers in
                [("robust-futex", 4e7), ("futex", 5e7)].map { lock, rate in
                    rounds(lock, workers: workers, round: round, rate: rate / Double(workers))
                }
            }
        }

        private static func rounds(
            _ lock: String, workers: Int, round: Int, rate: Double, _ figures: [String: String] = [:]
        ) -> Record {
            let more = [
                "throughput_per_s": "\(rate + Double(round))", "tool_version": "0.1.0", "kernel": "6.1", "seed": "7",
                "started_at": "2026-01-02T03:04:0\(round)Z", "latency_samples": "20000", "acquire_p999_ns": "3000",
                "acquire_max_ns": "90000", "fairness_window_jain": "0.9800", "clock": "counter",
                "clock_read_ns": "18.70", "log_ns": "1.10", "steady": "yes", "overlap": "1.0000",
            ]
            return record(lock, workers: workers, round: round, more.merging(figures) { _, new in new })
        }

        // MARK: Documents

        @Test(arguments: formats)
        func `report prints every format`(format: String) throws {
            let broken = (1...3).map { round in
                Self.rounds(
                    "tas", workers: 2, round: round, rate: 1e6,
                    round == 2 ? ["integrity": "failed", "lost_updates": "12", "overlaps": "34"] : [:])
            }
            try write("a.csv", Self.sound + broken)
            let other = ["hostname": "there", "cpu_model": "Other", "run_id": "s"]
            try write("b.csv", [Self.rounds("futex", workers: 2, round: 1, rate: 3e7, other)])
            let outcome = try report("a.csv", "b.csv", "--format", format)
            #expect(outcome.exit == .code(3), "\(outcome.stderr)")
            #expect(outcome.stderr.contains("warning: the rounds are of 2 machines"))
            if format == "html" {
                // HTMLTests has the rest, which depends on the machine's library.
                return #expect(
                    outcome.stdout.contains("A lock broke its promise on 1 of 2 machines")
                        && outcome.stdout.contains("2 machines"))
            }
            try Golden.expect(outcome.stdout, "report.\(format)")
            if format == "json" { try expectValid(outcome.stdout, "report") }
            if format == "junit" { #expect(XMLParser(data: Data(outcome.stdout.utf8)).parse()) }
        }

        @Test func `the overview of the committed example does not change`() throws {
            let outcome = try report("\(Self.root)/results/example.csv")
            #expect(outcome.exit == .code(0), "\(outcome.stderr)")
            let overview = outcome.stdout.split(separator: "\n\n", maxSplits: 1).first ?? ""
            try Golden.expect(overview + "\n", "report.overview.table")
        }

        @Test(arguments: SortKey.allCases)
        func `tables and overview have the requested order`(sort: SortKey) throws {
            try write("a.csv", Self.sound)
            let outcome = try report("a.csv", "--sort", sort.rawValue)
            let locks = outcome.stdout.split(separator: "\n").map { $0.prefix { $0 != " " && $0 != "†" } }
                .filter { ["futex", "robust-futex"].contains($0) }
            let first = [.throughput, .name].contains(sort) ? "futex" : "robust-futex"
            #expect(locks.count == 6 && [0, 2, 4].allSatisfy { locks[$0] == first }, "\(locks)")
        }

        @Test func `report prints the same as run`() throws {
            let run = try Invocation.run(
                "none,robust-futex,futex", workers: "1,2", "--output", "x.csv", "--rounds", "3", "--duration", "50ms",
                in: folder
            ).finish(within: .seconds(60))
            #expect(run.exit == .code(0), "\(run.stderr)")
            for (format, name) in [("table", "1 worker"), ("markdown", "**1 worker")] {
                let shown = try report("x.csv", "--format", format)
                #expect(shown.exit == .code(0), "\(shown.stderr)")
                let records = try ResultsReader.read(folder.path("x.csv"))
                let part = try #require(MachineRounds.groups(records).first)
                let tables = SummaryTable(summaries: part.summaries, markdown: format == "markdown").text
                #expect(tables.hasPrefix(name) && shown.stdout.contains(tables))
                if format == "table" {
                    // Up to the lines with the clock's frequency and the file.
                    let own = run.stdout.components(separatedBy: "\nClock: ")[0]
                    #expect(own.hasPrefix(name) && own.contains("Every lock kept its promise"))
                    let head = own.components(separatedBy: "\n\nMedians over").first ?? ""
                    #expect(shown.stdout.contains(head), "\(head)\n---\n\(shown.stdout)")
                }
            }
            func warnings(_ outcome: Invocation.Outcome) -> [Substring] {
                outcome.stderr.split(separator: "\n").filter {
                    $0.hasPrefix("warning: ") && !$0.contains("governor") && !$0.contains("stood still")
                        && !$0.contains("discarded") && !$0.contains("clock went")
                        && !$0.contains("may mislead on this machine")
                }
            }
            #expect(warnings(run) == warnings(try report("x.csv")))
            #expect(try report("x.csv", "--strict").exit == .code(0))
        }

        @Test func `the committed files are complete`() throws {
            // Older files lack the latest columns.
            for (name, missing) in [
                ("example.csv", ["critical_section_shares"]), ("baseline.csv", []),
            ] {
                let file = try #require(try ResultsReader.read(["\(Self.root)/results/\(name)"]).first)
                let findings = StrictCheck.findings(file)
                #expect(findings.count == missing.count)
                for (finding, column) in zip(findings, missing) {
                    #expect(finding.contains("is missing: expected `\(column)`"))
                }
                #expect(ResultColumn.all.map(\.name).starts(with: file.columns))
            }
        }

        // MARK: Several files

        @Test func `- reads standard input`() throws {
            try write("a.csv", Self.sound)
            let program = "\(Invocation.programs)/shmbench"
            func piped(_ command: String) throws -> Invocation.Outcome {
                try Invocation(program: "/bin/sh", ["-c", command, "sh", program], in: folder).finish()
            }
            let outcome = try piped("cat a.csv | \"$1\" report -")
            #expect(outcome.exit == .code(0), "\(outcome.stderr)")
            #expect(outcome.stdout.contains("rows of <stdin>"))
            let empty = try piped("\"$1\" report - </dev/null")
            #expect(empty.exit == .code(64) && empty.stderr.contains("<stdin> is empty"), "\(empty.stderr)")
        }

        @Test func `a median over several runs warns of their differences`() throws {
            try write("a.csv", Self.sound)
            let later = ["run_id": "s", "kernel": "6.2", "duration_s": "0.300000"]
            try write(
                "b.csv",
                (1...3).map { Self.rounds("futex", workers: 2, round: $0, rate: 1e7, later) })
            let outcome = try report("a.csv", "b.csv", "--format", "csv")
            #expect(outcome.exit == .code(0), "\(outcome.stderr)")
            let row = try Table(outcome.stdout).rows.first { $0["lock"] == "futex" && $0["workers"] == "2" }
            #expect(row?["rounds"] == "6" && row?["throughput_per_s"] == "17500002.0")
            #expect(outcome.stderr.contains("the median of futex with 2 workers mixes rounds of several kernels"))
            #expect(outcome.stderr.contains("mixes windows of 20.0 ms and 300 ms"))
        }

        @Test func `different loads have separate tables`() throws {
            try write("a.csv", Self.sound)
            let loaded = ["run_id": "s", "critical_section_ns": "1000"]
            try write("b.csv", (1...3).map { Self.rounds("futex", workers: 2, round: $0, rate: 1e6, loaded) })
            let outcome = try report("a.csv", "b.csv")
            #expect(outcome.exit == .code(0), "\(outcome.stderr)")
            #expect(outcome.stdout.contains("\n2 workers, critical section 0ns\n"))
            #expect(
                outcome.stdout.contains("\n2 workers, critical section \(TimeSpan(nanoseconds: 1000))\n"),
                "\(outcome.stdout)")
            #expect(outcome.stdout.contains("\n1 worker, uncontended\n"))
        }

        @Test func `a round counts once`() throws {
            try write("a.csv", Self.sound)
            try FileManager.default.createSymbolicLink(
                atPath: folder.path("link.csv"), withDestinationPath: folder.path("a.csv"))
            try FileManager.default.copyItem(atPath: folder.path("a.csv"), toPath: folder.path("copy.csv"))
            for (other, words) in [
                ("a.csv", "are one file"), ("link.csv", "are one file"),
                ("copy.csv", "copy.csv:2: round 1 of robust-futex with 1 worker is already in a.csv:2"),
            ] {
                let outcome = try report("a.csv", other)
                #expect(outcome.exit == .code(64) && outcome.stdout.isEmpty)
                #expect(outcome.stderr.contains(words), "\(outcome.stderr)")
            }
        }

        // MARK: Old, new and other files

        @Test func `a file of an older or a later version is accepted`() throws {
            let required = ResultColumn.all.names(.required)
            try write("old.csv", Self.sound, columns: required)
            let old = try report("old.csv")
            #expect(old.exit == .code(0), "\(old.stderr)")
            #expect(old.stdout.contains("robust-futex†"))
            #expect(old.stdout.contains("futex        50.0 M 0% 1.25   -   -     -    - no     ok"), "\(old.stdout)")
            let columns = contractedColumns + ["mood"]
            try write(
                "new.csv", Self.sound.map { Record(fields: $0.fields.merging(["mood": "fine"]) { $1 }) },
                columns: columns)
            let new = try report("new.csv")
            #expect(new.exit == .code(0))
            #expect(
                new.stderr.contains("new.csv has unknown columns, which are left out: \"mood\"")
            )
            let strict = try report("new.csv", "--strict")
            #expect(
                strict.exit == .code(1)
                    && strict.stderr.contains("new.csv:1: column \(columns.count) is \"mood\": expected none"))
        }

        @Test func `lines may end in CR LF`() throws {
            try write("a.csv", Self.sound)
            let plain = try report("a.csv")
            try write("a.csv", folder.text("a.csv").replacing("\n", with: "\r\n"))
            #expect(try report("a.csv").stdout == plain.stdout)
        }

        @Test func `a lock that this version does not know promises to exclude`() throws {
            let records = Self.sound + (1...3).map { Self.rounds("of-later", workers: 2, round: $0, rate: 9e7) }
            try write("a.csv", records)
            let outcome = try report("a.csv")
            #expect(outcome.exit == .code(0))
            #expect(outcome.stdout.contains("of-later "), "\(outcome.stdout)")
            let line = outcome.stdout.split(separator: "\n").last { $0.hasPrefix("of-later ") }
            #expect(line?.hasSuffix("?      ok") == true, "\(line ?? "")")
            try write(
                "b.csv",
                records.map { record in
                    record.lock == "of-later"
                        ? Record(fields: record.fields.merging(["integrity": "failed"]) { $1 }) : record
                })
            #expect(try report("b.csv").exit == .code(3))
        }

        @Test func `extreme numbers and control characters are harmless`() throws {
            let huge = "1000000000000000"
            let figures = [
                "throughput_per_s": huge, "acquire_p99_ns": huge, "overlaps": huge, "lost_updates": huge,
                "integrity": "failed", "clock_read_ns": "0." + String(repeating: "9", count: 300),
                "rate_per_s": "0." + String(repeating: "9", count: 300), "kill_failures": huge,
                "hostname": "\u{1b}[2J", "fairness_jain": "0.0000001", "duration_s": huge,
            ]
            try write("a.csv", (1...3).map { Self.rounds("futex", workers: 2, round: $0, rate: 1, figures) })
            for format in Self.formats {
                let outcome = try report("a.csv", "--format", format)
                #expect(outcome.exit == .code(3), "\(format): \(outcome.stderr)")
                if !["csv", "json"].contains(format) { #expect(!outcome.stdout.contains("\u{1b}")) }
            }
        }

        // MARK: Invalid files

        struct Bad: CustomTestStringConvertible {
            let name: String
            let text: String
            let words: String
            var testDescription: String { name }
        }

        private static let header = contractedColumns.joined(separator: ",") + "\n"
        private static let line = contractedColumns.map(sound[0].text).joined(separator: ",") + "\n"

        private static let bad = [
            Bad(name: "empty", text: "", words: "is empty"),
            Bad(name: "a header alone", text: header, words: "nothing was measured"),
            Bad(name: "truncated", text: header + line + line.prefix(40), words: "truncated"),
            Bad(name: "another CSV", text: "a,b\n1,2\n", words: "no column `schema`"),
            Bad(name: "a line twice", text: header + line + line, words: "is already in line 2"),
            Bad(name: "no text", text: "\u{0}\u{1}", words: "the last line does not end in a newline"),
            Bad(
                name: "a missing column", text: (header + line).replacing(",integrity,", with: ",sanity,"),
                words: "no column `integrity`"),
        ]

        @Test(arguments: bad) func `an invalid file is an error in every format`(bad: Bad) throws {
            try write("a.csv", bad.text)
            for format in Self.formats {
                let outcome = try report("a.csv", "--format", format)
                #expect(outcome.exit == .code(64))
                #expect(outcome.complaints.count == 1 && outcome.stderr.contains(bad.words), "\(outcome.stderr)")
                switch format {
                case "table": #expect(outcome.stdout.isEmpty)
                case "junit": #expect(outcome.stdout.contains("<error message=\"nothing was reported: a.csv"))
                case "markdown": #expect(outcome.stdout.contains("nothing was reported"))
                case "html": #expect(outcome.stdout.contains(" Nothing was reported: a.csv"))
                case "github": #expect(outcome.stdout.hasPrefix("::error "))
                case "json": try expectValid(outcome.stdout, "report")
                default: #expect(!outcome.stdout.contains("futex"))
                }
            }
        }

        @Test func `a missing file, or one of another kind, is rejected`() throws {
            try write("a.json", "{}")
            for (name, words) in [
                ("nosuch.csv", "No such file"), (".", "directory"),
                ("a.json", "invalid value 'a.json' for <file>: expected a CSV file"),
            ] {
                let outcome = try report(name)
                #expect(outcome.exit == .code(64) && outcome.stderr.contains(words), "\(outcome.stderr)")
                #expect(outcome.complaints.count == 1)
            }
            try write("findings.csv", FindingColumn.all.map(\.name).joined(separator: ",") + "\n")
            let findings = try report("findings.csv")
            #expect(
                findings.exit == .code(64) && findings.complaints.count == 1
                    && findings.stderr.contains(
                        "findings.csv has the findings of a comparison, not measurements: expected"),
                "\(findings.stderr)")
            let nothing = try report()
            #expect(nothing.exit == .code(64) && nothing.stderr.contains("report --help"), "\(nothing.stderr)")
        }

        @Test func `an incomplete run is not a success`() throws {
            try write("a.csv", Array(Self.sound.dropLast()))
            let outcome = try report("a.csv")
            #expect(outcome.exit == .code(1))
            #expect(outcome.stderr.contains("a.csv lacks rounds"), "\(outcome.stderr)")
            #expect(outcome.stdout.contains("Not all rounds were measured."))
            #expect(try report("a.csv", "--format", "junit").stdout.contains("errors=\"1\""))
        }

        @Test func `a broken lock determines the exit code`() throws {
            let stuck = Record(
                fields: Self.sound[0].fields.merging(["integrity": "stuck", "throughput_per_s": "", "user_s": ""]) {
                    $1
                })
            try write("a.csv", [stuck] + Self.sound.dropFirst())
            let outcome = try report("a.csv")
            #expect(outcome.exit == .code(3))
            #expect(outcome.stdout.contains("robust-futex ! with") == false)
            #expect(outcome.stdout.contains("robust-futex with 1 worker made no progress: do not use it."))
            #expect(outcome.stdout.contains("!: broke its promise."))
            let kills = Self.sound.map { record in
                Record(fields: record.fields.merging(["kills": "5", "kill_failures": "1"]) { $1 })
            }
            try write("b.csv", kills)
            let killed = try report("b.csv")
            #expect(killed.exit == .code(3))
            #expect(killed.stdout.contains("did not survive the kill of an owner (after 3 of"), "\(killed.stdout)")
        }

        // MARK: Strict

        struct Finding: CustomTestStringConvertible {
            let name: String
            let figures: [String: String]
            let words: String
            var testDescription: String { name }
        }

        @Test(arguments: [
            Finding(
                name: "nothing acquired", figures: ["acquisitions": "0"],
                words: "acquisitions is 0: expected more than 0"),
            Finding(
                name: "no throughput", figures: ["throughput_per_s": "0.0"],
                words: "throughput_per_s is 0.0: expected more than 0"),
            Finding(
                name: "no latency", figures: ["acquire_p99_ns": ""],
                words: "acquire_p99_ns is empty: expected more than 0"),
            Finding(
                name: "heap", figures: ["heap_bytes_per_op": "1.500"],
                words: "heap_bytes_per_op is 1.500: expected 0"),
        ])
        func `--strict names the line of an invalid value`(finding: Finding) throws {
            let changed = Record(fields: Self.sound[1].fields.merging(finding.figures) { $1 })
            try write("a.csv", [Self.sound[0], changed] + Self.sound.dropFirst(2))
            let outcome = try report("a.csv", "--strict")
            #expect(outcome.exit == .code(1))
            #expect(outcome.complaints == ["shmbench: a.csv:3: futex with 1 worker: \(finding.words)"])
            #expect(try report("a.csv").exit == .code(0))
        }

        @Test func `--strict checks the columns and the control`() throws {
            try write("a.csv", Self.sound)
            #expect(try report("a.csv", "--strict").exit == .code(0))
            try write("short.csv", Self.sound, columns: contractedColumns.dropLast())
            let short = try report("short.csv", "--strict")
            #expect(short.exit == .code(1))
            #expect(
                short.stderr.contains(
                    "short.csv:1: column \(contractedColumns.count) is missing: expected `\(contractedColumns[contractedColumns.count - 1])`"
                ),
                "\(short.stderr)")
            let swapped = ["run_id", "schema"] + contractedColumns.dropFirst(2)
            try write("swapped.csv", Self.sound, columns: swapped)
            let other = try report("swapped.csv", "--strict")
            #expect(other.exit == .code(1) && other.stderr.contains("column 1 is \"run_id\": expected `schema`"))
            let missed = Self.sound + (1...3).map { Self.rounds("none", workers: 2, round: $0, rate: 1e8) }
            try write("missed.csv", missed)
            let control = try report("missed.csv", "--strict")
            #expect(control.exit == .code(1) && control.stderr.contains("`none` is never failed"), "\(control.stderr)")
        }
    }
}
