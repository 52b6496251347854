import Foundation
import ShmCoordinator
import Testing

extension CommandLineSuite.Measuring {
    /// Workloads beside the usual closed loop, from the command line.
    @Suite struct WorkloadRunTests {
        @Test func `unequal sections, touched memory and busy loops are in tables, CSV and JSON`() throws {
            let run = try Invocation.run(
                "futex", workers: "2", "--critical-section", "1:200ns,1:20us", "--touch", "4KiB", "--busy-loops", "1",
                "--duration", "50ms", "--output", "x.csv", "--output", "x.json")
            let outcome = run.finish()
            #expect(outcome.exit == .code(0), "\(outcome.stderr)")
            #expect(
                outcome.stdout.hasPrefix("2 workers, critical sections 1:200ns,1:20µs, touch 4KiB, 1 busy loop\n"),
                "\(outcome.stdout)")
            #expect(outcome.stderr.contains("up to 2 workers and 1 busy loop share") || Machine.current.cpus > 2)
            let row = try #require(try Table(run.folder.text("x.csv")).rows.first)
            #expect(row["critical_section_ns"] == "10100" && row["critical_section_shares"] == "1:200+1:20000")
            #expect(row["touch_bytes"] == "4096" && row["busy_loops"] == "1" && row["class_workers"] == "1 1")
            #expect(row["class_hold_shares"]?.split(separator: " ").count == 2 && row["lock_opportunity_jain"] != "")
            try expectValid(run.folder.text("x.json"), "run")
        }

        @Test func `bursts are in the title and the results`() throws {
            let run = try Invocation.run(
                "futex", workers: "2", "--rate", "5k", "--arrivals", "burst", "--burst", "8", "--duration", "100ms",
                "--output", "x.csv")
            let outcome = run.finish()
            #expect(outcome.exit == .code(0), "\(outcome.stderr)")
            #expect(outcome.stdout.hasPrefix("2 workers, 5.00 k/s due in all, in bursts of 8\n"), "\(outcome.stdout)")
            let row = try #require(try Table(run.folder.text("x.csv")).rows.first)
            #expect(row["arrivals"] == "burst" && row["burst"] == "8" && row["rate_per_s"] == "5000.0")
        }
    }
}
