import Foundation
import ShmCoordinator
import ShmHarness
import Testing

@testable import ShmRecord

extension CommandLineSuite {
    /// The table of parameters, and the options, requests and files that are derived from it.
    @Suite struct ParameterTests {
        /// A load without any default.
        private static var unusual: Load {
            var load = Load(workers: 3, criticalSection: 150, think: 1500, pinning: .compact)
            load.scenario = "cache"
            load.counters = 7
            load.spacing = .burst
            load.burst = 32
            load.rate = 50_000.5
            load.readPercent = 95
            load.sectionShares = SectionShares([.init(weight: 1, busy: 50), .init(weight: 2, busy: 200)])
            (load.touch, load.busyLoops) = (4096, 2)
            return load
        }

        /// The options of a command, from the parser's own description.
        private static func options(_ command: String) throws -> [String: (help: String, valueName: String?)] {
            let outcome = try Invocation([command, "--experimental-dump-help"]).finish()
            let dump = try JSONSerialization.jsonObject(with: Data(outcome.stdout.utf8)) as? [String: Any]
            let arguments = (dump?["command"] as? [String: Any])?["arguments"] as? [[String: Any]] ?? []
            return arguments.reduce(into: [:]) { options, argument in
                guard let name = (argument["preferredName"] as? [String: Any])?["name"] as? String else { return }
                options["--" + name] = (argument["abstract"] as? String ?? "", argument["valueName"] as? String)
            }
        }

        @Test(arguments: ["run", "compare", "check"])
        func `each parameter has one option, with the parameter's help`(command: String) throws {
            let options = try Self.options(command)
            #expect(options.count > 10)
            for parameter in Parameter.all { #expect(!parameter.isDerived || parameter.valueName == nil) }
            for parameter in Parameter.all where parameter.valueName != nil {
                let option = try #require(options[parameter.option], "\(parameter.option)")
                #expect(option.help == parameter.help && option.valueName == parameter.valueName)
            }
        }

        @Test func `the table has every parameter of a load, with a unique column and key`() {
            #expect(Parameter.all.count == Mirror(reflecting: Load()).children.count)
            #expect(Set(Parameter.all.map(\.column)).count == Parameter.all.count)
            let keys = Parameter.all.filter { !$0.isDerived }.map(\.key)
            #expect(Set(keys).count == keys.count && Set(Parameter.all.map(\.key)) == Set(keys))
            let columns = ResultColumn.all.map(\.name)
            for parameter in Parameter.all { #expect(columns.count { $0 == parameter.column } == 1) }
        }

        @Test func `the key of a cell consists of its lock and its load`() {
            #expect(Set(ResultColumn.all.names(.cell)) == Set(["lock"] + Parameter.all.map(\.column)))
        }

        @Test func `a request line preserves a load exactly`() throws {
            let timing = Timing(warmup: 1, throughput: 2, latency: 3, order: 4, stuckAfter: 5)
            let request = RoundRequest(lock: "mcs", load: Self.unusual, round: 9, timing: timing, kills: 6)
            // The first version of the protocol, which older builds use.
            #expect(
                request.line
                    == "lock=mcs scenario=cache workers=3 round=9 critical_section_ns=150 think_ns=1500 counters=7 "
                    + "arrivals=burst rate_per_s=50000.5 pinning=compact read_percent=95 "
                    + "critical_section_shares=1:50+2:200 touch_bytes=4096 busy_loops=2 burst=32 warmup_ns=1 throughput_ns=2 "
                    + "latency_ns=3 order_ns=4 stuck_after_ns=5 kills=6")
            #expect(try RoundRequest(request.line) == request)
            #expect(try RoundRequest(request.line).cell().load == Self.unusual)
        }

        @Test func `a results file preserves a load`() {
            for load in [Load(), Self.unusual] {
                let fields = Parameter.all.map { ($0.column, $0.value(load).text) }
                #expect(Record(fields: Dictionary(uniqueKeysWithValues: fields)).load == load)
            }
            // An optional parameter is empty at its default.
            #expect(
                Parameter.all.filter { $0.value(Load()) == .empty }.map(\.column) == [
                    "rate_per_s", "read_percent", "critical_section_shares", "touch_bytes", "busy_loops", "burst",
                ])
        }

