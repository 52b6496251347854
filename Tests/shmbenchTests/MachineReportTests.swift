import Foundation
import FoundationXML
import ShmCore
import Testing

@testable import ShmCompare
@testable import ShmCoordinator
@testable import ShmRecord
@testable import ShmRender
@testable import shmbench

extension CommandLineSuite {
    /// `report` on rounds of several machines.
    @Suite struct MachineReportTests {
        private static let formats = Renderers.all.map(\.name)
        private let folder: Folder

        init() throws { folder = try Folder() }

        private func report(
            _ records: [Record] = FleetRounds.golden, axis: MachineAxis? = .kernel, reference: String = "futex",
            tasks: [MachineTask] = []
        ) -> FilesReport {
            FilesReport(
                [FleetRounds.file(records)], .init(reference: reference, axis: axis), tasks: tasks)
        }

        /// Three machines with one kernel.
        private static var three: [Record] { FleetRounds.golden.filter { $0.text("kernel") == "6.1" } }

        private static func many(_ count: Int) -> [Record] {
            (1...count).flatMap { number -> [Record] in
                let rates: [(String, Double)] = [
                    ("futex", 100), ("robust-futex", Double(120 + number)), ("mcs", Double(500 - number) / 10),
                ]
                return rates.flatMap { FleetRounds.rounds("n\(number)", $0, rate: $1, count: 5) }
            }
        }

