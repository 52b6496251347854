import Foundation
import Glibc
import ShmCoordinator
import Testing

extension CommandLineSuite.Measuring {
    @Suite struct LifecycleTests {
        @Test func `each operation has its percentiles, in every format`() throws {
            let traces = Traces()
            let arguments = ["lifecycle", "--attachments", "1,20", "--samples", "50", "--lock", "robust-futex"]
            let table = try Invocation(arguments)
            let outcome = table.finish()
            #expect(outcome.exit == .code(0) && outcome.complaints == [])
            #expect(outcome.stdout.hasPrefix("A segment of 4096 bytes with a robust-futex lock\n"))
            #expect(outcome.stdout.split(separator: "\n").allSatisfy { $0.count <= 80 })

            let csv = try Table(try Invocation(arguments + ["--format", "csv"]).finish().stdout)
            let found = csv.rows.map { "\($0["operation"] ?? "") \($0["attachments"] ?? "")" }
            let expected = ["create 0", "destroy 0"]
            let each = ["1", "20"].flatMap { count in
                ["destroy", "attach", "numAttachments", "detach"].map { "\($0) \(count)" }
            }
            #expect(found == expected + each)
            for row in csv.rows {
                #expect(row["samples"] == "50")
                let times = ["p50_ns", "max_ns"].compactMap { row[$0].flatMap { Int($0) } }
                #expect(times.count == 2 && times == times.sorted() && times[0] > 100)
                // 50 samples support no higher percentile.
                #expect(["p90_ns", "p99_ns", "p999_ns"].allSatisfy { row[$0] == "" })
            }

            let json = try Invocation(arguments + ["--format", "json"]).finish().stdout
            let parsed = try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any]
            #expect((parsed?["rows"] as? [Any])?.count == 10)
            let markdown = try Invocation(arguments + ["--format", "markdown"]).finish().stdout
            #expect(markdown.contains("| numAttachments |"))
            #expect(traces.left() == [])
        }

        @Test func `more attachments make counting them slower, and nothing else by as much`() throws {
            let run = try Invocation(
                ["lifecycle", "--attachments", "1,200", "--samples", "30", "--format", "csv"])
            let rows = try Table(run.finish().stdout).rows
            func middle(_ operation: String, _ attachments: String) throws -> Double {
                let row = rows.first { $0["operation"] == operation && $0["attachments"] == attachments }
                return try #require(row?["p50_ns"].flatMap { Double($0) })
            }
            #expect(try middle("numAttachments", "200") > 5 * middle("numAttachments", "1"))
        }

        @Test func `more attachments than descriptors are an error that says so, and leaves nothing`() throws {
            let traces = Traces()
            let arguments = [
                "-c", "ulimit -n 60; exec \"$@\"", "sh", Invocation.programs + "/shmbench", "lifecycle",
                "--attachments",
                "100", "--samples", "2",
            ]
            let run = try Invocation(program: "/bin/sh", arguments)
            let outcome = run.finish()
            #expect(outcome.exit == .code(1))
            #expect(outcome.stdout == "")
            #expect(outcome.complaints.count == 1)
            #expect(outcome.stderr.contains("descriptors") && outcome.stderr.contains("shmbench doctor"))
            #expect(traces.left() == [])
        }

        @Test(arguments: [SIGINT, SIGTERM])
        func `interrupted, it shows what it has, and leaves nothing`(signal: Int32) throws {
            let traces = Traces()
            let run = try Invocation(["lifecycle", "--attachments", "2000", "--samples", "1000000"])
            usleep(300_000)
            run.send(signal)
            let outcome = run.finish()
            #expect(outcome.exit == .code(1))
            #expect(outcome.stdout.contains("create"))
            #expect(outcome.stderr.contains("interrupted; the results until then are shown"))
            #expect(traces.left() == [])
        }
    }
}
