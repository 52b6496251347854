import Foundation
import Glibc
import ShmCoordinator
import ShmCore
import Testing

@testable import ShmRecord
@testable import ShmRender
@testable import shmbench

extension CommandLineSuite.Inputs {
    /// No line is longer than the terminal, with the longest names and figures.
    @Suite struct WidthTests {
        private let folder: Folder
        private static let longest = LockKind.all.map(\.name).max { $0.count < $1.count } ?? ""
        private static let widths = [60, 80, 120, 200]
        /// Those that take no time, and enough for more than one table.
        private static let faults = Fault.allCases.map(\.name).filter { !$0.contains("coordinator") }.joined(
            separator: ",")

        init() throws {
            folder = try Folder()
            // The candidate's figures are far from the base's, and vary by orders of magnitude.
            for (name, factor) in [("base.csv", 1.0), ("candidate.csv", 430.0)] {
                let rows = (1...24).flatMap { round in
                    [Self.longest, "robust-futex", "mcs-park"].map { lock in
                        Self.round(lock, round, factor * (round % 3 == 0 ? 431 : 1))
                    }
                }
                let lines = [contractedColumns] + rows.map { row in contractedColumns.map(row.text) }
                try lines.map { $0.joined(separator: ",") + "\n" }.joined()
                    .write(toFile: folder.path(name), atomically: true, encoding: .utf8)
            }
        }

        private static func round(_ lock: String, _ round: Int, _ factor: Double) -> Record {
            record(
                lock, workers: 4096, round: round,
                [
                    "run_id": "20260102T030405Z-ffffffff", "started_at": "2026-01-02T03:04:05Z",
                    "tool_version": "0.1.0",
                    "hostname": "a-runner-with-a-long-name-of-a-cloud-provider-0123456789",
                    "cpu_model": "Some(R) Processor(R) Platinum 9999CL CPU @ 2.70GHz", "cpus": "128",
                    "seed": "18446744073709551615", "scenario": "a-scenario-with-quite-a-long-name-for-a-title",
                    "critical_section_ns": "12345", "think_ns": "1500000",
                    "throughput_per_s": "\(123_456 * factor)", "acquire_p50_ns": "\(Int(1_234_567 * factor))",
                    "acquire_p99_ns": "\(Int(9_999_999 * factor))", "acquire_p999_ns": "\(Int(99_999_999 * factor))",
                    "acquire_max_ns": "\(Int(999_999_999 * factor))", "latency_samples": "100000",
                ])
        }

        private func expectFit(_ arguments: [String], _ environment: [String] = ["TERM=xterm"]) throws {
            for width in Self.widths {
                let outcome = try PseudoTerminal.run(arguments, columns: width, environment, in: folder)
                #expect(!outcome.lines.isEmpty)
                for line in outcome.lines where line.count > width {
                    Issue.record("\(arguments.joined(separator: " ")) at \(width): \(line.count) in '\(line)'")
                }
            }
        }

        @Test(arguments: [
            ["list"], ["doctor"], ["segments"], ["report", "base.csv"], ["report", "base.csv", "candidate.csv"],
            ["report", "base.csv", "--plot"],
            ["compare", "base.csv", "candidate.csv"], ["run", "--locks", "nosuchlock"],
        ])
        func `a document fits`(arguments: [String]) throws {
            let shared = SharedMemory(
                key: "shmbench-tests-" + String(repeating: "long-key-", count: 12) + "\(getpid())")
            try shared.create(size: 1 << 20)
            defer { try? shared.destroy(mode: .forceNoWait) }
            try expectFit(arguments)
        }

        @Test func `a run, its progress and its history fit`() throws {
            let arguments = ["--workers", "2", "--duration", "40ms", "--rounds", "2", "--history", "h.db"]
            try expectFit(["run", "--locks", "\(Self.longest),pthread-mutex"] + arguments)
            try expectFit(["history", "h.db"])
            try expectFit(["history", "h.db", "--locks", Self.longest, "--metrics", "throughput,p99"])
        }

        @Test func `a search for capacities fits`() throws {
            try expectFit(
                [
                    "run", "--find-capacity", "--locks", Self.longest, "--workers", "2", "--duration", "5ms",
                    "--rounds", "1",
                ])
        }

        @Test func `a crash test, a stress test and a life cycle fit`() throws {
            try expectFit(["crash", "--locks", "pthread-robust", "--paths", "uncontended", "--every", "60"])
            try expectFit(["stress", "--locks", "pthread-robust", "--faults", Self.faults, "--episodes", "1"])
            try expectFit(["lifecycle", "--samples", "50", "--attachments", "1,50"])
        }