        @Test(arguments: formats)
        func `three machines with two kernels in every format`(format: String) throws {
            let tasks = ["n1", "n2", "n3"].map { MachineTask($0, .complete) } + [MachineTask("n4", .lost(""))]
            let text = try rendered(report(tasks: tasks).report, format)
            try Golden.expect(format == "html" ? Page.shortened(text) : text, "machines.\(format)")
            if format == "json" { try expectValid(text, "report") }
            if format == "junit" { #expect(XMLParser(data: Data(text.utf8)).parse()) }
        }

        @Test func `three machines on a terminal of 80 columns have intervals`() throws {
            let text = report(Self.three, axis: nil).report.text(Page(width: 80, isTerminal: true))
            for line in text.split(separator: "\n") where line.count > 80 { Issue.record("\(line)") }
            #expect(text.contains(/robust-futex† +\d\.\d\d \(\d\.\d\d–\d\.\d\d\)/), "\(text)")
        }

        @Test(arguments: [40, 60, 80, 120], [3, 12, 13, 200])
        func `no line is wider than the terminal, and many machines are not a column each`(width: Int, count: Int)
            throws
        {
            let records = Self.many(count)
            let text = report(records, axis: nil).report.text(Page(width: width, isTerminal: true))
            for line in text.split(separator: "\n") where line.count > width {
                Issue.record("\(line.count) in '\(line)'")
            }
            if count > MachineSlice.mostMachines {
                #expect(text.contains(/lowest +highest/) || width < 60, "\(text)")
                #expect(text.replacing(/\n */, with: " ").contains("machines are in the formats html and json."))
                #expect(text.split(separator: "\n").count < 60)
            }
            if count > 4 { #expect(text.replacing(/\n */, with: " ").contains("machines are left out")) }
        }

        @Test func `a page of many machines has a row for each, and no pictures`() throws {
            let page = try rendered(report(Self.many(200), axis: nil).report, "html")
            #expect(page.contains("<th scope=\"row\">n200</th>") && !page.contains("<figure"))
            #expect(page.utf8.count < 1_500_000)
        }

        /// Machines of which some have a slow atomic addition.
        private static func ofKinds(_ count: Int, slow: Int) -> [Record] {
            (1...count).flatMap { number -> [Record] in
                let kind = ["atomic_ns": number <= slow ? "20.5" : "5.1", "cores": "2", "hypervisor": "kvm"]
                let rates: [(String, Double)] = [("futex", 100), ("robust-futex", number <= slow ? 40 : 160)]
                return rates.flatMap { FleetRounds.rounds("n\(number)", $0, rate: $1, count: 5, kind) }
            }
        }

        @Test(arguments: ["table", "markdown", "html"])
        func `machines are grouped by kind, and many have a median of each`(format: String) throws {
            // The many come first.
            let few = try rendered(report(Self.ofKinds(5, slow: 2), axis: nil).report, format)
            let plain = few.replacing(/<[^>]*>/, with: " ").replacing(/\n */, with: " ")
            #expect(plain.contains("5 machines are of 2 kinds"), "\(few)")
            #expect(plain.contains("n3, n4 and n5") && plain.contains("20.5"), "\(few)")
            #expect(plain.contains(/lock[ |]+n3[ |]+n4[ |]+n5[ |]+n1[ |]+n2/) || format == "html", "\(few)")
            let many = try rendered(report(Self.ofKinds(20, slow: 5), axis: nil).report, format)
                .replacing(/<[^>]*>/, with: " ")
            #expect(many.contains("kind 1 (15)") && many.contains("kind 2 (5)"), "\(many)")
            #expect(many.contains(/robust-futex†?[ |]+1\.60[ |]+0\.40/), "\(many)")
        }

        @Test func `a machine with two kernels is one of its kind`() {
            let records = Self.ofKinds(3, slow: 1)
            let newer = Self.ofKinds(3, slow: 1).map { record in
                Record(fields: record.fields.merging(["kernel": "6.18", "run_id": record.text("run_id") + "b"]) { $1 })
            }
            let text = report(records + newer).report.text(.unbroken)
            #expect(text.contains("3 machines are of 2 kinds") && text.contains("n2 and n3"), "\(text)")
        }

        @Test(arguments: [60, 80]) func `no kind is left out on a narrow terminal`(width: Int) {
            let records = (1...20).flatMap { number -> [Record] in
                let kind = ["cores": "\(number % 8 + 1)"]
                return [("futex", 100.0), ("robust-futex", 120)].flatMap {
                    FleetRounds.rounds("n\(number)", $0, rate: $1, count: 5, kind)
                }
            }
            let text = report(records, axis: nil).report.text(Page(width: width, isTerminal: true))
            for kind in 1...8 { #expect(text.contains("kind \(kind) ("), "\(text)") }
            for line in text.split(separator: "\n") where line.count > width { Issue.record("\(line)") }
        }

        @Test func `each machine's kind is in the document for programs`() throws {
            let text = try rendered(report(Self.ofKinds(3, slow: 1), axis: nil).report, "json")
            #expect(
                text.contains(#"{"machine":"n2","kind":1,"title":"EPYC, 2 cores, kvm, kind 1 of 2","atomic_ns":5.1"#),
                "\(text)")
            #expect(text.contains(#"{"machine":"n1","kind":2,"#))
            try expectValid(text, "report")
        }

        @Test func `one machine has no comparison`() throws {
            let one = report(Self.three.filter { $0.text("hostname") == "n1" }, axis: nil)
            #expect(!one.report.text(Page()).contains("relative to that of futex"))
            #expect(try !rendered(one.report, "json").contains("\"machines\""))
        }

        @Test func `missing tasks are named, and the report is incomplete`() throws {
            let found = report(tasks: [
                MachineTask("n1", .complete), MachineTask("n5", .missing("")),
                MachineTask("n6", .failed(exit: 9, words: "")),
                MachineTask("n7", .partial(rows: 3, expected: 9)), MachineTask("n8", .running),
            ]).report
            #expect(
                found.text(.unbroken).contains(
                    "Missing: 4 of 5 machines: n5 has left nothing; n6 failed with exit code 9; n7 has 3 rows of 9; n8 is still running."
                ))
            #expect(try rendered(found, "json").contains("\"complete\":false"))
        }

        @Test func `texts of files are no markup, and no control characters`() throws {
            let evil = ["hostname": "<script>\u{1b}[1m`x`", "cpu_model": "<b>&\"", "kernel": "6.18\n\u{7}"]
            let records =
                Self.three + FleetRounds.rounds("x", "<i>lock", rate: 5, evil)
                + FleetRounds.rounds("x", "futex", rate: 5, evil)
            for axis in [nil, MachineAxis.kernel] {
                let report = report(records, axis: axis).report
                let page = try rendered(report, "html")
                #expect(!page.contains("<i>lock") && !page.contains("<b>&") && !page.contains("\u{1b}"))
                #expect(!report.text(Page()).contains("\u{1b}") && !report.text(Page()).contains("\u{7}"))
            }
        }

        @Test func `extreme rates are harmless`() throws {
            let records = ["n1", "n2"].flatMap { host -> [Record] in
                let rates: [(String, Double)] = [("futex", 1e15), ("mcs", 1e-9), ("robust-futex", 0)]
                return rates.flatMap {
                    FleetRounds.rounds(host, $0, rate: $1, ["acquire_p99_ns": "5", "acquire_p999_ns": "5"])
                }
            }
            for format in Self.formats { _ = try rendered(report(records, axis: .libc).report, format) }
        }

        // MARK: The command

        private func write(_ name: String, _ records: [Record]) throws {
            let columns = contractedColumns
            let lines = [columns] + records.map { record in columns.map(record.text) }
            try lines.map { $0.joined(separator: ",") + "\n" }.joined().write(
                toFile: folder.path(name), atomically: true, encoding: .utf8)
        }

        private func run(_ arguments: String...) throws -> Invocation.Outcome {
            try Invocation(["report"] + arguments, in: folder).finish()
        }

        @Test func `--by compares, and --reference chooses the lock of the ratios`() throws {
            for host in ["n1", "n2", "n3"] {
                try write("\(host).csv", FleetRounds.golden.filter { $0.text("hostname") == host })
            }
            let shown = try run("n1.csv", "n2.csv", "n3.csv", "--by", "kernel")
            #expect(shown.exit == .code(0), "\(shown.stderr)")
            #expect(shown.stdout.contains("Kernel 6.1 → 6.18: throughput, 2 workers"))
            let other = try run("n1.csv", "n3.csv", "--reference", "mcs")
            #expect(other.stdout.contains("Throughput relative to that of mcs on the same machine"), "\(other.stdout)")
            let unknown = try run("n1.csv", "n3.csv", "--reference", "mcz")
            #expect(
                unknown.exit == .code(64)
                    && unknown.stderr.contains(
                        "invalid value 'mcz' for --reference: expected a lock of the files; did you mean `mcs`?"),
                "\(unknown.stderr)")
        }

        @Test func `an axis that shows nothing is a failure`() throws {
            try write("a.csv", Self.three)
            for (axis, line) in [
                ("kernel", "--by kernel: all rows have \"6.1\": expected rows of two values"),
                ("libc", "--by libc: no row has a value in that column"),
            ] {
                let outcome = try run("a.csv", "--by", axis)
                #expect(outcome.exit == .code(1) && outcome.stderr.contains(line), "\(outcome.stderr)")
            }
            let wrong = try run("a.csv", "--by", "colour")
            #expect(wrong.exit == .code(64) && wrong.stderr.contains("kernel, libc, cpu_model or tool_version"))
        }
    }
}
