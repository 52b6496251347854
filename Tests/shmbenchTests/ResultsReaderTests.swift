import Testing

@testable import ShmRecord
@testable import shmbench

/// Results files are validated: errors name the file, the line and the column.
@Suite(.timeLimit(.minutes(10))) struct ResultsReaderTests {
    private static let columns = record().fields.keys.sorted()

    private static func line(_ record: Record) -> String {
        columns.map { record.text($0) }.joined(separator: ",") + "\n"
    }

    private static let header = columns.joined(separator: ",") + "\n"
    private static let good = header + line(record(round: 1)) + line(record(round: 2))

    private static let unequal = ["critical_section_ns": "10100", "critical_section_shares": "1:200+1:20000"]

    /// A file of one row, with more columns.
    private static func file(_ more: [String: String]) -> String {
        let record = record("futex", more)
        let columns = record.fields.keys.sorted()
        return columns.joined(separator: ",") + "\n" + columns.map { record.text($0) }.joined(separator: ",") + "\n"
    }

    @Test func `a valid file is read as it was written`() throws {
        let records = try ResultsReader.records(Self.good, path: "a.csv")
        #expect(records == [record(round: 1), record(round: 2)])
        #expect(
            try ResultsReader.records(
                Self.good.split(separator: "\n").joined(separator: "\r\n") + "\r\n", path: "a.csv") == records)
    }

    @Test func `files that cannot be read are left out, and a round counts where it is first`() throws {
        func file(_ path: String, _ text: String) -> FileContent { FileContent(text, path: path) }
        let one = Self.header + Self.line(record(round: 1))
        let (rounds, obstacles) = ResultsReader.readable([
            // Its first row is one of the next file.
            file("cut.csv", one + "1,2\n"), file("one.csv", one), file("both.csv", Self.good),
            file("two.csv", Self.header + Self.line(record(round: 2))), file("empty.csv", ""), file("again.csv", one),
        ])
        #expect(rounds.map(\.path) == ["one.csv", "two.csv"])
        #expect(rounds.map(\.records) == [[record(round: 1)], [record(round: 2)]])
        let messages = obstacles.map { ($0 as? Failure)?.message ?? "" }
        #expect(
            messages.map { $0.prefix { $0 != ":" && $0 != " " } } == ["cut.csv", "both.csv", "empty.csv", "again.csv"])
        #expect(messages[1].contains("is already in one.csv:2") && messages[3].contains("is already in one.csv:2"))
    }

    @Test func `quoted fields hold commas, quotation marks and lines`() throws {
        let lines = try CSVLines("a,\"b,\"\"c\"\"\nd\",\ne,f,g\n", path: "x").records
        #expect(lines.map(\.fields) == [["a", "b,\"c\"\nd", ""], ["e", "f", "g"]])
        #expect(lines.map(\.number) == [1, 3])
    }

    struct Mistake: CustomTestStringConvertible {
        let name: String
        let text: String
        let place: String
        let words: String
        var testDescription: String { name }
    }

    private static let mistakes = [
        Mistake(name: "empty", text: "", place: "a.csv", words: "empty"),
        Mistake(name: "no rows", text: header, place: "a.csv", words: "no rows"),
        Mistake(name: "truncated", text: String(good.dropLast(5)), place: "a.csv:3:", words: "truncated"),
        Mistake(
            name: "a short row", text: good + "1,2,3\n", place: "a.csv:4:", words: "3 fields"),
        Mistake(
            name: "another schema", text: header + line(record("futex", ["schema": "2"])), place: "a.csv:2:",
            words: "invalid value '2' for column `schema`: expected 1"),
        Mistake(
            name: "text in a number", text: header + line(record("futex", ["throughput_per_s": "fast"])),
            place: "a.csv:2:",
            words: "invalid value 'fast' for column `throughput_per_s`: expected a number"),
        Mistake(
            name: "not a number", text: header + line(record("futex", ["acquire_p50_ns": "nan"])), place: "a.csv:2:",
            words: "invalid value 'nan' for column `acquire_p50_ns`: expected a number"),
        Mistake(
            name: "less than nothing", text: header + line(record("futex", ["acquire_p99_ns": "-3"])),
            place: "a.csv:2:",
            words: "invalid value '-3' for column `acquire_p99_ns`: expected a number from 0 to 10^15"),
        Mistake(
            name: "an infinite rate", text: header + line(record("futex", ["throughput_per_s": "1e308"])),
            place: "a.csv:2:",
            words: "invalid value '1e308' for column `throughput_per_s`: expected a number from 0 to 10^15"),
        Mistake(
            name: "more than fair", text: file(["lock_opportunity_jain": "5"]), place: "a.csv:2:",
            words: "invalid value '5' for column `lock_opportunity_jain`: expected a number from 0 to 1"),
        Mistake(
            name: "a share below 0", text: file(unequal.merging(["class_hold_shares": "0.1 -3"]) { $1 }),
            place: "a.csv:2:",
            words:
                "invalid value '0.1 -3' for column `class_hold_shares`: expected a number from 0 to 1 for each class"),
        Mistake(
            name: "shares without classes", text: file(["class_hold_shares": "0.5 0.5"]), place: "a.csv:2:",
            words:
                "invalid value '0.5 0.5' for column `class_hold_shares`: expected a number from 0 to 1 for each class"),
        Mistake(
            name: "no workers", text: header + line(record(workers: 0)), place: "a.csv:2:",
            words: "invalid value '0' for column `workers`: expected 1…4096"),
        Mistake(
            name: "half a worker", text: header + line(record("futex", ["workers": "1.5"])), place: "a.csv:2:",
            words: "invalid value '1.5' for column `workers`"),
        Mistake(
            name: "unknown arrivals", text: header + line(record("futex", ["arrivals": "bursts"])), place: "a.csv:2:",
            words: "invalid value 'bursts' for column `arrivals`"),
        Mistake(
            name: "too many readers", text: header + line(record("futex", ["read_percent": "101"])), place: "a.csv:2:",
            words: "invalid value '101' for column `read_percent`: expected a whole number from 0 to 100"),
        Mistake(
            name: "a sign of percent", text: header + line(record("futex", ["read_percent": "50%"])), place: "a.csv:2:",
            words: "invalid value '50%' for column `read_percent`: expected a whole number from 0 to 100"),
        Mistake(
            name: "an unknown verdict", text: header + line(record("futex", ["integrity": "fine"])), place: "a.csv:2:",
            words: "invalid value 'fine' for column `integrity`: expected ok, failed or stuck"),
        Mistake(
            name: "no lock", text: header + line(record("")), place: "a.csv:2:",
            words: "invalid value '' for column `lock`: expected a name"),
        Mistake(
            name: "a row twice", text: good + line(record(round: 1)), place: "a.csv:4:",
            words: "round 1 of futex with 1 worker is already in line 2: expected each round once"),
        Mistake(
            name: "a column twice", text: "lock,\(header)x,\(line(record()))", place: "a.csv:1:",
            words: "two columns `lock`"
        ),
        Mistake(name: "other columns", text: "a,b\n1,2\n", place: "a.csv:1:", words: "no column `schema`"),
        Mistake(name: "an open quotation mark", text: header + "\"x\n", place: "a.csv:3:", words: "not closed"),
        Mistake(name: "text after a quotation mark", text: "a,\"b\"c\n", place: "a.csv:1:", words: "after a closing"),
    ]

    @Test(arguments: mistakes) func `an error names the file, the line and the column`(mistake: Mistake) {
        do {
            _ = try ResultsReader.records(mistake.text, path: "a.csv")
            Issue.record("it was taken")
        } catch let failure as Failure {
            #expect(failure.message.hasPrefix(mistake.place), "\(failure.message)")
            #expect(failure.message.contains(mistake.words), "\(failure.message)")
            #expect(!failure.message.contains("\n") && failure.code == .usage)
        } catch {
            Issue.record("\(error)")
        }
    }
}
