import Foundation
import ShmCoordinator
import Testing

extension CommandLineSuite.Measuring {
    /// Open loops, searches for a rate, and distributions in files, from the command line.
    @Suite struct OpenLoopRunTests {
        @Test func `a rate that the lock carries has a response time beside the closed figure`() throws {
            var (outcome, row): (Invocation.Outcome?, [String: String]) = (nil, [:])
            // Where other programs keep both workers from their CPUs, the rate is not sustained.
            for _ in 0..<5 where row["overloaded"] != "no" {
                let run = try Invocation.run(
                    "futex", workers: "2", "--rate", "2k", "--arrivals", "uniform", "--duration", "300ms", "--output",
                    "x.csv")
                outcome = run.finish()
                row = try #require(try Table(run.folder.text("x.csv")).rows.first)
            }
            #expect(outcome?.exit == .code(0))
            #expect(outcome?.stdout.contains(" closed ") == true)
            #expect(row["arrivals"] == "uniform" && row["rate_per_s"] == "2000.0" && row["overloaded"] == "no")
            #expect(row["uncorrected_p50_ns"] != "" && row["acquire_p50_ns"] != "")
            // 200 arrivals have no p99.
            #expect(row["uncorrected_p99_ns"] == "" && row["acquire_p99_ns"] == "")
        }

        @Test func `a rate that it cannot carry is called overloaded, without a tail`() throws {
            let run = try Invocation.run(
                "futex", workers: "2", "--rate", "100k", "--critical-section", "1ms", "--duration", "100ms", "--output",
                "x.csv")
            let outcome = run.finish()
            #expect(outcome.exit == .code(0))
            #expect(outcome.stdout.contains("overloaded"))
            let row = try #require(try Table(run.folder.text("x.csv")).rows.first)
            #expect(row["overloaded"] == "yes")
        }

        @Test func `the highest rate below a bound lies between nothing and the closed loop`() throws {
            let traces = Traces()
            let run = try Invocation.run(
                "futex", workers: "1", "--find-capacity", "--bound", "20ms", "--critical-section", "20us", "--rounds",
                "1", "--duration", "1200ms", "--output", "x.csv")
            let outcome = run.finish(within: .seconds(50))
            #expect(outcome.exit == .code(0))
            #expect(outcome.stdout.hasPrefix("Highest rate with p99 below 20ms, arrivals poisson\n"))
            let line = try #require(outcome.stdout.split(separator: "\n").first { $0.hasPrefix("futex ") })
            // 20 µs a section: 50,000 a second at most.
            let fields = line.split(separator: " ")
            #expect(fields.count > 6)
            let rows = try Table(run.folder.text("x.csv")).rows
            let rates = rows.compactMap { $0["rate_per_s"].flatMap { Double($0) } }
            // On a loaded machine the search may end early.
            #expect(!rates.isEmpty && rates.allSatisfy { $0 > 0 && $0 < 55_000 }, "\(rates)")
            #expect(rows.contains { $0["arrivals"] == "closed" })
            #expect(traces.left() == [])
        }

        @Test func `a search does not conclude from too few arrivals`() throws {
            // 10,000 a second at most, and a latency window of 10 ms.
            let run = try Invocation.run(
                "futex", workers: "1", "--find-capacity", "--critical-section", "100us", "--rounds", "1", "--duration",
                "30ms", "--output", "x.csv")
            let outcome = run.finish()
            #expect(outcome.exit == .code(0), "\(outcome.stderr)")
            let words = outcome.stdout.split(whereSeparator: \.isWhitespace).joined(separator: " ")
            #expect(words.contains("futex 1 <109 k/s - - "), "\(words)")
            #expect(
                words.contains(
                    "No rate from 109 k/s on was found for futex × 1. A lower rate has too few arrivals in a latency window for p99, which needs 1000: use a longer --duration."
                ), "\(words)")
            let rows = try Table(run.folder.text("x.csv")).rows
            #expect(rows.count == 1 && rows[0]["arrivals"] == "closed")
        }

        @Test func `distributions come as files that HdrHistogram's tools read`() throws {
            let run = try Invocation.run("futex,tas", workers: "1", "--hgrm", "dist", "--output", "x.csv")
            #expect(run.finish().exit == .code(0))
            let names = Folder.names(run.folder.path("dist"))
            #expect(names == ["default-futex-1.hgrm", "default-tas-1.hgrm"])
            let text = run.folder.text("dist/default-futex-1.hgrm")
            #expect(text.contains("Value") && text.contains("Percentile") && text.contains("TotalCount"))
            #expect(text.contains("#[Mean"))
            let values = text.split(separator: "\n").compactMap { line in
                line.split(separator: " ").first.flatMap { Double($0) }
            }
            #expect(values.count > 5 && values == values.sorted())
        }

        @Test func `a disk that is full halfway keeps what was written, and names it`() throws {
            let folder = try Folder()
            let script = """
                mkdir small && mount -t tmpfs -o size=8k tmpfs small && cd small || exit 99
                "$@"; code=$?; cp x.csv ../kept.csv; exit $code
                """
            let run = try Invocation(
                program: "/usr/bin/unshare",
                [
                    "--mount", "/bin/sh", "-c", script, "sh", Invocation.programs + "/shmbench", "run", "--locks",
                    "futex",
                    "--workers", "1", "--rounds", "200", "--duration", "1ms", "--warmup", "0", "--output", "x.csv",
                ], in: folder)
            let outcome = run.finish()
            // Only who may mount can try it.
            if outcome.exit != .code(99) && !outcome.stderr.contains("unshare") {
                #expect(outcome.exit == .code(1))
                #expect(outcome.stderr.contains("cannot write the results to x.csv: No space left on device"))
                #expect(outcome.stderr.contains("what was written before is kept"))
                #expect(outcome.stdout.contains("futex "))
                let kept = folder.text("kept.csv").split(separator: "\n")
                #expect(kept.count > 3 && kept.first?.hasPrefix("schema,") == true)
            }
        }
    }
}
