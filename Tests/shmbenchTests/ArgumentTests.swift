import ShmCore
import Testing

@testable import ShmRecord
@testable import shmbench

@Suite(.timeLimit(.minutes(10))) struct ArgumentTests {
    @Test(arguments: [
        ("0", 0), ("0s", 0), ("1ns", 1), ("200ns", 200), ("1us", 1000), ("1.5us", 1500), ("2µs", 2000),
        ("300ms", 300_000_000), ("0.5s", 500_000_000), ("2s", 2_000_000_000), ("1min", 60_000_000_000),
        ("1440min", 86_400_000_000_000), ("0.001us", 1), (".5s", 500_000_000),
        ("90s", 90_000_000_000), ("1.5min", 90_000_000_000), ("1h", 3_600_000_000_000), ("0.5h", 1_800_000_000_000),
        ("24h", 86_400_000_000_000), ("2μs", 2000), ("0h", 0),
    ])
    func `a time is read in its unit`(text: String, nanoseconds: Int) {
        #expect(TimeSpan(text)?.nanoseconds == nanoseconds)
    }

    @Test(arguments: [
        "", " ", "5", "1", "soon", "ms", "-5ms", "+5ms", "5 ms", "5hr", "5d", "5MS", "1e3ms", "0x10ms", "1,5s",
        "1.2.3s", ".s",
        "nan", "inf", "infs", "0.5ns", "1441min", "99999999999999999999s", "٣s", "5ms5",
        "25h", "1e99h", "-1s", "0x10s", "1 h", "1h30min", "1H", "h", "1hh", "nanh", "1h ", "9e9h", "1.h.", "½h",
    ])
    func `nonsense is not a time`(text: String) {
        #expect(TimeSpan(text) == nil)
    }

    @Test(arguments: [
        "0ns", "1ns", "999ns", "1us", "1500ns", "300ms", "2s", "90s", "1min", "1440min", "1.5min", "1h", "90min", "24h",
    ])
    func `a time is written so that it can be read again`(text: String) throws {
        let span = try #require(TimeSpan(text))
        #expect(TimeSpan(span.description) == span)
    }

    @Test(arguments: [
        ("", "", 0), ("futex", "futex", 0), ("futx", "futex", 1), ("futexx", "futex", 1), ("futux", "futex", 1),
        ("", "abc", 3), ("abc", "", 3), ("kitten", "sitting", 3), ("ab", "ba", 2),
    ])
    func `the distance of names is the number of edits`(from: String, to: String, distance: Int) {
        #expect(LockSelection.editDistance(from, to) == distance)
        #expect(LockSelection.editDistance(to, from) == distance)
    }

    @Test func `locks keep their order, each once`() throws {
        #expect(try LockSelection.kinds(["flock", "futex", "flock"]) == [.flock, .futex])
        #expect(try LockSelection.kinds(["all"]) == LockKind.all)
        #expect(try LockSelection.kinds(["futex", "all"]).count == LockKind.all.count)
        #expect(try LockSelection.kinds(["survivors"]).allSatisfy(\.properties.survivesOwnerDeath))
        #expect(try LockSelection.kinds(["survivors"]).contains(.flock))
        #expect(try LockSelection.kinds(["queue"]) == [.mcs, .mcsPark, .clh, .hemlock, .reciprocating, .hapax])
        // A lock goes before the family of the same name.
        #expect(try LockSelection.kinds(["futex"]) == [.futex])
    }

    @Test(arguments: [
        ("futx", "futex"), ("Futex", "futex"), ("pthread-mutx", "pthread-mutex"), ("flok", "flock"),
    ])
    func `a misspelt name gets the nearest one as a hint`(name: String, nearest: String) throws {
        let failure = try #require(throws: Failure.self) { try LockSelection.kinds([name]) }
        #expect(failure.message.contains("did you mean `\(nearest)`?"))
        #expect(failure.code == .usage)
    }

    @Test func `a name unlike all others gets no hint`() throws {
        let failure = try #require(throws: Failure.self) { try LockSelection.kinds(["zzzzzzzzzzzzzzzzzzzz"]) }
        #expect(!failure.message.contains("did you mean"))
        #expect(failure.message.contains("shmbench list"))
    }

    @Test func `worker counts keep their order, each once`() throws {
        #expect(try WorkerCounts.counts(["8", "1", "8", "4096"]) == [8, 1, 4096])
    }

    @Test(arguments: [["0"], ["-1"], ["x"], ["1.5"], ["4097"], ["99999999999999999999"], ["1", "0"], []])
    func `invalid worker counts are refused`(values: [String]) throws {
        let failure = try #require(throws: Failure.self) { try WorkerCounts.counts(values) }
        #expect(failure.code == .usage)
    }

    @Test func `the values of an option are in its range`() {
        let span = Notation<TimeSpan>.span(from: 1_000_000)
        #expect(span.read("1ms") == TimeSpan("1ms") && span.read("24h") != nil)
        #expect(span.read("999us") == nil && span.read("25h") == nil && span.read("0") == nil)
        #expect(span.expected.hasPrefix("a time from 1ms to 24h, as in "))
        #expect(Notation<TimeSpan>.span().read("0") == TimeSpan(nanoseconds: 0))
        #expect(Notation<Int>.atLeast(1).read("1") == 1 && Notation<Int>.atLeast(1).read("0") == nil)
        let percent = Notation<Double>.percent(upTo: 0.2)
        #expect(percent.read("20%") == 0.2 && percent.text(0.01) == "1%")
        for wrong in ["0%", "20.1%", "0.21", "-1%", "1", "%", ""] { #expect(percent.read(wrong) == nil, "\(wrong)") }
        #expect(Notation<UInt64>.seed.read("18446744073709551615") == .max)
        for wrong in ["18446744073709551616", "-1", "0x1", ""] {
            #expect(Notation<UInt64>.seed.read(wrong) == nil, "\(wrong)")
        }
        let file = Notation<String>.file([".csv", ".json"])
        #expect(file.expected == "a file name that ends in .csv or .json")
        #expect(file.read("x.json") == "x.json" && file.read("x.txt") == nil && file.read("") == nil)
        #expect(Notation<CommaList>.list(of: "names").read(" , ") == nil)
    }

    @Test func `a wrong value is named with its option and what is expected`() {
        let read = Notation<Int>.count(1...3).reader(for: "--x")
        #expect(throws: Never.self) { try read("3") }
        let failure = #expect(throws: Failure.self) { try read("4\n") }
        #expect(failure?.message == #"invalid value '4\n' for --x: expected 1…3"# && failure?.code == .usage)
    }

    @Test func `lists may have spaces, and no empty item`() {
        let list = Notation<CommaList>.list(of: "names")
        #expect(list.read("a, b ,c")?.items == ["a", "b", "c"] && list.read("a b")?.items == ["a b"])
        for wrong in ["a,,b", "a,", ",a", ",", "", " ", "a, ,b"] { #expect(list.read(wrong) == nil, "'\(wrong)'") }
    }

    @Test func `a share is written in percent or as a number below 1`() {
        #expect(Percent.share("5%") == 0.05 && Percent.share("0.05") == 0.05 && Percent.share("120%") == 1.2)
        // A bare number from 1 on may mean either.
        for wrong in ["5", "1", "%", "", "-1%", "-0.1", "5 %", "1e-2", "nan", "x%"] {
            #expect(Percent.share(wrong) == nil, "'\(wrong)'")
        }
        for (text, percent) in [("50", 50), ("50%", 50), ("0.5", 50), ("0.29", 29), ("0", 0), ("1", 1), ("100%", 100)] {
            #expect(Notation<Int>.percent.read(text) == percent, "\(text)")
        }
        for wrong in ["101", "101%", "0.5%", "1.0", "-1", ""] { #expect(Notation<Int>.percent.read(wrong) == nil) }
    }

    @Test(arguments: ["run", "compare", "check", "crash", "stress", "lifecycle", "history"])
    func `the old name of --locks works in every command that has the option`(command: String) {
        #expect(OldSpelling.renewed([command, "--lock", "x"]) == [command, "--locks", "x"])
        let hasMetrics = ["compare", "check", "history"].contains(command)
        #expect(OldSpelling.renewed([command, "--metric=x"]) == [command, hasMetrics ? "--metrics=x" : "--metric=x"])
    }

    @Test func `old names of options go on working`() {
        #expect(
            OldSpelling.renewed(["history", "h.db", "--lock", "a", "--metric=p99"])
                == ["history", "h.db", "--locks", "a", "--metrics=p99"])
        #expect(OldSpelling.renewed(["lifecycle", "--lock=mcs"]) == ["lifecycle", "--locks=mcs"])
        #expect(OldSpelling.renewed(["doctor", "--lock", "x"]) == ["doctor", "--lock", "x"])
        #expect(OldSpelling.renewed(["compare", "--", "--lock"]) == ["compare", "--", "--lock"])
    }
}