        @Test func `an invalid request names the word, its value and what is expected`() {
            let timing = Timing(warmup: 1, throughput: 2, latency: 3, order: 4, stuckAfter: 5)
            let line = RoundRequest(lock: "mcs", load: Load(), round: 9, timing: timing, kills: 6).line
            for (word, wrong, message) in [
                ("workers=1", "workers=0", "invalid value '0' for workers: expected 1…4096"),
                ("kills=6", "kills=-1", "invalid value '-1' for kills: expected 0…1000"),
                (
                    "pinning=spread", "pinning=tight",
                    "invalid value 'tight' for pinning: expected none, compact or spread"
                ),
                (
                    "arrivals=closed", "arrivals=poisson",
                    "invalid value '0' for rate_per_s: expected more than 0 with arrivals=poisson"
                ),
                (
                    "critical_section_shares=equal", "critical_section_shares=1:5",
                    "invalid value '1:5' for critical_section_shares: expected weights with a time in ns each, as in 1:200+3:20000"
                ),
                (
                    " burst=0", " burst=16",
                    "invalid value '16' for burst: expected 2…4096 with arrivals=burst, and nothing without"
                ),
                (" counters=4", "", "missing word counters in the request: expected counters=value"),
            ] {
                let failure = #expect(throws: Failure.self) { try RoundRequest(line.replacing(word, with: wrong)) }
                #expect(failure?.message == message)
            }
            // An older build does not send a new word.
            #expect(throws: Never.self) { try RoundRequest(line.replacing(" read_percent=0", with: "")) }
            #expect(throws: Never.self) { try RoundRequest(line.replacing(" critical_section_shares=equal", with: "")) }
        }

        @Test func `an answer of a build that ignores a parameter is noticed`() {
            func answer(_ load: Load, without column: String = "") -> Record {
                let fields = Parameter.all.filter { $0.column != column }.map { ($0.column, $0.value(load).text) }
                return Record(fields: Dictionary(uniqueKeysWithValues: fields))
            }
            for load in [Load(), Self.unusual] {
                #expect(answer(load).ignored(of: load) == nil)
                // An older build has no column; a parameter at its default is not missed.
                for parameter in Parameter.all where !parameter.isRequired {
                    let ignored = answer(load, without: parameter.column).ignored(of: load)
                    #expect(ignored?.column == parameter.unusualColumn(load))
                }
            }
        }

        @Test func `loads are listed by scenario, workers and rate, then by every other parameter`() {
            let changes: [(inout Load) -> Void] = [
                { $0.scenario = "z" }, { $0.workers = 10 }, { $0.rate = 5 }, { $0.criticalSection = 1000 },
                { $0.think = 1000 },
                { $0.counters = 9 }, { $0.readPercent = 9 }, { $0.touch = 128 }, { $0.busyLoops = 1 },
                { $0.sectionShares = SectionShares([.init(weight: 1, busy: 0), .init(weight: 1, busy: 1000)]) },
            ]
            var small = Load()
            (small.workers, small.criticalSection, small.think) = (9, 500, 500)
            for change in changes {
                var large = small
                change(&large)
                #expect(small.precedes(large) && !large.precedes(small) && !large.precedes(large))
            }
            // The rate decides before the think time.
            var (slow, fast) = (small, small)
            (slow.rate, slow.think, fast.rate) = (1, 1000, 2)
            #expect(slow.precedes(fast) && !fast.precedes(slow))
        }

        @Test func `a title names each parameter that is not at its default`() {
            #expect(Parameter.all.compactMap { $0.unusual(Load()) } == [])
            #expect(
                Parameter.all.compactMap { $0.unusual(Self.unusual) } == [
                    "critical sections 1:50ns,2:200ns", "think 1500ns", "7 counters", "50.0 k/s due, in bursts of 32",
                    "pinned compact",
                    "95% read-only", "touch 4KiB", "2 busy loops",
                ])
        }
    }
}

extension Parameter {
    /// The column, if the load has another value than the default.
    fileprivate func unusualColumn(_ load: Load) -> String? { value(load) == value(Load()) ? nil : column }
}
