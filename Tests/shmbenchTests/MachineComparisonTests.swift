import Foundation
import ShmCoordinator
import Testing

@testable import ShmCompare
@testable import ShmRecord
@testable import ShmRender

/// What differs between machines: ratios to a reference, the best lock on each, and the lock that is never far from it.
@Suite(.timeLimit(.minutes(10))) struct MachineComparisonTests {
    private func rounds(_ host: String, _ rates: KeyValuePairs<String, Double>, count: Int = 9) -> [Record] {
        rates.flatMap { FleetRounds.rounds(host, $0, rate: $1, count: count) }
    }

    private func comparison(_ records: [Record], reference: String = "futex") -> MachineComparison {
        MachineComparison(FleetRounds.machines(records), reference: reference)
    }

    private func verdict(_ comparison: MachineComparison) -> [String] {
        MachineVerdict(comparison: comparison, titles: LoadTitles(comparison.loads.map(\.load))).sentences
    }

    /// Shares of the best: futex 1 and 4/9, mcs 0.8 and 1, robust-futex 0.5 and 2/3.
    private var two: [Record] {
        rounds("n1", ["futex": 100, "mcs": 80, "robust-futex": 50])
            + rounds("n2", ["futex": 40, "mcs": 90, "robust-futex": 60])
    }

    @Test func `ratios are to the reference on the same machine, with intervals`() throws {
        let load = try #require(comparison(two).loads.first)
        let map = try #require(load.maps.first)
        #expect(map.metric == .throughput && load.maps.map(\.metric) == [.throughput, .p99])
        for (lock, ratios) in [("mcs", [0.8, 2.25]), ("robust-futex", [0.5, 1.5]), ("futex", [1, 1])] {
            for (found, expected) in zip(map.ratios(lock).map(\.ratio), ratios) {
                #expect(abs(found.value - expected) < 1e-9, "\(lock)")
                if lock == "futex" {
                    #expect(found.interval == nil, "it is the reference")
                    continue
                }
                let interval = try #require(found.interval)
                #expect(abs(interval.low - expected) < 1e-9 && abs(interval.high - expected) < 1e-9)
            }
        }
        // p99 is inversely proportional to the rate: the ratio of 1250 to 1000 units.
        let tails = load.maps[1].ratios("mcs").map(\.ratio.value)
        #expect(abs(tails[0] - 1.25) < 1e-6 && abs(tails[1] - 4.0 / 9) < 1e-6)
    }

    /// Differences of 3 and 3 rounds: the interval at 95 % does not exist; of 4 and 4 it is their range.
    @Test func `an interval is that of independent rounds`() throws {
        func found(_ count: Int) throws -> MachineRatio {
            let records = ["futex", "mcs"].flatMap { lock in
                (1...count).flatMap { round in
                    FleetRounds.rounds(
                        "n1", lock, rate: lock == "mcs" ? 200 : 100 * pow(2, Double(round)), count: 1,
                        ["round": "\(round)"])
                }
            }
            return try #require(comparison(records).loads.first?.maps.first?.ratios("mcs").first).ratio
        }
        let three = try found(3)
        #expect(three.interval == nil && abs(three.value - 0.5) < 1e-9)
        // Ratios of 1, 1/2, 1/4 and 1/8, each four times.
        let four = try found(4)
        let interval = try #require(four.interval)
        #expect(abs(four.value - 0.125.squareRoot()) < 1e-9)
        #expect(abs(interval.low - 0.125) < 1e-9 && abs(interval.high - 1) < 1e-9)
    }

    @Test func `the safest lock has the greatest least share, also among those that survive`() throws {
        let comparison = comparison(two)
        let lines = try #require(comparison.loads.first).lines
        let (any, survivor) = MachineComparison.safest(lines)
        #expect(any?.lock == "mcs" && abs((any?.least?.share ?? 0) - 0.8) < 1e-9)
        #expect(survivor?.lock == "robust-futex" && abs((survivor?.least?.share ?? 0) - 0.5) < 1e-9)
        #expect(any?.least?.point.place == [0] && survivor?.least?.point.place == [0])
        let futex = try #require(lines.first { $0.lock == "futex" })
        #expect(abs((futex.least?.share ?? 0) - 4.0 / 9) < 1e-9 && futex.least?.point.place == [1])
        #expect(
            verdict(comparison) == [
                "2 workers: mcs is best on n2; futex is best on n1.",
                "2 workers, on every machine: mcs has at least 80% of the best lock's throughput (least on n1: 80–80%); of the locks that survive their owner's death, robust-futex† has at least 50% (least on n1: 50–50%).",
            ])
    }

    @Test func `a lock that a machine lacks is not the safest, and is named`() throws {
        let records = two + rounds("n3", ["futex": 10, "robust-futex": 5])
        let comparison = comparison(records)
        let (any, _) = MachineComparison.safest(comparison.loads[0].lines)
        #expect(any?.lock == "robust-futex")
        #expect(verdict(comparison).last == "Not measured: mcs × 2 on n3.")
    }

    @Test func `locks that the rounds do not separate tie`() {
        let records = ["n1", "n2"].flatMap { host in
            ["futex", "robust-futex"].flatMap { FleetRounds.rounds(host, $0, rate: 100, varying: 0.01) }
        }
        #expect(verdict(comparison(records))[0] == "2 workers: no clear winner on all 2 machines.")
    }

    @Test func `a machine without the reference has no ratios there, and is named`() throws {
        let records = two + rounds("n3", ["mcs": 10, "robust-futex": 5])
        let comparison = comparison(records)
        let cell = try #require(comparison.loads[0].maps[0].cells["mcs"]?[2])
        #expect(MachineWords.cell(cell, reference: "futex") == "no futex")
        #expect(verdict(comparison).contains("No ratios to futex, which has no figure there: n3, 2 workers."))
        // A share of the best needs no reference.
        #expect(comparison.loads[0].points[2]?.first?.lock == "mcs")
    }

    @Test func `a broken reference gives no ratios, and a broken lock no ratio`() throws {
        let broken = FleetRounds.rounds("n1", "futex", rate: 100, ["integrity": "failed", "lost_updates": "1"])
        let records = broken + rounds("n1", ["mcs": 50]) + rounds("n2", ["futex": 100, "mcs": 50])
        let cells = comparison(records).loads[0].maps[0].cells
        #expect(cells["mcs"]?.map { MachineWords.cell($0, reference: "futex") } == ["no futex", "0.50"])
        #expect(cells["futex"]?.map { MachineWords.cell($0, reference: "futex") } == ["BROKEN", "1.00"])
    }

    @Test func `no machine has the reference`() {
        let comparison = comparison(two, reference: "flock")
        #expect(!comparison.hasReference)
        #expect(
            verdict(comparison).contains(
                "No ratios: flock was not measured on any machine; name another lock with `--reference`."))
    }

    @Test func `over all loads, a lock needs a figure under each`() throws {
        let records =
            two
            + ["n1", "n2"].flatMap { host in
                FleetRounds.rounds(host, "futex", workers: 1, rate: 100)
                    + FleetRounds.rounds(host, "robust-futex", workers: 1, rate: 90)
                    + FleetRounds.rounds(host, "mcs", workers: 1, rate: 10)
            }
        let comparison = comparison(records)
        let (any, _) = MachineComparison.safest(comparison.overall)
        #expect(any?.lock == "robust-futex" && abs((any?.least?.share ?? 0) - 0.5) < 1e-9)
        #expect(
            verdict(comparison).last
                == "Over all loads, on every machine: robust-futex† has at least 50% of the best lock's throughput (least on n1, 2 workers: 50–50%)."
        )
    }

    @Test func `machines of one name are told apart`() {
        func names(_ figures: [[String: String]], axis: MachineAxis? = nil) -> [String] {
            FleetRounds.machines(
                figures.flatMap { FleetRounds.rounds("n1", "futex", rate: 1, count: 1, $0) }, axis: axis
            ).map(\.name)
        }
        #expect(names([[:], ["hostname": "n2"]]) == ["n1", "n2"])
        #expect(names([[:], ["cpus": "8"]]) == ["n1 (EPYC, 4 CPUs)", "n1 (EPYC, 8 CPUs)"])
        #expect(names([[:], ["kernel": "6.18"]], axis: .kernel) == ["n1, 6.1", "n1, 6.18"])
        // Characters that are not shown.
        #expect(names([["hostname": "\u{1b}[1m"], ["hostname": "\u{7f}[1m"]]).map(\.count) == [19, 22])
    }

    @Test func `versions, columns and clocks that differ are warnings`() {
        let machines = FleetRounds.machines(two + FleetRounds.rounds("n3", "futex", rate: 1, ["tool_version": "0.2.0"]))
        let files = [("a.csv", contractedColumns), ("b.csv", Array(contractedColumns.dropLast(3)))].map {
            (path: $0.0, columns: $0.1)
        }
        let tasks = [
            MachineTask("n1", .complete, clockOffset: 0.3), MachineTask("n2", .complete, clockOffset: -7200),
            MachineTask("n3", .complete, note: "it came back with another kernel"),
        ]
        let found = MachineWarnings.all(machines, files: files, tasks: tasks)
        #expect(found.map(\.code) == [.severalVersions, .severalSchemas, .clockOffset, .taskNote])
        #expect(found[0].text.contains("0.1.0 on n1, n2; 0.2.0 on n3"))
        #expect(found[1].text.contains("b.csv has fewer columns than a.csv"))
        #expect(found[1].text.contains("b.csv lacks 3 columns, such as \(contractedColumns.suffix(3).first ?? "")"))
        #expect(found[2].text.contains("n2 at least 7200 s behind") && !found[2].text.contains("n1"))
        #expect(MachineWarnings.all(machines, axis: .toolVersion).isEmpty)
    }
}
