import Testing

@testable import ShmRecord
@testable import ShmRender
@testable import shmbench

@Suite(.timeLimit(.minutes(10))) struct FigureTests {
    private static let numbers: [(Double, Int, String)] = [
        (0, 0, "0"), (0, 3, "0.000"), (1.0 / 3, 4, "0.3333"), (2.0 / 3, 4, "0.6667"), (0.00004, 4, "0.0000"),
        (-0.00004, 4, "0.0000"), (-1.25, 1, "-1.3"), (999.9999, 2, "1000.00"), (12_345_678.9, 1, "12345678.9"),
        (1e14, 1, "100000000000000.0"), (0.05, 2, "0.05"), (7, 0, "7"),
    ]

    @Test(arguments: numbers)
    func `a number has a fixed number of decimals and no exponent`(number: Double, decimals: Int, text: String) {
        #expect(Figure.decimal(number, decimals) == text)
    }

    private static let rates: [(Double, String)] = [
        (0, "0.00 /s"), (1, "1.00 /s"), (99.94, "99.9 /s"), (999.4, "999 /s"), (999.6, "1.00 k/s"), (1234, "1.23 k/s"),
        (12_345, "12.3 k/s"), (123_456, "123 k/s"), (999_600, "1.00 M/s"), (16_800_000, "16.8 M/s"),
    ]

    @Test(arguments: rates)
    func `a rate has three significant digits and a unit`(rate: Double, text: String) {
        #expect(Figure.rate(rate) == text)
    }

    private static let times: [(Double, String)] = [
        (0, "0 ns"), (41, "41 ns"), (999, "999 ns"), (1000, "1.00 µs"), (1080, "1.08 µs"), (45_600, "45.6 µs"),
        (4_047_354, "4.05 ms"), (60_000_000_000, "60.0 s"),
    ]

    @Test(arguments: times)
    func `a duration has three significant digits and a unit`(nanoseconds: Double, text: String) {
        #expect(Figure.time(nanoseconds) == text)
    }

    @Test func `a point in time is ISO 8601 in UTC`() {
        #expect(Timestamp.iso8601(0) == "1970-01-01T00:00:00Z")
        #expect(Timestamp.iso8601(1_709_210_096) == "2024-02-29T12:34:56Z")
        #expect(Timestamp.compact(1_709_210_096) == "20240229T123456Z")
    }

    @Test func `lines lose trailing blanks only`() {
        #expect(TableLayout<Int>.trimmed("a  b  \n\n  c \n") == "a  b\n\n  c\n")
    }
}
