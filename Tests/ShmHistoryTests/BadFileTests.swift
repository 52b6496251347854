import Foundation
import GRDB
import Glibc
import Testing

@testable import ShmHistory

/// An unusable file is refused in one line that names it, and is left unchanged.
@Suite(.timeLimit(.minutes(10))) struct BadFileTests {
    @Test(arguments: [true, false]) func `a path that is not a file is refused`(creating: Bool) throws {
        let scratch = try Scratch()
        try FileManager.default.createDirectory(atPath: scratch.path, withIntermediateDirectories: false)
        #expect(scratch.complaint(creating: creating) == "the history \(scratch.path) is a folder; name a file")
        for (path, words) in [
            ("", "its path is empty"), ("/dev/null", "/dev/null is not a regular file"),
            (
                "/nowhere/at/all/h.db",
                creating
                    ? "/nowhere/at/all/h.db: its folder does not exist; name a file in a folder that exists"
                    : "/nowhere/at/all/h.db does not exist; name one that"
            ),
            ("/etc/passwd/h.db", "/etc/passwd/h.db: Not a directory; name another file"),
        ] {
            let error = #expect(throws: HistoryError.self) {
                try History(path: path, Rounds.layout, creating: creating)
            }
            #expect(error?.description.contains(words) == true, "\(error?.description ?? "")")
        }
    }

    @Test func `a missing history is created only by an append`() throws {
        let scratch = try Scratch()
        #expect(scratch.complaint(creating: false)?.contains("\(scratch.path) does not exist; name one that") == true)
        #expect(try FileManager.default.contentsOfDirectory(atPath: scratch.folder) == [])
        #expect(scratch.complaint() == nil)
        #expect(scratch.complaint(creating: false) == nil)
    }

    @Test func `a dangling link is refused, and stays dangling`() throws {
        let scratch = try Scratch()
        try FileManager.default.createSymbolicLink(atPath: scratch.path, withDestinationPath: scratch.folder + "/x.db")
        #expect(scratch.complaint()?.contains("\(scratch.path) is a link to a file that does not exist") == true)
        #expect(try FileManager.default.contentsOfDirectory(atPath: scratch.folder) == ["h.db"])
    }

    @Test(arguments: [true, false]) func `an empty file, or a text, is refused and left alone`(creating: Bool) throws {
        let scratch = try Scratch()
        try scratch.write(Data())
        #expect(scratch.complaint(creating: creating)?.contains("\(scratch.path) is an empty file") == true)
        let text = Data("schema,run_id\n".utf8) + Data(repeating: 65, count: 5000)
        try scratch.write(text)
        #expect(scratch.complaint(creating: creating)?.contains("\(scratch.path) is not a SQLite file") == true)
        #expect(try scratch.bytes == text)
    }

    @Test(arguments: [true, false]) func `another program's database is refused and left alone`(creating: Bool) throws {
        let scratch = try Scratch()
        try scratch.execute("CREATE TABLE runs (mine); INSERT INTO runs VALUES (1)")
        let before = try scratch.bytes
        let expected = "\(scratch.path) is a SQLite file, but not a history of shmbench; name another file"
        #expect(scratch.complaint(creating: creating) == expected)
        #expect(try scratch.bytes == before)
    }

    @Test(arguments: [true, false]) func `a newer schema is refused, with what to do`(creating: Bool) throws {
        let scratch = try Scratch()
        try scratch.fill()
        try scratch.execute("PRAGMA user_version = 9")
        let complaint = try #require(scratch.complaint(creating: creating))
        #expect(
            complaint.contains("\(scratch.path) was written by a newer shmbench (its schema is 9, this one knows 1)"))
        #expect(complaint.contains("use that one"))
    }

    @Test func `a file truncated at any length is refused`() throws {
        let scratch = try Scratch()
        try scratch.fill(runs: 20, rounds: 10)
        let whole = try scratch.bytes
        #expect(whole.count > 20_000)
        for length in [whole.count - 1, whole.count - 100, whole.count - 4096, whole.count / 2, 4096, 4000, 100, 99, 1]
        {
            try scratch.write(whole.prefix(length))
            for creating in [true, false] {
                let complaint = scratch.complaint(creating: creating) ?? "none"
                let says = complaint.contains("is damaged") || complaint.contains("is not a SQLite file")
                #expect(says && complaint.contains(scratch.path), "\(length): \(complaint)")
                #expect(!complaint.contains("\n"))
            }
        }
        try scratch.write(whole)
        #expect(scratch.complaint() == nil)
    }

    @Test func `an overwritten page is found`() throws {
        let scratch = try Scratch()
        try scratch.fill(runs: 20, rounds: 10)
        let whole = try scratch.bytes
        for page in 1..<whole.count / 4096 {
            var broken = whole
            broken.replaceSubrange(page * 4096..<page * 4096 + 64, with: Data(repeating: 0xAB, count: 64))
            try scratch.write(broken)
            #expect(scratch.complaint()?.contains("\(scratch.path) is damaged") == true, "page \(page)")
        }
    }

    @Test func `values of other types are read as far as they are valid`() throws {
        let scratch = try Scratch()
        try scratch.fill(runs: 2)
        try scratch.execute(
            "UPDATE runs SET cpus = 'many', hostname = x'ff00', kernel = 7 WHERE run_id = 'r2'")
        let runs = try scratch.open(creating: false).runs()
        #expect(runs.map(\.id).sorted() == ["r1", "r2"] && runs.allSatisfy { $0.rounds == 2 })
        let strange = try #require(runs.first { $0.id == "r2" })
        #expect(strange["cpus"].integer == nil && strange["hostname"].text == "a blob of 2 bytes")
        #expect(strange["tool_version"].text == "0.1.0")
    }

    @Test(arguments: ["EXCLUSIVE", "IMMEDIATE"]) func `a locked history is waited for, and then refused`(kind: String)
        throws
    {
        let scratch = try Scratch()
        try scratch.fill()
        let other = try scratch.connect()
        try other.inDatabase { try $0.execute(sql: "BEGIN \(kind)") }
        defer { try? other.inDatabase { try $0.execute(sql: "ROLLBACK") } }
        let clock = ContinuousClock()
        let start = clock.now
        let complaint = scratch.complaint(patience: 0.5)
        #expect(clock.now - start >= .milliseconds(400))
        #expect(
            complaint
                == "cannot open the history \(scratch.path): another program kept it locked for 0.5 s; try again later"
        )
        // A writer that has not written yet does not block readers.
        #expect((scratch.complaint(creating: false) == nil) == (kind == "IMMEDIATE"))
    }

    @Test func `an append to a history that has been locked since fails, and keeps nothing`() throws {
        let scratch = try Scratch()
        let history = try scratch.open()
        let other = try scratch.connect()
        try other.inDatabase { try $0.execute(sql: "BEGIN IMMEDIATE") }
        let error = #expect(throws: HistoryError.self) {
            try history.append(command: "run", columns: Rounds.columns, rows: Rounds.of("a", 2))
        }
        #expect(error?.description.contains("cannot append to the history \(scratch.path): another program") == true)
        try other.inDatabase { try $0.execute(sql: "ROLLBACK") }
        #expect(try history.runs() == [])
        try history.append(command: "run", columns: Rounds.columns, rows: Rounds.of("a", 2))
        #expect(try history.runs().count == 1)
    }

    @Test func `names with a meaning for SQLite are file names`() throws {
        let scratch = try Scratch()
        let before = FileManager.default.currentDirectoryPath
        // The names are relative: without a current folder they fail, and do not open a database in memory.
        #expect(throws: HistoryError.self) {
            try History(path: "file:nowhere/x?mode=memory", Rounds.layout, creating: true)
        }
        #expect(FileManager.default.currentDirectoryPath == before)
        #expect(throws: HistoryError.self) { try History(path: ":memory:", Rounds.layout, creating: false) }
        withExtendedLifetime(scratch) {}
    }

    @Test func `concurrent creations and appends lose nothing`() async throws {
        let scratch = try Scratch()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 1...16 {
                group.addTask {
                    let history = try scratch.open(patience: 30)
                    try history.append(command: "run", columns: Rounds.columns, rows: Rounds.of("r\(number)", 50))
                }
            }
            try await group.waitForAll()
        }
        let runs = try scratch.open(creating: false).runs()
        #expect(Set(runs.map(\.id)) == Set((1...16).map { "r\($0)" }))
        #expect(runs.allSatisfy { $0.rounds == 50 })
        #expect(try FileManager.default.contentsOfDirectory(atPath: scratch.folder) == ["h.db"])
    }
}
