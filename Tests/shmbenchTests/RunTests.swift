import Foundation
import ShmCoordinator
import ShmCore
import ShmHarness
import Testing

extension CommandLineSuite.Measuring {
    @Suite struct RunTests {
        @Test func `a run prints a table to stdout, its progress to stderr, and writes a CSV`() throws {
            let traces = Traces()
            let run = try Invocation.run("all", workers: "1,2", "--rounds", "2")
            let outcome = run.finish()
            #expect(outcome.exit == .code(0))
            for kind in LockKind.all { #expect(outcome.stdout.contains("\n\(kind.name) "), "\(kind)") }
            #expect(outcome.stdout.contains("1 worker") && outcome.stdout.contains("\n2 workers"))
            #expect(!outcome.stdout.contains("% done"))
            #expect(outcome.stderr.hasPrefix("0% done: "), "the first line, before what takes time")
            #expect(outcome.complaints == [])
            #expect(outcome.stdout.split(separator: "\n").allSatisfy { $0.count <= 80 })
            #expect(run.folder.names == ["results"])
            let file = try #require(Folder.names(run.folder.path("results")).first)
            #expect(outcome.stdout.contains("results/\(file)"))
            let table = try Table(run.folder.text("results/\(file)"))
            #expect(table.rows.count == LockKind.all.count * 2 * 2)
            #expect(traces.left() == [])
        }

        @Test func `the CSV has the contract's columns and a row for each round and cell`() throws {
            let run = try Invocation.run(
                "futex,flock", workers: "1,3", "--rounds", "2", "--critical-section", "1us", "--think", "500ns",
                "--counters", "7", "--pin", "spread", "--duration", "100ms", "--output", "x.csv")
            #expect(run.finish().exit == .code(0))
            let table = try Table(run.folder.text("x.csv"))
            #expect(table.columns == contractedColumns)
            let expected = ["futex", "flock"].flatMap { lock in
                ["1", "3"].flatMap { workers in ["1", "2"].map { [lock, workers, $0] } }
            }
            #expect(Set(table.cells) == Set(expected) && table.rows.count == expected.count)
            for row in table.rows {
                for name in closedLoopEmptyColumns { #expect(row[name] == "", "\(name)") }
                // On a busy machine, the order window may be too short for a window of its own.
                let mayBeEmpty =
                    closedLoopEmptyColumns + machineColumns + contendedColumns + [
                        "fairness_order_jain", "hold_p99_ns", "acquire_p999_ns", "acquire_p9999_ns",
                    ]
                for name in contractedColumns where !mayBeEmpty.contains(name) { #expect(row[name] != "", "\(name)") }
                for name in contendedColumns where row["workers"] == "1" { #expect(row[name] == "", "\(name)") }
                let asked = [
                    "schema": "1", "critical_section_ns": "1000", "think_ns": "500", "counters": "7",
                    "pinning": "spread", "integrity": "ok", "lost_updates": "0", "overlaps": "0",
                    "heap_bytes_per_op": "0.000", "cpus": "\(Machine.current.cpus)",
                    "requested_duration_s": "0.100000", "requested_warmup_s": "0.001000", "requested_rounds": "2",
                ]
                for (name, value) in asked { #expect(row[name] == value, "\(name)") }
            }
            #expect(Set(table.rows.map { $0["run_id"] }).count == 1)
            #expect(run.folder.names == ["x.csv"])
        }

        @Test func `what a row says hangs together`() throws {
            let run = try Invocation.run("futex", workers: "2", "--output", "x.csv", "--duration", "150ms")
            #expect(run.finish().exit == .code(0))
            let row = try #require(try Table(run.folder.text("x.csv")).rows.first)
            func figure(_ name: String) throws -> Double { try #require(row[name].flatMap { Double($0) }) }
            let acquisitions = try figure("acquisitions")
            let throughput = try figure("throughput_per_s")
            let duration = try figure("duration_s")
            #expect(duration >= 0.15)
            #expect(abs(throughput * duration / acquisitions - 1) < 0.001)
            let percentiles = try ["p50", "p90", "p99", "p999", "max"].map { try figure("acquire_\($0)_ns") }
            #expect(percentiles == percentiles.sorted())
            #expect((0.5...1).contains(try figure("fairness_jain")))
            #expect((0...1).contains(try figure("fairness_min_max")))
            // Two shares of which the smaller is r times the larger have the index (1 + r)² / 2(1 + r²).
            let ratio = try figure("fairness_min_max")
            let jain = (1 + ratio) * (1 + ratio) / (2 * (1 + ratio * ratio))
            #expect(abs(try figure("fairness_jain") - jain) < 0.001)
        }

        @Test func `the same seed gives the same order, another one another`() throws {
            func order(_ seed: String) throws -> [[String?]] {
                let run = try Invocation.run(
                    "all", workers: "1", "--seed", seed, "--rounds", "2", "--duration", "1ms", "--output", "x.csv")
                #expect(run.finish().exit == .code(0))
                return try Table(run.folder.text("x.csv")).cells
            }
            let first = try order("42")
            #expect(first.count == 2 * LockKind.all.count)
            #expect(try order("42") == first)
            #expect(try order("43") != first)
        }

        @Test func `CSV on stdout is the file's, and nothing else is there`() throws {
            let run = try Invocation.run("none,futex", workers: "1", "--format", "csv", "--output", "x.csv")
            let outcome = run.finish()
            #expect(outcome.exit == .code(0))
            #expect(outcome.stdout == run.folder.text("x.csv"))
            #expect(try Table(outcome.stdout).rows.count == 2)
        }

        @Test func `JSON on stdout is the file's, with the CSV's names`() throws {
            let run = try Invocation.run(
                "none,futex", workers: "1", "--duration", "100ms", "--format", "json", "--output", "x.json")
            let outcome = run.finish()
            #expect(outcome.exit == .code(0))
            #expect(outcome.stdout == run.folder.text("x.json"))
            let parsed = try JSONSerialization.jsonObject(with: Data(outcome.stdout.utf8))
            let document = try #require(parsed as? [String: Any])
            #expect(document["schema"] as? Int == 1)
            let rows = try #require(document["rows"] as? [[String: Any]])
            #expect(rows.count == 2)
            for row in rows {
                #expect(Set(row.keys) == Set(contractedColumns))
                for name in closedLoopEmptyColumns { #expect(row[name] is NSNull, "\(name)") }
                #expect((row["acquisitions"] as? Int).map { $0 > 0 } == true)
            }
        }

        @Test func `older results are replaced`() throws {
            let folder = try Folder()
            try ("schema,run_id,started_at,lock\n" + String(repeating: "1,old,,\n", count: 10_000)).write(
                toFile: folder.path("x.csv"), atomically: false, encoding: .utf8)
            let run = try Invocation.run("futex", workers: "1", "--output", "x.csv", in: folder)
            #expect(run.finish().exit == .code(0))
            #expect(try Table(folder.text("x.csv")).rows.count == 1)
        }

        @Test func `no lock with two workers is reported as failed, which is no failure of the run`() throws {
            let run = try Invocation.run(
                "none", workers: "2", "--duration", "300ms", "--critical-section", "2us", "--output", "x.csv")
            let outcome = run.finish()
            #expect(outcome.exit == .code(0))
            #expect(outcome.stdout.contains("fail*"))
            #expect(outcome.stdout.contains("as expected"))
            let row = try #require(try Table(run.folder.text("x.csv")).rows.first)
            #expect(row["integrity"] == "failed")
            #expect(row["lost_updates"] != "0" || row["overlaps"] != "0")
        }

        @Test func `without numbers of workers there are 1, 2 and four times the CPUs`() throws {
            let run = try Invocation(
                ["run", "--locks", "futex", "--duration", "5ms", "--warmup", "0", "--rounds", "1", "--output", "x.csv"])
            #expect(run.finish().exit == .code(0))
            let workers = try Table(run.folder.text("x.csv")).rows.compactMap { $0["workers"].flatMap { Int($0) } }
            #expect(Set(workers) == Set([1, 2, 4 * Machine.current.cpus]))
        }

        @Test func `the worker that is named is used, once for each process and once to ask its version`() throws {
            let worker = try Script.logging()
            let run = try Invocation.run("futex", workers: "3", "--worker", worker.path)
            #expect(run.finish().exit == .code(0))
            #expect(worker.log.sorted() == ["--version", "contend", "contend", "contend", "janitor"])
        }

        @Test func `what a dead coordinator left is removed`() throws {
            // A run is over when its lease is not held.
            let left = SharedMemory(key: RoundKeys(run: .random(), round: 0).test)
            try left.create(size: 64)
            let goesOn = RunID.random()
            let lease = try RunLease(goesOn)
            let own = SharedMemory(key: RoundKeys(run: goesOn, round: 0).test)
            try own.create(size: 64)
            defer { try? own.destroy(mode: .forceNoWait) }
            #expect(try Invocation.run("futex", workers: "1").finish().exit == .code(0))
            #expect(!left.exists)
            #expect(own.exists, "its coordinator is alive")
            withExtendedLifetime(lease) {}
        }
    }
}
