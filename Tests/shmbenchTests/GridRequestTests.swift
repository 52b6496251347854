import ArgumentParser
import Foundation
import ShmCoordinator
import ShmCore
import ShmHarness
import Testing

@testable import ShmRecord
@testable import shmbench

/// Lists of values for parameters: each combination is a load.
@Suite(.timeLimit(.minutes(10))) struct GridRequestTests {
    private func points(_ options: String...) throws -> [Load] {
        let run = try Run.parse(options)
        try run.check()
        return try #require(try run.options.workloads().first).points
    }

    private func failure(_ options: String...) -> Failure? {
        #expect(throws: Failure.self) {
            let run = try Run.parse(options)
            try run.check()
            _ = try run.plan(hasPlugin: false)
        }
    }

    @Test func `each combination of values is a load, the last parameter varying fastest`() throws {
        let loads = try points("--think", "1us, 0", "--critical-section", "0,100ns,1us")
        #expect(
            loads.map { [$0.criticalSection, $0.think] } == [
                [0, 1000], [0, 0], [100, 1000], [100, 0], [1000, 1000], [1000, 0],
            ])
        let workload = Workload(locks: [.futex, .mcs], workers: [1, 2], loads)
        #expect(workload.isGrid && workload.loads.count == 12 && workload.cells.count == 24)
        // Numbers of workers are outermost, as in documents.
        #expect(workload.loads.prefix(6).allSatisfy { $0.workers == 1 })
        #expect(zip(workload.loads, workload.loads.dropFirst()).allSatisfy { $0.workers <= $1.workers })
    }

    @Test func `every parameter can be a list`() throws {
        let loads = try points(
            "--counters", "1,4", "--read-percent", "0,50%", "--rate", "10k,20k", "--arrivals", "poisson,uniform",
            "--pin",
            "none,spread")
        #expect(loads.count == 32 && Set(loads).count == 32)
        #expect(Set(loads.map(\.spacing)) == [.poisson, .uniform] && Set(loads.map(\.rate)) == [10_000, 20_000])
        #expect(Set(loads.map(\.pinning)) == [.none, .spread] && Set(loads.map(\.readPercent)) == [0, 50])
    }

    @Test func `a single value is one load, and equal values are one`() throws {
        #expect(try points("--think", "1us").map(\.think) == [1000])
        #expect(try points() == [Load()])
        #expect(try points("--think", "1us,1000ns,0,0us").map(\.think) == [1000, 0])
    }

    @Test(arguments: [
        ("--critical-section", "0,,1us", "invalid value '0,,1us' for --critical-section: expected a time"),
        ("--think", "0,", "invalid value '0,' for --think: expected a time"),
        ("--think", "1us,5", "invalid value '5' for --think: expected a time"),
        ("--counters", "1,0", "invalid value '0' for --counters: expected 1…1024"),
        ("--pin", "none,tight", "invalid value 'tight' for --pin: expected none, compact or spread"),
        // With a colon it is one value, and the commas are its own.
        ("--think", "1:200ns,1:20us", "invalid value '1:200ns,1:20us' for --think: expected a time"),
        ("--arrivals", "poisson,uniform", "--arrivals needs --rate"),
        ("--think", "0,6s", "critical section and think time last as long as --stuck-after 5s"),
    ])
    func `a wrong item is refused`(option: String, value: String, start: String) {
        let found = failure(option, value)
        #expect(found?.code == .usage && found?.message.hasPrefix(start) == true, "\(found?.message ?? "")")
    }

    @Test func `a grid that is too large is refused with its size`() {
        let times = (1...40).map { "\($0)us" }.joined(separator: ",")
        let wide = failure("--think", times, "--critical-section", times)
        #expect(
            wide?.message
                == "40 values of --critical-section, 40 values of --think are 1600 combinations: expected at most 1000")
        let long = failure(
            "--think", times, "--locks", "futex", "--workers", "1,2", "--rounds", "10000", "--duration", "1s")
        #expect(
            long?.message.hasPrefix(
                "the grid has 80 cells, whose 800000 rounds take about 350 hours: expected at most 24; give fewer values"
            )
                == true, "\(long?.message ?? "")")
        // Without a list nothing is refused that was accepted before.
        #expect(throws: Never.self) {
            let run = try Run.parse(["--locks", "futex", "--rounds", "10000", "--duration", "100s"])
            _ = try run.plan(hasPlugin: false)
        }
    }

    @Test func `the number of combinations cannot overflow`() {
        let many = ParameterValues(.think, Array(repeating: "0", count: 1 << 16))
        let failure = #expect(throws: Failure.self) {
            try ParameterValues.combinations([many, many, many, many])
        }
        #expect(failure?.message.contains("too many combinations: expected at most 1000") == true)
    }
}

/// Lists in scenario files.
@Suite(.timeLimit(.minutes(10))) struct GridScenarioTests {
    private func workloads(_ lines: String) throws -> [Workload] {
        try Scenario.workloads(
            "[[workload]]\nname = \"a\"\n\(lines)", path: "s.toml", locks: [.futex], workers: nil,
            stuckAfter: 5_000_000_000)
    }

    @Test func `arrays of values make a grid`() throws {
        let workload = try #require(
            try workloads(
                "workers = [2, 4]\ncritical_section = [\"0\", \"100ns\"]\ncounters = [1, 4, 4]\npin = [\"none\"]\nrate = [\"50k\", 1000]\n"
            ).first)
        #expect(workload.points.count == 8 && workload.cells.count == 16)
        #expect(
            Set(workload.points.map(\.criticalSection)) == [0, 100] && Set(workload.points.map(\.counters)) == [1, 4])
        #expect(workload.points.allSatisfy { $0.pinning == .none && $0.spacing == .poisson && $0.scenario == "a" })
        #expect(workload.points.map(\.rate) == [50_000, 50_000, 50_000, 50_000, 1000, 1000, 1000, 1000])
    }

    @Test(arguments: [
        ("think = []", 3, "invalid value for think: expected at least one value"),
        ("think = [\"0\", \"5\"]", 3, "invalid value '5' for think: expected a time"),
        ("counters = [1, \"4\"]", 3, "invalid value for counters: expected a whole number without quotation marks"),
        ("think = [[\"0\"]]", 3, "invalid value '' for think: expected a time"),
        // A text with a comma is one value.
        ("\nthink = \"0,1us\"", 4, "invalid value '0,1us' for think: expected a time"),
        ("rate = [\"50k\"]\npin = [\"none\", \"tight\"]", 4, "invalid value 'tight' for pin"),
    ])
    func `a wrong array is refused with its line`(text: String, line: Int, words: String) {
        let failure = #expect(throws: Failure.self) { try workloads(text) }
        #expect(failure?.message.hasPrefix("s.toml:\(line): \(words)") == true, "\(failure?.message ?? "")")
    }

    @Test func `a list of names is refused`() {
        let failure = #expect(throws: Failure.self) {
            try Scenario.workloads(
                "[[workload]]\nname = [\"a\", \"b\"]\n", path: "s.toml", locks: nil, workers: nil, stuckAfter: 1)
        }
        #expect(failure?.message == "s.toml:2: invalid value for name: expected one name in quotation marks")
    }
}
