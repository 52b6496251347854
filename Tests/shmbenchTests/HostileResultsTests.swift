import ShmCoordinator
import Testing

@testable import ShmCompare
@testable import ShmRecord
@testable import shmbench

/// What the reader of results files does with cells and bytes of any kind.
@Suite(.timeLimit(.minutes(10))) struct HostileResultsTests {
    /// A line as any program may write it: every cell in quotation marks.
    private static func quoted(_ cells: [String]) -> String {
        cells.map { "\"\($0.replacing("\"", with: "\"\""))\"" }.joined(separator: ",") + "\n"
    }

    /// A text of characters that separate, quote, or have several bytes.
    private static func text(_ random: inout SplitMix64) -> String {
        let letters: [Character] = ["a", "7", ",", "\"", "\n", "\r", " ", "é", "🔒", "\0", "=", "."]
        return String(
            (0..<Int.random(in: 0...9, using: &random)).map { _ in letters.randomElement(using: &random) ?? "a" })
    }

    private static func failure(_ files: [(path: String, text: String)]) -> Failure? {
        do {
            _ = try ResultsReader.rounds(files.map { FileContent($0.text, path: $0.path) })
            return nil
        } catch { return error as? Failure }
    }

    @Test(arguments: 0..<200 as Range<UInt64>) func `cells of any text are read as they were written`(seed: UInt64)
        throws
    {
        var random = SplitMix64(state: seed)
        let names = ["mood", "cpu_model", "run_id", "tool_version"]
        let records = (1...5).map { round in
            record(round: round, Dictionary(uniqueKeysWithValues: names.map { ($0, Self.text(&random)) }))
        }
        let columns = records[0].fields.keys.shuffled(using: &random)
        let text = ([columns] + records.map { columns.map($0.text) }).map(Self.quoted).joined()
        let read = try ResultsReader.records(text, path: "a.csv")
        #expect(read == records)
        #expect(read.map(\.load) == records.map(\.load) && read.map(\.lock) == records.map(\.lock))
        #expect(read.numbers("throughput_per_s") == records.compactMap(\.throughput))
        let written = CSV.document(columns, read.map { record in columns.map { .text(record.text($0)) } })
        #expect(try ResultsReader.records(written, path: "b.csv") == records)
    }

    @Test func `a number is what Double and Int read`() {
        var random = SplitMix64(state: 1)
        let pieces = [
            "0", "1", "9", "12", ".", "-", "+", "e", "e-7", "nan", "inf", "0x", " ", "123456789", "99999999999", "é",
        ]
        for _ in 0..<20_000 {
            let count = Int.random(in: 0...4, using: &random)
            let text = (0..<count).map { _ in pieces.randomElement(using: &random) ?? "" }.joined()
            let bytes = Array("<\(text)>".utf8)
            let part = 1..<bytes.count - 1
            let number = NumberText.double(bytes, part)
            #expect(number?.bitPattern == Double(text)?.bitPattern, "\(text.debugDescription)")
            #expect(NumberText.integer(bytes, part) == Int(text), "\(text.debugDescription)")
        }
    }

    /// Of a good file, some bytes are replaced, removed or repeated.
    @Test(arguments: 0..<300 as Range<UInt64>) func `damaged files are read, or an error says where`(seed: UInt64)
        throws
    {
        var random = SplitMix64(state: seed)
        let records = (1...3).map { record(round: $0, ["cpu_model": "a \"b\", c"]) }
        let columns = records[0].fields.keys.sorted()
        var bytes = Array(CSV.document(columns, records.map { record in columns.map { .text(record.text($0)) } }).utf8)
        for _ in 0..<Int.random(in: 1...4, using: &random) {
            let place = Int.random(in: bytes.indices, using: &random)
            switch Int.random(in: 0..<3, using: &random) {
            case 0: bytes[place] = Array("\",\n\r0.é".utf8).randomElement(using: &random) ?? 0
            case 1: bytes.remove(at: place)
            default: bytes.insert(bytes[place], at: place)
            }
        }
        guard let failure = Self.failure([("a.csv", String(decoding: bytes, as: UTF8.self))]) else { return }
        #expect(failure.message.hasPrefix("a.csv") && failure.code == .usage)
        #expect(!failure.message.contains("\n"), "\(failure.message)")
    }

    @Test func `a mistake of the notation comes before an invalid value above it`() throws {
        let columns = record().fields.keys.sorted()
        let good = columns.map(record().text).joined(separator: ",")
        let bad = columns.map(record("futex", ["workers": "0"]).text).joined(separator: ",")
        let head = columns.joined(separator: ",")
        let failure = try #require(Self.failure([("a.csv", "\(head)\n\(bad)\n\(good)\n\"x")]))
        #expect(failure.message == "a.csv:4: a quotation mark is not closed: the file is truncated")
        let other = try #require(Self.failure([("a.csv", "no,columns\n1,2\n1\n\"x\"y\n")]))
        #expect(other.message.hasPrefix("a.csv:4: invalid text after a closing quotation mark"))
    }

    @Test func `a round that two files have is named with both places`() throws {
        func file(_ records: [Record]) -> String {
            let columns = record().fields.keys.sorted()
            return CSV.document(columns, records.map { record in columns.map { .text(record.text($0)) } })
        }
        let (first, second) = (file([record(round: 1), record(round: 2)]), file([record(round: 3), record(round: 2)]))
        let twice = try #require(Self.failure([("a.csv", first), ("b.csv", second)]))
        #expect(
            twice.message == "b.csv:3: round 2 of futex with 1 worker is already in a.csv:3: expected each round once")
        // What is wrong with a file itself comes first.
        let own = try #require(Self.failure([("a.csv", first), ("b.csv", second), ("c.csv", "a\n")]))
        #expect(own.message.hasPrefix("c.csv:1: no column"))
        let again = try #require(
            Self.failure([("a.csv", first), ("b.csv", file([record(round: 1), record(round: 1)]))]))
        #expect(again.message.hasPrefix("b.csv:3: ") && again.message.contains("already in line 2"))
        // Another run, or another load, is another round.
        let others = [record(round: 1, ["run_id": "s"]), record(workers: 2, round: 1), record("mcs", round: 1)]
        #expect(Self.failure([("a.csv", first), ("b.csv", file(others))]) == nil)
    }

    @Test func `files of other columns are merged`() throws {
        let new = record(round: 2, ["mood": "fine", "touch_bytes": "64"])
        let texts = [record(round: 1), new].map { record in
            let columns = record.fields.keys.sorted()
            return CSV.document(columns, [columns.map { .text(record.text($0)) }])
        }
        let files = try ResultsReader.rounds(texts.enumerated().map { FileContent($1, path: "\($0).csv") })
        let records = files.flatMap(\.records)
        #expect(records == [record(round: 1), new] && files[1].unknownColumns == ["mood"])
        #expect(records.map(\.load.touch) == [0, 64])
        #expect(records.numbers("touch_bytes") == [64])
    }

    struct Bytes: CustomTestStringConvertible {
        let name: String
        let text: String
        let words: String
        var testDescription: String { name }
    }

    private static let head = record().fields.keys.sorted().joined(separator: ",")

    @Test(arguments: [
        Bytes(name: "a byte order mark", text: "\u{feff}schema,lock\n", words: "a.csv:1: no column `schema`"),
        Bytes(name: "a header without an end", text: "schema,lock", words: "a.csv:1: the last line does not end"),
        Bytes(name: "empty lines", text: String(repeating: "\n", count: 100_000), words: "a.csv:1: no column"),
        Bytes(name: "commas", text: String(repeating: ",", count: 100_000) + "\n", words: "a.csv:1: no column"),
        Bytes(
            name: "a huge cell", text: "\(head)\n\(String(repeating: "9", count: 1_000_000))\n",
            words: "a.csv:2: the line has 1 field"),
        Bytes(
            name: "a long quoted cell", text: "\(head)\n\"\(String(repeating: "\n", count: 100_000))",
            words: "a.csv:100002: a quotation mark is not closed"),
    ]) func `bytes that are no results are an error`(bytes: Bytes) throws {
        let failure = try #require(Self.failure([("a.csv", bytes.text)]))
        #expect(failure.message.hasPrefix(bytes.words), "\(failure.message.prefix(200))")
    }

    @Test func `a value of a million digits is a number or an error`() throws {
        let text = String(repeating: "0", count: 1_000_000) + "7"
        #expect(record("futex", ["throughput_per_s": text]).throughput == Double(text))
    }
}
