import ArgumentParser
import ShmCoordinator
import ShmHarness
import Testing

@testable import ShmCompare
@testable import ShmRecord
@testable import shmbench

/// The table of metrics, and the names that it shares with the columns.
@Suite(.timeLimit(.minutes(10))) struct MetricTests {
    @Test func `names are unique, and comparisons, histories and sort orders share them`() throws {
        #expect(Set(Metric.all.map(\.name)).count == Metric.all.count)
        let names = ResultColumn.all.flatMap { [$0.name] + $0.short }
        #expect(Set(names).count == names.count)
        // It is computed from several columns.
        #expect(Metric.all.map(\.name).filter { ResultColumn.named($0) == nil } == ["cpu"])
        for key in SortKey.allCases where key != .name { #expect(ResultColumn.named(key.rawValue) != nil, "\(key)") }
        let known = ResultColumn.all.map(\.name)
        // Any short name of a column is a name of its metric and sort key.
        #expect(
            Metric.named("jain") == .fairness && Metric.named("handoff") == .handoff && Metric.named("speed") == nil)
        #expect(
            SortKey(named: "fairness") == .jain && SortKey(named: "hand-off") == .handoff && SortKey(named: "x") == nil)
        #expect(try HistoryColumn("fairness", known: known) == HistoryColumn("jain", known: known))
    }

    @Test func `the columns determine which direction is better`() {
        #expect(Metric.all.filter(\.isBetterWhenMore) == [.throughput, .fairness])
    }

    @Test func `a metric reads its column, and is nil if not measured`() {
        #expect(Metric.hold.value(record("futex", ["hold_p50_ns": "70"])) == 70)
        #expect(Metric.handoff.value(record("futex", workers: 2)) == 500 && Metric.handoff.value(record()) == nil)
        #expect(Metric.fairness.value(record("futex", workers: 2)) == 0.99 && Metric.fairness.value(record()) == nil)
        #expect(Metric.cpu.value(record()) == 20 && Metric.cpu.value(record("futex", ["acquisitions": "0"])) == nil)
        #expect(Metric.integrity.value(record("futex", ["integrity": "failed"])) == 0)
    }

    @Test func `the help states the default thresholds`() {
        #expect(
            Metric.usualThresholds
                == "throughput=3%,p50=5%,p99=10%,hold=5%,handoff=10%,fairness=5%,cpu=3%,heap=0%,instructions=0%,"
                + "recovery=25%")
    }

    @Test func `a round has only the windows that its metrics need`() {
        let timing = Timing(warmup: 1, throughput: 2, latency: 3, order: 4, stuckAfter: 5)
        func windows(_ metrics: [Metric], _ load: Load = load(workers: 2)) -> [Int] {
            let served = timing.serving(metrics, load)
            #expect(served.warmup == 1 && served.throughput == 2 && served.stuckAfter == 5)
            return [served.latency, served.order]
        }
        #expect(windows([.throughput, .fairness, .cpu, .heap, .recovery, .integrity]) == [0, 0])
        #expect(windows([.p99]) == [3, 0] && windows([.hold]) == [0, 4] && windows([.handoff]) == [3, 4])
        // One worker hands nothing off.
        #expect(windows([.handoff], load()) == [0, 0] && windows(Metric.all) == [3, 4])
        // An open loop shows in the latency window whether it was overloaded.
        var open = load(workers: 2)
        (open.spacing, open.rate) = (.poisson, 1000)
        #expect(windows([.throughput], open) == [3, 0])
    }

    @Test func `owners are killed only where that is judged`() throws {
        func kills(_ arguments: String...) throws -> Int { try JudgingOptions.parse(arguments).conditions.kills }
        #expect(try kills() == 4 && kills("--metrics", "throughput,cpu") == 0)
        #expect(try kills("--metrics", "recovery") == 4 && kills("--metrics", "cpu,integrity") == 4)
        #expect(try kills("--metrics", "cpu", "--kills", "5") == 5)
    }

    @Test func `a lock must exclude, and so must a lock that this program does not know`() {
        let failed = ["integrity": "failed"]
        #expect(!record("futex", failed).isAsPromised && !record("of-another-build", failed).isAsPromised)
        #expect(record("none", failed).isAsPromised && !record("none", ["integrity": "stuck"]).isAsPromised)
        #expect(record().isAsPromised && !record("futex", ["kill_failures": "1"]).isAsPromised)
    }
}
