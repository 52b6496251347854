import Foundation
import ShmCoordinator
import ShmCore
import ShmHarness
import Testing

@testable import ShmCompare
@testable import ShmRecord
@testable import shmbench

/// What a scenario file says, and that a mistake in it is reported with its line.
@Suite(.timeLimit(.minutes(1))) struct ScenarioTests {
    private func workloads(_ text: String, locks: [LockKind]? = nil, workers: [Int]? = nil) throws -> [Workload] {
        try Scenario.workloads(text, path: "s.toml", locks: locks, workers: workers, stuckAfter: 5_000_000_000)
    }

    @Test func `every key reaches the workload`() throws {
        let read = try workloads(
            """
            # two of them
            [[workload]]
            name = "cache"
            locks = ["futex", "robust-futex"]
            workers = [1, 8]
            critical_section = "150ns"
            think = "1.5us"
            counters = 7
            read_percent = 95
            pin = "compact"

            [[workload]]
            name = "queue"
            locks = "mcs"
            workers = 2
            rate = "50k"
            arrivals = "uniform"
            """)
        try #require(read.count == 2)
        #expect(read[0].name == "cache" && read[0].locks == [.futex, .robustFutex] && read[0].workers == [1, 8])
        #expect(read[0].criticalSection == 150 && read[0].think == 1500 && read[0].counters == 7)
        #expect(read[0].readPercent == 95 && read[0].pinning == .compact && read[0].spacing == .closed)
        #expect(read[1].locks == [.mcs] && read[1].workers == [2] && read[1].rate == 50_000)
        #expect(read[1].spacing == .uniform)
        #expect(read[0].cells.count == 4 && read[0].cells.allSatisfy { $0.scenario == "cache" })
    }

    @Test func `a rate alone is Poisson, and the command line's locks and workers come first`() throws {
        let read = try workloads("[[workload]]\nname = \"a\"\nrate = 1000\n", locks: [.tas], workers: [3])
        #expect(read[0].spacing == .poisson && read[0].rate == 1000)
        #expect(read[0].locks == [.tas] && read[0].workers == [3])
        #expect(try workloads("[[workload]]\nname = \"a\"\n")[0].locks == LockKind.all)
    }

    @Test func `thresholds are read, and are no workload`() throws {
        let text = "[[workload]]\nname = \"a\"\n\n[thresholds]\nthroughput = \"5%\"\n\"hand-off\" = \"20%\"\n"
        #expect(try workloads(text).count == 1)
        #expect(try Scenario.thresholds(text, path: "s.toml") == [.throughput: 0.05, .handoff: 0.2])
        #expect(try Scenario.thresholds("[[workload]]\nname = \"a\"\n", path: "s.toml") == [:])
    }

    struct Mistake: CustomTestStringConvertible {
        let text: String
        let line: Int
        let words: String
        var testDescription: String { "\(line): \(words)" }

        init(_ text: String, line: Int, _ words: String) {
            self.text = text
            self.line = line
            self.words = words
        }
    }

    private static let mistakes = [
        Mistake("", line: 1, "no workload"),
        Mistake("[[workload]]\nname = \"a\"\n\n[[workload]]\nname = \n", line: 5, "value"),
        Mistake("seed = 1\n[[workload]]\nname = \"a\"\n", line: 1, "no `seed`"),
        Mistake("[[workload]]\nlocks = [\"tas\"]\n", line: 1, "needs a name"),
        Mistake("[[workload]]\nname = \"a b\"\n", line: 2, "letters"),
        Mistake("[[workload]]\nname = \"a\"\nlock = \"tas\"\n", line: 3, "no `lock`"),
        Mistake(
            "[[workload]]\nname = \"a\"\n[[workload]]\nname = \"b\"\n# x\nlocks = [\"futx\"]\n", line: 6, "`futex`"),
        Mistake("[[workload]]\nname = \"a\"\nlocks = [1]\n", line: 3, "names in quotation marks"),
        Mistake("[[workload]]\nname = \"a\"\nworkers = [\"2\"]\n", line: 3, "whole numbers"),
        Mistake("[[workload]]\nname = \"a\"\nworkers = [0]\n", line: 3, "1 to 4096"),
        Mistake("[[workload]]\nname = \"a\"\nthink = 5\n", line: 3, "quotation marks"),
        Mistake("[[workload]]\nname = \"a\"\nthink = \"5\"\n", line: 3, "no time"),
        Mistake("[[workload]]\nname = \"a\"\ncounters = \"5\"\n", line: 3, "whole number"),
        Mistake("[[workload]]\nname = \"a\"\npin = \"tight\"\n", line: 3, "compact"),
        Mistake("[[workload]]\nname = \"a\"\nrate = 0\n", line: 3, "more than 0"),
        Mistake("[[workload]]\nname = \"a\"\narrivals = \"poisson\"\n", line: 3, "need a rate"),
        Mistake("[[workload]]\nname = \"a\"\nrate = 5\narrivals = \"bursts\"\n", line: 4, "neither"),
        Mistake("[[workload]]\nname = \"a\"\n[[workload]]\nname = \"a\"\n", line: 4, "two workloads"),
        Mistake("\n[[workload]]\nname = \"a\"\nread_percent = 101\n", line: 2, "0 to 100"),
        Mistake("workload = [1]\n", line: 1, "[[workload]]"),
        Mistake("[[workload]]\nname = \"a\"\n[thresholds]\nspeed = \"5%\"\n", line: 4, "no metric"),
        Mistake("[[workload]]\nname = \"a\"\n[thresholds]\n\np99 = \"5\"\n", line: 5, "write it as in"),
        Mistake("[[workload]]\nname = \"a\"\n[thresholds]\np99 = 5\n", line: 4, "write it as in"),
        Mistake("thresholds = 5\n[[workload]]\nname = \"a\"\n", line: 1, "[thresholds]"),
    ]

    @Test(arguments: mistakes)
    func `a mistake is reported with its line`(mistake: Mistake) {
        do {
            _ = try workloads(mistake.text)
            Issue.record("it was taken")
        } catch let failure as Failure {
            #expect(failure.message.hasPrefix("s.toml:\(mistake.line): "), "\(failure.message)")
            #expect(failure.message.contains(mistake.words), "\(failure.message)")
            #expect(failure.code == .usage)
            #expect(!failure.message.contains("\n"))
        } catch {
            Issue.record("\(error)")
        }
    }

    @Test func `a file that cannot be read is named`() {
        #expect(throws: Failure.self) { try ScenarioFile.text("/nowhere/x.toml") }
    }
}
