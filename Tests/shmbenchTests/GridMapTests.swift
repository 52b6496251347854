import Foundation
import ShmCoordinator
import ShmCore
import Testing

@testable import ShmCompare
@testable import ShmRecord
@testable import ShmRender

extension CommandLineSuite.Inputs {
    /// The maps of a grid in every format, from fixed rounds.
    @Suite struct GridMapTests {
        /// Three locks and a control over three sections, two think times and two numbers of workers. One point lacks a
        /// lock, one was not measured, and one lock gets stuck.
        private static var records: [Record] {
            [1, 2].flatMap { workers in
                [(0, 1.5), (1000, 1.0), (10_000, 0.5)].flatMap { section, factor in
                    [0, 1000].flatMap { think -> [Record] in
                        if (workers, section, think) == (2, 10_000, 1000) { return [] }
                        func rounds(_ lock: String, _ factor: Double, _ figures: [String: String] = [:]) -> [Record] {
                            GridTests.rounds(
                                lock, section: section, think: think, workers: workers,
                                rate: 1e9 / Double(section + think + 20) * factor, figures)
                        }
                        let isStuck = (workers, section) == (2, 1000)
                        return rounds("futex", factor) + rounds("robust-futex", 1)
                            + (think == 0 && section == 0 ? [] : rounds("ticket-backoff-yield", 0.001))
                            + rounds(
                                "mcs", 0.1, isStuck ? ["integrity": "stuck", "throughput_per_s": ""] : [:])
                            + rounds("none", 2, workers > 1 ? ["integrity": "failed"] : [:])
                    }
                }
            }
        }

        private static func report(_ records: [Record]) -> Report {
            let rounds = RecordedRounds(
                path: "a.csv", columns: contractedColumns, rounds: records.enumerated().map { ($0, $1) })
            return FilesReport([rounds]).report
        }

        @Test(arguments: Renderers.all.map(\.name))
        func `a grid in every format`(format: String) throws {
            let text = try rendered(Self.report(Self.records), format)
            try Golden.expect(format == "html" ? Page.shortened(text) : text, "grid.\(format)")
            if format == "json" { try expectValid(text, "report") }
        }

        @Test(arguments: [60, 200])
        func `a grid on a terminal`(width: Int) throws {
            let text = Self.report(Self.records).text(Page(width: width, isTerminal: true))
            try Golden.expect(text, "grid.table.\(width)")
        }

        @Test(arguments: [40, 60, 80, 120, 200], [true, false])
        func `no line of a map is wider than the terminal, and every figure is shown`(width: Int, isASCII: Bool) {
            let page = Page(width: width, isTerminal: true, isASCII: isASCII)
            let text = Self.report(Self.records).text(page)
            for line in text.split(separator: "\n") where line.count > width && width >= 60 {
                Issue.record("\(line.count) in '\(line)'")
            }
            #expect(!isASCII || text.allSatisfy(\.isASCII), "\(text.filter { !$0.isASCII })")
            // Each lock has its share at each of the 11 points, or a gap.
            let shares = text.split(separator: "\n").filter { $0.hasPrefix("mcs ") && !$0.contains(" with") }.flatMap {
                $0.split(separator: " ").dropFirst()
            }.filter { $0.contains(/^(\d|–|-|STUCK)/) }
            #expect(shares.count == 12, "\(shares)")
        }

        @Test func `a grid of one parameter is a row, and many locks are cut off on a terminal`() throws {
            let locks = LockKind.all.filter(\.properties.excludes).map(\.name).prefix(20)
            let records = locks.enumerated().flatMap { index, lock in
                [0, 1000].flatMap { GridTests.rounds(lock, section: $0, rate: 1e6 / Double(index + 1)) }
            }
            let text = Self.report(records).text(Page(width: 80, isTerminal: true))
            #expect(text.contains("4 more locks: in the other formats."), "\(text)")
            #expect(text.contains("Best lock\n  critical section\n"), "\(text)")
            #expect(!text.contains("2 workers, critical section"), "the tables of the points are elsewhere")
            let markdown = Self.report(records).markdown()
            #expect(locks.allSatisfy(markdown.contains) && markdown.contains("**2 workers, critical section 0ns**"))
        }

        @Test func `the page has colours by shares and by winners, and words in each cell`() throws {
            let page = try rendered(Self.report(Self.records), "html")
            #expect(page.contains("<td data-tone=\"hue0\">futex<small>"))
            #expect(
                page.contains("<td data-tone=\"neutral\">futex ≈ robust-futex†<small>")
                    || page.contains("<td data-tone=\"neutral\">robust-futex† ≈ futex<small>"))
            #expect(page.contains("<td class=\"n\" data-tone=\"step5\">100</td>"))
            #expect(page.contains("<td class=\"n\" data-mark=\"bad\">STUCK</td>"))
            #expect(page.contains("<td data-mark=\"empty\">–</td>"))
        }
    }

    /// Grids that are measured.
    @Suite struct GridRunTests {
        private let folder: Folder

        init() throws { folder = try Folder() }

        @Test func `a run of lists measures each combination, and shows the map that report shows`() throws {
            let run = try Invocation.run(
                "futex,robust-futex", workers: "1", "--critical-section", "0,1us", "--think", "0,2us", "--rounds", "2",
                "--output", "x.csv", "--hgrm", "h", "--trace", "t.json", in: folder
            ).finish(within: .seconds(60))
            #expect(run.exit == .code(0), "\(run.stderr)")
            let rows = try Table(folder.text("x.csv")).rows
            let loads = Set(rows.map { "\($0["critical_section_ns"] ?? "") \($0["think_ns"] ?? "")" })
            #expect(rows.count == 16 && loads == ["0 0", "0 2000", "1000 0", "1000 2000"])
            #expect(run.stdout.contains("Best lock\n") && run.stdout.contains("% of the best lock's throughput\n"))
            let shown = try Invocation(["report", "x.csv"], in: folder).finish()
            let map = run.stdout.components(separatedBy: "\nMaps: ")[0]
            #expect(shown.stdout.contains(map), "\(shown.stdout)")
            // Each point has a file and a track of its own.
            #expect(
                Folder.names(folder.path("h")).count { $0.hasPrefix("default-futex-1-critical_section-") } == 4,
                "\(Folder.names(folder.path("h")))")
            #expect(folder.text("t.json").contains("futex × 1, critical section 1µs, think 2µs"))
        }

        @Test func `a search and a comparison take lists, and name each load`() throws {
            let search = try Invocation.run(
                "futex", workers: "1", "--find-capacity", "--critical-section", "0,1us", "--rounds", "1", "--duration",
                "40ms", "--output", "x.csv", in: folder
            ).finish(within: .seconds(60))
            #expect(search.exit == .code(0), "\(search.stderr)")
            let lines = search.stdout.split(separator: "\n").filter { $0.hasPrefix("futex") || $0.hasPrefix("lock") }
            #expect(lines.count == 3 && lines[0].contains("critical section") && lines[2].contains("1µs"), "\(lines)")
            let comparison = try Invocation(
                [
                    "compare", "futex", "mcs", "--workers", "1", "--think", "0,1us", "--metrics", "throughput",
                    "--duration",
                    "2ms", "--max-time", "3s", "--format", "csv",
                ], in: folder
            ).finish(within: .seconds(60))
            let thinks = try Table(comparison.stdout).rows.map { $0["think_ns"] }
            #expect(Set(thinks) == ["0", "1000"], "\(comparison.stdout)\(comparison.stderr)")
        }
    }
}
