import Foundation
import ShmCoordinator
import ShmCore
import ShmHarness
import Testing

@testable import ShmCompare
@testable import ShmRecord
@testable import shmbench

/// Scenario files, and errors in them, which name the line.
@Suite(.timeLimit(.minutes(10))) struct ScenarioTests {
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
            touch = "64KiB"
            busy_loops = 3
            pin = "compact"

            [[workload]]
            name = "queue"
            locks = "mcs"
            workers = 2
            rate = "50k"
            arrivals = "uniform"
            """)
        try #require(read.count == 2)
        #expect(
            read[0].load.scenario == "cache" && read[0].locks == [.futex, .robustFutex] && read[0].workers == [1, 8])
        let (first, second) = (read[0].load, read[1].load)
        #expect(first.criticalSection == 150 && first.think == 1500 && first.counters == 7)
        #expect(
            first.readPercent == 95 && first.pinning == .compact && first.touch == 65_536 && first.busyLoops == 3
                && first.spacing == .closed)
        #expect(read[1].locks == [.mcs] && read[1].workers == [2] && second.rate == 50_000)
        #expect(second.spacing == .uniform)
        #expect(read[0].cells.count == 4 && read[0].cells.allSatisfy { $0.scenario == "cache" })
    }

    @Test func `shares of the workers make one load, with numbers of workers that fit`() throws {
        let text = "[[workload]]\nname = \"a\"\ncritical_section = \"2:20us,4:200ns\"\n"
        let load = try workloads(text, workers: [3]).first?.load
        #expect(load?.sectionShares?.classes == [.init(weight: 2, busy: 200), .init(weight: 1, busy: 20_000)])
        #expect(load?.criticalSection == 6800)
        #expect(try workloads(text)[0].workers == Workload.usualWorkers.filter { $0 > 1 })
        for invalid in [
            "[[workload]]\nname = \"a\"\ncritical_section_shares = \"1:2+1:3\"\n", text + "workers = [1]\n",
        ] {
            #expect(throws: Failure.self) { try workloads(invalid) }
        }
    }

    @Test func `a size may have a unit, or be a number of bytes`() throws {
        for (value, bytes) in [("\"4KiB\"", 4096), ("4096", 4096), ("\"64B\"", 64), ("0", 0), ("\"1MiB\"", 1 << 20)] {
            #expect(try workloads("[[workload]]\nname = \"a\"\ntouch = \(value)\n")[0].load.touch == bytes)
        }
        for value in ["100", "\"2MiB\"", "\"1GiB\"", "-64", "\"4 KiB\"", "63", "\"99999999999999999999KiB\"", "1.5"] {
            let failure = #expect(throws: Failure.self) {
                try workloads("[[workload]]\nname = \"a\"\ntouch = \(value)\n")
            }
            #expect(failure?.message.hasPrefix("s.toml:3: invalid value") == true, "\(failure?.message ?? "")")
        }
    }

    @Test func `bursts have a size, and only bursts have one`() throws {
        let text = "[[workload]]\nname = \"a\"\nrate = \"50k\"\n"
        let (usual, given) = (
            try workloads(text + "arrivals = \"burst\"\n")[0].load,
            try workloads(text + "burst = 8\narrivals = \"burst\"\n")[0].load
        )
        #expect(usual.spacing == .burst && usual.burst == 16 && given.burst == 8)
        let failure = #expect(throws: Failure.self) { try workloads(text + "burst = 8\n") }
        #expect(failure?.message == "s.toml:4: missing key arrivals beside burst: expected arrivals = \"burst\"")
    }

    @Test func `a rate alone means Poisson arrivals, and the command line overrides locks and workers`() throws {
        let read = try workloads("[[workload]]\nname = \"a\"\nrate = 1000\n", locks: [.tas], workers: [3])
        #expect(read[0].load.spacing == .poisson && read[0].load.rate == 1000)
        #expect(read[0].locks == [.tas] && read[0].workers == [3])
        #expect(try workloads("[[workload]]\nname = \"a\"\n")[0].locks == LockKind.all)
    }

    @Test func `thresholds are parsed, and are not a workload`() throws {
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
        Mistake("seed = 1\n[[workload]]\nname = \"a\"\n", line: 1, "unknown key `seed`"),
        Mistake("[[workload]]\nlocks = [\"tas\"]\n", line: 1, "missing key name"),
        Mistake("[[workload]]\nname = \"a b\"\n", line: 2, "invalid value 'a b' for name: expected a name of letters"),
        Mistake("[[workload]]\nname = \"a\"\nlock = \"tas\"\n", line: 3, "unknown key `lock`"),
        Mistake(
            "[[workload]]\nname = \"a\"\n[[workload]]\nname = \"b\"\n# x\nlocks = [\"futx\"]\n", line: 6, "`futex`"),
        Mistake("[[workload]]\nname = \"a\"\nlocks = [1]\n", line: 3, "names in quotation marks"),
        Mistake("[[workload]]\nname = \"a\"\nworkers = [\"2\"]\n", line: 3, "whole numbers"),
        Mistake(
            "[[workload]]\nname = \"a\"\nworkers = [0]\n", line: 3, "invalid value '0' for workers: expected 1…4096"),
        Mistake("[[workload]]\nname = \"a\"\nthink = 5\n", line: 3, "invalid value '5' for think: expected a time"),
        Mistake("[[workload]]\nname = \"a\"\nthink = \"5\"\n", line: 3, "for think: expected a time"),
        Mistake("[[workload]]\nname = \"a\"\ncounters = \"5\"\n", line: 3, "whole number"),
        Mistake("[[workload]]\nname = \"a\"\npin = \"tight\"\n", line: 3, "for pin: expected none, compact or spread"),
        Mistake("[[workload]]\nname = \"a\"\nrate = 0\n", line: 3, "more than 0"),
        Mistake("[[workload]]\nname = \"a\"\narrivals = \"poisson\"\n", line: 3, "expected a rate"),
        Mistake(
            "[[workload]]\nname = \"a\"\nrate = 5\narrivals = \"bursts\"\n", line: 4,
            "for arrivals: expected poisson, uniform or burst"),
        Mistake("[[workload]]\nname = \"a\"\n[[workload]]\nname = \"a\"\n", line: 4, "two workloads"),
        Mistake(
            "\n[[workload]]\nname = \"a\"\nread_percent = 101\n", line: 4,
            "invalid value '101' for read_percent: expected a whole number from 0 to 100"),
        Mistake("workload = [1]\n", line: 1, "[[workload]]"),
        Mistake(
            "[[workload]]\nname = \"a\"\n[thresholds]\nspeed = \"5%\"\n", line: 4,
            "invalid value 'speed' for threshold: expected throughput"),
        Mistake(
            "[[workload]]\nname = \"a\"\n[thresholds]\n\np99 = \"5\"\n", line: 5,
            "invalid value '5' for threshold p99: expected more than 0%"),
        Mistake(
            "[[workload]]\nname = \"a\"\n[thresholds]\np99 = 5\n", line: 4, "for threshold p99: expected more than 0%"),
        Mistake("thresholds = 5\n[[workload]]\nname = \"a\"\n", line: 1, "[thresholds]"),
    ]

    @Test(arguments: mistakes)
    func `an error names the file and the line`(mistake: Mistake) {
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

    @Test func `an unreadable file is an error`() {
        #expect(throws: Failure.self) { try ScenarioFile.text("/nowhere/x.toml") }
    }
}
