import Foundation
import GRDB
import Testing

@testable import ShmHistory

@Suite(.timeLimit(.minutes(10))) struct AppendTests {
    @Test func `appended rounds are read back unchanged`() throws {
        let scratch = try Scratch()
        let history = try scratch.open()
        #expect(try history.runs() == [])
        try history.append(command: "run -x", commit: "abc", columns: Rounds.columns, rows: Rounds.of("a", 3))
        let run = try #require(try scratch.open(creating: false).runs().first)
        #expect(run.id == "a" && run.command == "run -x" && run.commit == "abc" && run["hostname"].text == "host")
        #expect(run.startedAt == "2026-01-02T03:04:01Z", "the start of its first round")
        #expect(run.rounds == 3 && run.cells == 1 && run["cpus"].integer == 2)
        let rounds = try history.rounds(["round", "throughput_per_s", "rate_per_s", "nonsense"])
        let appended: [[HistoryValue]] = (1...3).map {
            [.integer(Int64($0)), .real(1_000_000 + Double($0)), .null, .null]
        }
        #expect(rounds == appended)
        #expect(try history.rounds(["round"], where: ["round": [.integer(2)]]) == [[.integer(2)]])
        #expect(try history.columns() == Rounds.columns)
    }

    @Test func `a program that knows only SQLite can identify the file`() throws {
        let scratch = try Scratch()
        try scratch.fill()
        #expect(try scratch.fetch("PRAGMA application_id") == [0x73_68_6D_62.databaseValue])
        #expect(try scratch.fetch("PRAGMA user_version") == [1.databaseValue])
        #expect(try scratch.fetch("PRAGMA journal_mode") == ["delete".databaseValue])
        #expect(try FileManager.default.contentsOfDirectory(atPath: scratch.folder) == ["h.db"])
    }

    @Test func `a file from before a column of the cell's key is read, and appended to`() throws {
        let scratch = try Scratch()
        try scratch.fill()
        let history = try scratch.open()
        #expect(try history.runs().map(\.cells) == [1])
        let rows = Rounds.of("s", 2).enumerated().map { $1 + [.integer(Int64($0))] }
        try history.append(command: "run", columns: Rounds.columns + ["later"], rows: rows)
        #expect(try history.runs().map(\.cells) == [1, 2])
        // The same round of a cell that differs in the new column alone is another round.
        let more = Rounds.of("s", 1).map { $0 + [HistoryValue.integer(7)] }
        try history.append(command: "run", columns: Rounds.columns + ["later"], rows: more)
        #expect(throws: HistoryError.self) {
            try history.append(command: "run", columns: Rounds.columns + ["later"], rows: more)
        }
        #expect(try history.runs().map(\.cells) == [1, 3])
    }

    @Test func `a repeated round is refused, and nothing of the append is kept`() throws {
        let scratch = try Scratch()
        let history = try scratch.open()
        try history.append(command: "run", columns: Rounds.columns, rows: Rounds.of("a", 2))
        let error = #expect(throws: HistoryError.self) {
            try history.append(command: "run", columns: Rounds.columns, rows: Rounds.of("b", 3) + Rounds.of("a", 1))
        }
        #expect(error?.description.contains("\(scratch.path): it already has rounds of the run") == true)
        #expect(try history.runs().map(\.id) == ["a"])
        #expect(try history.rounds(["round"]).count == 2)
        // Other rounds, locks and rates of the same run are not repetitions.
        let more = [
            Rounds.of("a", 2, lock: "tas"), Rounds.of("a", 2, rate: .real(5)), Rounds.of("a", 2, rate: .real(6)),
        ]
        for rows in more { try history.append(command: "run", columns: Rounds.columns, rows: rows) }
        #expect(try history.runs().map(\.cells) == [4])
    }

    @Test func `a missing column is added, and one that is no longer written stays`() throws {
        let scratch = try Scratch()
        let history = try scratch.open()
        try history.append(command: "run", columns: Rounds.columns, rows: Rounds.of("a", 1))
        let newer = Array(Rounds.columns.dropLast()) + ["better \"figure\"", "another"]
        let rows = Rounds.of("b", 1).map { Array($0.dropLast()) + [.text("x"), .integer(7)] }
        try history.append(command: "run", columns: newer, rows: rows)
        #expect(try history.columns() == Rounds.columns + ["better \"figure\"", "another"])
        let read = try history.rounds(["run_id", "throughput_per_s", "better \"figure\"", "another"])
        #expect(read == [[.text("a"), .real(1_000_001), .null, .null], [.text("b"), .null, .text("x"), .integer(7)]])
    }

    @Test func `rows without an identity, or with too few values, are refused`() throws {
        let scratch = try Scratch()
        let history = try scratch.open()
        for (columns, rows) in [
            (Array(Rounds.columns.dropFirst(2)), [] as [[HistoryValue]]),
            (Rounds.columns, [[.null]]), (Rounds.columns + ["schema"], []),
        ] {
            #expect(throws: HistoryError.self) { try history.append(command: "run", columns: columns, rows: rows) }
        }
        #expect(try history.runs() == [])
    }

    @Test func `the runs of a long history are read in order`() throws {
        let scratch = try Scratch()
        try scratch.fill(runs: 200, rounds: 1)
        #expect(try scratch.open(creating: false).runs().map(\.id) == (1...200).map { "r\($0)" })
    }
}