        @Test func `the help fits`() throws {
            for command in ["run", "compare", "stress"] { try expectFit([command, "--help"]) }
        }

        @Test func `a dumb terminal gets no escape sequence, and neither does a pipe`() throws {
            let arguments = ["run", "--locks", "futex", "--workers", "1", "--duration", "10ms", "--rounds", "1"]
            let dumb = try PseudoTerminal.run(arguments, columns: 80, ["TERM=dumb"], in: folder)
            #expect(dumb.exit == .code(0) && !dumb.bytes.contains(0x1b) && dumb.text.contains("0% done: futex"))
            let piped = try Invocation(arguments, in: folder).finish()
            #expect(!piped.stdout.contains("\u{1b}") && !piped.stderr.contains("\u{1b}"))
            // The test can fail: a terminal that can redraw a line gets them.
            #expect(try PseudoTerminal.run(arguments, columns: 80, in: folder).bytes.contains(0x1b))
        }

        @Test func `a locale without UTF-8 gets ASCII`() throws {
            let run = ["run", "--locks", "futex,mcs", "--workers", "1,2", "--duration", "10ms", "--rounds", "3"]
            for arguments in [
                ["list"], ["doctor"], run, ["report", "base.csv"], ["compare", "base.csv", "candidate.csv"],
            ] {
                let plain = try PseudoTerminal.run(arguments, columns: 80, ["TERM=xterm", "LC_ALL=C"], in: folder)
                #expect(plain.bytes.allSatisfy { $0 < 0x80 }, "\(arguments)")
                for line in plain.lines where line.count > 80 { Issue.record("\(arguments): '\(line)'") }
                let full = try PseudoTerminal.run(arguments, columns: 80, ["TERM=xterm", "LC_ALL=C.UTF-8"], in: folder)
                #expect(!full.bytes.allSatisfy { $0 < 0x80 }, "\(arguments)")
            }
        }

        @Test func `a live line ends with a whole word`() {
            #expect(LiveLine.cut("throughput 12.3 M/s", to: 18) == "throughput 12.3")
            #expect(LiveLine.cut("throughput 12.3 M/s", to: 19) == "throughput 12.3 M/s")
            #expect(
                LiveLine.cut("throughput 12.3", to: 11) == "throughput" && LiveLine.cut("throughput", to: 4) == "thro")
        }
    }
}

/// Tables on a narrow terminal.
@Suite struct NarrowTableTests {
    private let document = TableLayout<(String, String)>(
        items: [
            .init("name") { $0.0 },
            .init("first", isNumber: true) { _ in "12345678" },
            .init("what to do") { $0.1 },
        ], expendable: ["first"])
    private let rows = [("a", "one two three four five six"), ("b", "short")]

    @Test func `the least important columns go first, then long cells are folded`() {
        func lines(_ width: Int) -> [Substring] {
            document.table(rows, for: Page(width: width, isTerminal: true)).split(separator: "\n")
        }
        #expect(lines(80).count == 4 && lines(80)[0].contains("first"))
        #expect(
            lines(35) == [
                "name what to do", "---- ---------------------------", "a    one two three four five six", "b    short",
            ])
        #expect(
            lines(20).allSatisfy { $0.count <= 20 } && lines(20)[2...3] == ["a    one two three", "     four five six"])
        // A pipe gets all of it.
        #expect(document.table(rows, for: Page(width: 20)).split(separator: "\n").count == 4)
    }

    @Test func `a word that is longer than a terminal is broken`() {
        let page = Page(width: 40, isTerminal: true)
        let word = String(repeating: "x", count: 100)
        #expect(page.wrapped("see \(word)").split(separator: "\n").allSatisfy { $0.count <= 40 })
        #expect(Page(width: 40).wrapped("see \(word)").split(separator: "\n").contains { $0.count > 100 })
        #expect(page.fitted("   \(word)").split(separator: "\n").allSatisfy { $0.hasPrefix("   ") && $0.count <= 40 })
        #expect(page.hanging("head  ", word).split(separator: "\n").allSatisfy { $0.count <= 40 })
    }

    @Test func `a change above 100 % is a factor`() {
        #expect(Percent.change(1.015) == "+1.5%" && Percent.change(0.5) == "-50.0%" && Percent.change(2) == "+100.0%")
        #expect(
            Percent.change(4.302) == "×4.30" && Percent.change(430.2) == "×430" && Percent.change(.infinity) == "×∞")
        #expect(Percent.spread(0.06) == "6%" && Percent.spread(430.21) == "×430" && Percent.spread(2) == "×2.00")
    }
}
