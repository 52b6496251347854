import Foundation
import GRDB
import ShmCompare
import ShmCoordinator
import ShmHistory
import TestSupport
import Testing

extension CommandLineSuite.Measuring {
    /// Appending runs to a history, and showing it.
    @Suite struct HistoryTests {
        /// The rows of a query, as text.
        private func query(_ path: String, _ sql: String) throws -> [[String]] {
            let queue = try DatabaseQueue(path: path)
            defer { try? queue.close() }
            return try queue.read { database in
                try GRDB.Row.fetchAll(database, sql: sql).map { row in
                    row.databaseValues.map { String.fromDatabaseValue($0) ?? ($0.isNull ? "" : "\($0)") }
                }
            }
        }

        private func show(_ folder: Folder, _ more: String...) throws -> Invocation.Outcome {
            try Invocation(["history", "h.db"] + more, in: folder).finish()
        }

        @Test func `a run appends its rows with the columns of the results`() throws {
            let run = try Invocation.run(
                "futex,flock", workers: "1,2", "--rounds", "2", "--output", "x.csv", "--history", "h.db", "--commit",
                "a'b c")
            let outcome = run.finish()
            #expect(outcome.exit == .code(0) && outcome.complaints == [])
            #expect(
                outcome.stdout.split(whereSeparator: \.isWhitespace).joined(separator: " ").contains("history in h.db"))
            #expect(run.folder.names == ["h.db", "x.csv"])
            let path = run.folder.path("h.db")
            let names = try query(path, "SELECT name FROM pragma_table_info('rounds') ORDER BY cid").map { $0[0] }
            #expect(names == contractedColumns)
            let table = try Table(run.folder.text("x.csv"))
            let kept = try query(path, "SELECT run_id, lock, workers, round, acquisitions FROM rounds ORDER BY rowid")
            #expect(
                kept
                    == table.rows.map { row in
                        ["run_id", "lock", "workers", "round", "acquisitions"].map { row[$0] ?? "" }
                    })
            let rates = try query(path, "SELECT throughput_per_s FROM rounds ORDER BY rowid").map { Double($0[0]) }
            #expect(rates == table.rows.map { $0["throughput_per_s"].flatMap { Double($0) } })
            let facts = try #require(
                try query(path, "SELECT commit_id, command, hostname, cpus, tool_version FROM runs").first)
            #expect(facts[0] == "a'b c")
            #expect(
                facts[1].hasPrefix("run --locks futex,flock --workers 1,2 ")
                    && facts[1].hasSuffix(#"--commit 'a'\''b c'"#))
            #expect(
                facts.suffix(3) == [Machine.current.hostname, "\(Machine.current.cpus)", table.rows[0]["tool_version"]])
            #expect(try query(path, "SELECT count(*) FROM rounds WHERE rate_per_s IS NOT NULL") == [["0"]])
        }

        @Test(arguments: [([], "sha"), (["--commit", "mine"], "mine")])
        func `the commit comes from the command line, or from the CI service`(more: [String], kept: String) throws {
            let arguments = ["run", "--locks", "futex", "--workers", "1", "--rounds", "1", "--duration", "1ms"]
            let run = try Invocation(
                program: "/usr/bin/env",
                ["GITHUB_SHA=sha", Invocation.programs + "/shmbench"] + arguments + ["--history", "h.db"] + more)
            #expect(run.finish().exit == .code(0))
            #expect(try query(run.folder.path("h.db"), "SELECT commit_id FROM runs") == [[kept]])
        }

        @Test func `a capacity search appends all rates that it measured`() throws {
            let run = try Invocation.run(
                "futex", workers: "1", "--find-capacity", "--output", "x.csv", "--history", "h.db")
            #expect(run.finish().exit == .code(0))
            let rows = try Table(run.folder.text("x.csv")).rows
            #expect(rows.count > 2)
            #expect(try query(run.folder.path("h.db"), "SELECT count(*) FROM rounds") == [["\(rows.count)"]])
            #expect(try Table(try show(run.folder, "--format", "csv").stdout).rows.first?["cells"] == "\(rows.count)")
        }

        @Test func `eight runs that append at once lose nothing`() throws {
            let folder = try Folder()
            let runs = try (1...8).map { number in
                try Invocation.run(
                    "futex,tas", workers: "1", "--rounds", "3", "--duration", "2ms", "--output", "\(number).csv",
                    "--history", "h.db", in: folder)
            }
            for run in runs {
                let outcome = run.finish()
                #expect(outcome.exit == .code(0) && outcome.complaints == [], "\(outcome.stderr)")
            }
            let path = folder.path("h.db")
            let counts = try query(path, "SELECT run_id, count(*) FROM rounds GROUP BY run_id ORDER BY run_id")
            let ids = try (1...8).flatMap {
                try Table(folder.text("\($0).csv")).rows.prefix(1).compactMap { $0["run_id"] }
            }
            #expect(counts == ids.sorted().map { [$0, "6"] })
            #expect(try query(path, "SELECT count(*) FROM runs") == [["8"]])
            #expect(try query(path, "PRAGMA integrity_check") == [["ok"]])
            #expect(folder.names == (1...8).map { "\($0).csv" } + ["h.db"])
        }

        @Test func `an interrupted run appends the rounds that it measured`() throws {
            let run = try Invocation.run(
                "futex", workers: "2", "--rounds", "10000", "--duration", "20ms", "--output", "x.csv", "--history",
                "h.db")
            try #require(eventually { run.folder.text("x.csv").count { $0 == "\n" } > 3 })
            #expect(try query(run.folder.path("h.db"), "SELECT count(*) FROM runs") == [["0"]])
            run.send(SIGINT)
            let outcome = run.finish(within: .seconds(20))
            #expect(outcome.exit == .code(1))
            let rows = try Table(run.folder.text("x.csv")).rows.count
            #expect(rows >= 3)
            #expect(try query(run.folder.path("h.db"), "SELECT count(*) FROM rounds") == [["\(rows)"]])
        }

        @Test func `a run waits for a history that another program has locked`() throws {
            let folder = try Folder()
            #expect(
                try Invocation.run("futex", workers: "1", "--history", "h.db", in: folder).finish().exit == .code(0))
            var configuration = Configuration()
            configuration.allowsUnsafeTransactions = true
            let other = try DatabaseQueue(path: folder.path("h.db"), configuration: configuration)
            try other.inDatabase { try $0.execute(sql: "BEGIN EXCLUSIVE") }
            let run = try Invocation.run("futex", workers: "1", "--history", "h.db", in: folder)
            usleep(1_500_000)
            #expect(run.isRunning)
            try other.inDatabase { try $0.execute(sql: "COMMIT") }
            #expect(run.finish().exit == .code(0))
            #expect(try query(folder.path("h.db"), "SELECT count(*) FROM runs") == [["2"]])
        }

        @Test func `an unusable history is rejected before the run`() throws {
            let folder = try Folder()
            try FileManager.default.createDirectory(atPath: folder.path("folder"), withIntermediateDirectories: false)
            try "no database, by any means\n".write(
                toFile: folder.path("text.db"), atomically: false, encoding: .utf8)
            try "".write(toFile: folder.path("empty.db"), atomically: false, encoding: .utf8)
            try DatabaseQueue(path: folder.path("foreign.db")).write { try $0.execute(sql: "CREATE TABLE t (x)") }
            try plant([("a", 1)], folder.path("newer.db"))
            try DatabaseQueue(path: folder.path("newer.db")).write { try $0.execute(sql: "PRAGMA user_version = 99") }
            try plant((1...40).map { ("r\($0)", 1) }, folder.path("cut.db"))
            let whole = try Data(contentsOf: URL(fileURLWithPath: folder.path("cut.db")))
            try whole.prefix(whole.count / 2).write(to: URL(fileURLWithPath: folder.path("cut.db")))
            let before = folder.names
            let worker = try Script.logging()
            for (name, words) in [
                ("folder", "folder is a folder"), ("text.db", "text.db is not a SQLite file"),
                ("empty.db", "empty.db is an empty file"), ("foreign.db", "not a history of shmbench"),
                ("newer.db", "written by a newer shmbench"), ("cut.db", "cut.db is damaged"),
                ("nowhere/h.db", " does not exist; name "), ("", "its path is empty"),
            ] {
                let run = try Invocation(["run", "--worker", worker.path, "--history", name], in: folder)
                let shown = try Invocation(["history", name], in: folder).finish()
                // A file that cannot be created is a failure of the run; all others are named by mistake.
                for (outcome, code) in [(run.finish(), name.hasPrefix("nowhere") ? 1 : 64), (shown, 64)] {
                    #expect(outcome.exit == .code(Int32(code)), "\(name)")
                    #expect(outcome.stdout == "", "\(name)")
                    #expect(
                        outcome.stderr.hasPrefix("shmbench: ") && outcome.stderr.contains(words), "\(outcome.stderr)")
                    #expect(outcome.stderr.count { $0 == "\n" } == 1, "one line: \(outcome.stderr)")
                }
            }
            #expect(!worker.log.contains("contend") && !worker.log.contains("janitor"))
            #expect(folder.names == before)
        }

        @Test func `invalid options of a history are refused`() throws {
            let folder = try Folder()
            try plant([("a", 1), ("b", 2)], folder.path("h.db"))
            try FileManager.default.copyItem(atPath: folder.path("h.db"), toPath: folder.path("h.csv"))
            let refusals: [([String], Int32, String)] = [
                (["run", "--commit", "x"], 64, "--commit needs --history: add"),
                (["history"], 64, "shmbench history --help"),
                (["history", "h.db", "--metric", "throughputt"], 64, "did you mean `throughput`?"),
                (["history", "h.db", "--metric", "zzzzzzzzzzzzzzzz"], 64, "for --metrics: expected throughput"),
                (["history", "h.db", "--metric", "cpu_model"], 64, "cpu_model is a text"),
                (["history", "h.db", "--metric", "heap"], 1, "no round in h.db has heap_bytes_per_op"),
                (["history", "h.db", "--lock", "futx"], 64, "did you mean `futex`?"),
                (
                    ["history", "h.db", "--workers", "7"], 64,
                    "invalid value '7' for --workers: expected one of those in h.db: 2"
                ),
                (
                    ["history", "h.db", "--scenario", "zzzzzzzzz"], 64,
                    "for --scenario: expected one of those in h.db: default"
                ),
                (["history", "h.db", "--export", "x.txt"], 64, "for --export: expected a file name that ends in .csv"),
                (["history", "h.db", "--export", "nowhere/x.csv"], 1, "nowhere/x.csv: its folder does not exist"),
                (
                    ["history", "h.db", "--export", "x.csv", "--format", "csv"], 64,
                    "--export and --format exclude each other: leave out --format"
                ),
                (["history", "h.db", "--limit", "0"], 64, "invalid value '0' for --limit: expected 1 or more"),
                (["history", "h.db", "--metric", ","], 64, "invalid value ',' for --metrics: expected"),
                (
                    ["history", "h.csv", "--export", "h.csv"], 64,
                    "for --export: expected a file other than the history"
                ),
            ]
            for (arguments, code, words) in refusals {
                let outcome = try Invocation(arguments, in: folder).finish()
                #expect(outcome.exit == .code(code), "\(arguments)")
                #expect(outcome.stdout == "" && outcome.stderr.contains(words), "\(arguments): \(outcome.stderr)")
                #expect(outcome.stderr.count { $0 == "\n" } == 1, "one line: \(outcome.stderr)")
            }
            #expect(folder.names == ["h.csv", "h.db"])
        }

        // MARK: Planted histories

        /// Runs of futex with 2 workers; the rate is the median of three rounds, in acquisitions per second.
        private func plant(_ runs: [(id: String, rate: Double)], _ path: String, host: String = "here") throws {
            let history = try History(path: path, .results, creating: true)
            let columns = [
                "schema", "run_id", "started_at", "tool_version", "hostname", "kernel", "cpu_model", "cpus", "scenario",
                "lock", "workers", "round", "critical_section_ns", "think_ns", "counters", "arrivals", "rate_per_s",
                "pinning", "read_percent", "throughput_per_s", "acquire_p50_ns", "heap_bytes_per_op",
            ]
            for (index, run) in runs.enumerated() {
                let minute = index < 10 ? "0\(index)" : "\(index)"
                let rows = [0.5, 1, 3].enumerated().map { round, factor -> [HistoryValue] in
                    [
                        .integer(1), .text(run.id), .text("2026-01-02T03:\(minute):00Z"), .text("0.1.0"), .text(host),
                        .text("6.1"), .text("A CPU"), .integer(2), .text("default"), .text("futex"), .integer(2),
                        .integer(Int64(round + 1)), .integer(0), .integer(0), .integer(4), .text("closed"), .null,
                        .text("spread"), .null, .real(run.rate * factor), index == 0 ? .null : .integer(100), .null,
                    ]
                }
                try history.append(command: "run --rounds 3", commit: "c\(index)", columns: columns, rows: rows)
            }
        }

        /// 20 runs at 50 M/s, and 20 at 40.
        private func plantChange(_ path: String) throws {
            let noise = [0.998, 1, 1.002, 0.999, 1.001]
            let rates: [Double] = (0..<40).map { ($0 < 20 ? 50e6 : 40e6) * noise[$0 % 5] }
            try plant(rates.enumerated().map { ("20260102T030000Z-x\($0)", $1) }, path)
        }

        @Test func `a planted change is reported at its run`() throws {
            let folder = try Folder()
            try plantChange(folder.path("h.db"))
            let outcome = try show(folder, "--metrics", "throughput", "--locks", "futex", "--workers", "2")
            #expect(outcome.exit == .code(0) && outcome.stderr == "")
            let lines = outcome.stdout.split(separator: "\n")
            #expect(lines.allSatisfy { $0.count <= 80 }, "\(outcome.stdout)")
            let runs = lines.filter { $0.hasPrefix("2026-01-02 03:") }
            #expect(runs.count == 40)
            #expect(runs.allSatisfy { $0.contains("●") && $0.contains(" M/s") && $0.contains(" 0.1.0 ") })
            #expect(runs.filter { $0.hasSuffix("◆") }.map { $0.prefix(20) } == ["2026-01-02 03:20 x20"])
            #expect(runs[20].contains("-20.2%") && runs[20].contains(" c20 "))
            let words = lines.filter { $0.hasPrefix("◆") }
            #expect(words.count == 1)
            let text = lines.drop { !$0.hasPrefix("◆") }.joined().split(separator: " ").joined(separator: " ")
            #expect(
                text.contains(
                    "from 2026-01-02 03:20, run x20, commit c20: 50.0 M/s → 40.0 M/s (-20.0%, worse), p < 0.0001"))
        }

        @Test func `machines are compared only with --any-host`() throws {
            let folder = try Folder()
            try plant((0..<20).map { ("a\($0)", 50e6) }, folder.path("h.db"), host: "here")
            try plant((0..<20).map { ("b\($0)", 40e6) }, folder.path("h.db"), host: "there")
            let apart = try show(folder, "--metric", "throughput")
            #expect(
                apart.stdout.contains("on here (A CPU, 2 CPUs)") && apart.stdout.contains("on there (A CPU, 2 CPUs)"))
            #expect(apart.stdout.components(separatedBy: "No change point in 20 runs.").count == 3)
            let limited = try show(folder, "--metric", "throughput", "--limit", "1")
            #expect(!limited.stdout.contains("on there"))
            #expect(limited.stdout.contains("1 more of 2") && limited.stdout.contains("--limit 2"))
            let together = try show(folder, "--metric", "throughput", "--any-host")
            #expect(together.stdout.contains("on any host (A CPU, 2 CPUs)"))
        }

        @Test func `runs are listed, and programs can read both views`() throws {
            let folder = try Folder()
            try plantChange(folder.path("h.db"))
            let list = try show(folder)
            #expect(list.exit == .code(0) && list.stdout.split(separator: "\n").count == 42)
            let last = "2026-01-02 03:39 x39 here        1      3 run --rounds 3\n"
            #expect(list.stdout.hasSuffix(last), "\(list.stdout)")
            #expect(list.stdout.split(separator: "\n").allSatisfy { $0.count <= 80 })
            let runs = try Table(try show(folder, "--format", "csv").stdout)
            #expect(runs.rows.count == 40 && runs.rows[3]["commit_id"] == "c3" && runs.rows[3]["rounds"] == "3")
            let series = try Table(try show(folder, "--metric", "throughput,p50", "--format", "csv").stdout)
            // The first run has no p50.
            #expect(series.rows.count == 79)
            let changed = series.rows.filter { $0["change_point"] == "yes" }
            #expect(changed.map { $0["run_id"] } == ["20260102T030000Z-x20"])
            #expect(changed.first?["before"] == "50000000.0000" && changed.first?["after"] == "40000000.0000")
            let json = try JSONSerialization.jsonObject(
                with: Data(try show(folder, "--metric", "throughput", "--format", "json").stdout.utf8))
            #expect(((json as? [String: Any])?["rows"] as? [[String: Any]])?.count == 40)
            let page = try show(folder, "--metric", "throughput", "--format", "markdown").stdout
            #expect(page.contains("| ◆") && page.hasPrefix("**futex, 2 workers: throughput_per_s"))
        }

        private func change(_ folder: Folder, _ sql: String) throws {
            try DatabaseQueue(path: folder.path("h.db")).write { try $0.execute(sql: sql) }
        }

        @Test func `extreme figures are shown`() throws {
            let folder = try Folder()
            try plant([("a", 1), ("b", 5e307), ("c", 2)], folder.path("h.db"))
            let outcome = try show(folder, "--metric", "throughput")
            #expect(outcome.exit == .code(0) && outcome.stdout.count { $0 == "●" } == 3, "\(outcome.stdout)")
        }

        @Test(arguments: [
            ("throughput_per_s = 9e999", "row 5: invalid value inf for column `throughput_per_s`: expected a number"),
            (
                "throughput_per_s = 'abc'",
                "row 5: invalid value \"abc\" for column `throughput_per_s`: expected a number"
            ),
            (
                "throughput_per_s = x'0102'",
                "row 5: invalid value \"a blob of 2 bytes\" for column `throughput_per_s`: expected a number"
            ),
            (
                "throughput_per_s = -5",
                "row 5: invalid value -5 for column `throughput_per_s`: expected a number of at least 0"
            ),
            ("workers = 'two'", "row 5: invalid value \"two\" for column `workers`: expected a whole number"),
            ("lock = 7", "row 5: invalid value 7 for column `lock`: expected the name of a lock"),
            ("run_id = 'x'", "the run \"x\" has rounds and is not in the table of runs"),
        ])
        func `an invalid value is rejected with its row and column`(update: String, words: String) throws {
            let folder = try Folder()
            try plant([("a", 1), ("b", 2)], folder.path("h.db"))
            try change(folder, "PRAGMA foreign_keys = OFF")
            let queue = try DatabaseQueue(path: folder.path("h.db"))
            try queue.writeWithoutTransaction { database in
                try database.execute(sql: "PRAGMA foreign_keys = OFF")
                try database.execute(sql: "UPDATE rounds SET \(update) WHERE rowid = 5")
            }
            try queue.close()
            let outcome = try show(folder, "--metric", "throughput")
            #expect(outcome.exit == .code(64) && outcome.stdout == "", "\(outcome.stdout)")
            #expect(outcome.stderr.contains("h.db") && outcome.stderr.contains(words), "\(outcome.stderr)")
            #expect(outcome.stderr.count { $0 == "\n" } == 1, "one line: \(outcome.stderr)")
        }

        @Test func `a run without a time is an error, and control characters are escaped`() throws {
            let folder = try Folder()
            try plant([("a", 1), ("b", 2)], folder.path("h.db"))
            try change(folder, "UPDATE runs SET command = 'run ' || char(27) || '[2J' || char(10) || 'x'")
            let list = try show(folder)
            #expect(list.exit == .code(0) && !list.stdout.contains("\u{1b}"))
            #expect(list.stdout.split(separator: "\n").count == 4, "\(list.stdout)")
            try change(folder, "UPDATE runs SET started_at = 'yesterday' WHERE run_id = 'b'")
            let outcome = try show(folder)
            #expect(outcome.exit == .code(64) && outcome.stderr.contains("the run b started at \"yesterday\""))
        }

        @Test func `rounds of a broken lock are left out and counted`() throws {
            let folder = try Folder()
            try plantChange(folder.path("h.db"))
            try change(folder, "ALTER TABLE rounds ADD COLUMN integrity")
            try change(folder, "UPDATE rounds SET integrity = 'ok'")
            // All rounds of the slower half, and one of the other.
            try change(folder, "UPDATE rounds SET integrity = 'failed' WHERE rowid > 60 OR rowid = 2")
            let outcome = try show(folder, "--metric", "throughput")
            #expect(outcome.exit == .code(0) && outcome.stdout.contains("No change point in 20 runs."))
            #expect(outcome.stdout.contains("✗ 61 rounds of 21 runs left out"), "\(outcome.stdout)")
            let series = try Table(try show(folder, "--metric", "throughput", "--format", "csv").stdout)
            #expect(series.rows.count == 20 && series.rows.map { $0["broken"] }.prefix(2) == ["1", "0"])
            let list = try show(folder)
            #expect(
                list.stdout.contains(" broken ") && list.stdout.split(separator: "\n").allSatisfy { $0.count <= 80 })
            let runs = try Table(try show(folder, "--format", "csv").stdout)
            #expect(runs.rows.last?["broken"] == "3" && runs.rows[1]["broken"] == "0")
            // A control breaks no promise.
            try change(folder, "UPDATE rounds SET lock = 'none'")
            #expect(try show(folder, "--metric", "throughput").stdout.contains("◆"))
        }

        /// Six equal runs on a busy machine: their windows were 50.1 to 75.9 ms.
        private static let busy =
            "CASE (rowid - 1) / 3 % 6 WHEN 0 THEN 0.0501 WHEN 1 THEN 0.0759 WHEN 2 THEN 0.0503 "
            + "WHEN 3 THEN 0.0612 WHEN 4 THEN 0.0755 ELSE 0.0502 END"

        @Test func `the measured length of windows splits no series of runs that asked for the same`() throws {
            let folder = try Folder()
            try plantChange(folder.path("h.db"))
            try change(folder, "ALTER TABLE rounds ADD COLUMN duration_s")
            try change(folder, "UPDATE rounds SET duration_s = \(Self.busy)")
            func words() throws -> String {
                let text = try show(folder, "--metric", "throughput").stdout
                return text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
            }
            // Without the requested length, a remark says what the windows had.
            let old = try words()
            #expect(old.components(separatedBy: "futex, 2 workers").count == 2 && !old.contains("windows of"), "\(old)")
            #expect(
                old.contains("40 runs do not say which length was requested; their windows had 50.1 ms to 75.9 ms."),
                "\(old)")
            for column in ["requested_duration_s", "requested_warmup_s"] {
                try change(folder, "ALTER TABLE rounds ADD COLUMN \(column)")
            }
            try change(folder, "UPDATE rounds SET requested_duration_s = 0.05, requested_warmup_s = 0.01")
            let new = try words()
            #expect(new.components(separatedBy: "futex, 2 workers").count == 2 && !new.contains("windows"), "\(new)")
            // Older runs of about that length continue the series.
            try change(folder, "UPDATE rounds SET requested_duration_s = NULL WHERE rowid <= 60")
            let mixed = try words()
            #expect(mixed.components(separatedBy: "futex, 2 workers").count == 2, "\(mixed)")
            #expect(mixed.contains("20 runs do not say which length was requested"), "\(mixed)")
            // Other requests are other series, however long their windows were.
            try change(folder, "UPDATE rounds SET requested_duration_s = iif(rowid > 60, 0.05, 0.06)")
            let two = try words()
            #expect(two.contains("windows of 50.0 ms") && two.contains("windows of 60.0 ms"), "\(two)")
            try change(
                folder,
                "UPDATE rounds SET requested_duration_s = 0.05, requested_warmup_s = iif(rowid > 60, 0.01, 0.02)")
            let warm = try words()
            #expect(warm.contains("warm-up of 10.0 ms") && warm.contains("warm-up of 20.0 ms"), "\(warm)")
        }

        @Test func `each group of older runs beside a series has its remark`() throws {
            let folder = try Folder()
            try plantChange(folder.path("h.db"))
            for column in ["duration_s", "requested_duration_s", "requested_warmup_s"] {
                try change(folder, "ALTER TABLE rounds ADD COLUMN \(column)")
            }
            // Two groups of runs without the columns, both within a factor of 4 of what the others requested.
            try change(folder, "UPDATE rounds SET duration_s = iif(rowid <= 30, 0.02, 0.1)")
            try change(
                folder,
                "UPDATE rounds SET requested_duration_s = 0.045, requested_warmup_s = 0.01 WHERE rowid > 60")
            let text = try show(folder, "--metric", "throughput").stdout
            let words = text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
            #expect(words.components(separatedBy: "futex, 2 workers").count == 2, "\(words)")
            #expect(
                words.contains("10 runs do not say which length was requested; their windows had 20.0 ms."), "\(words)")
            #expect(
                words.contains("10 runs do not say which length was requested; their windows had 100 ms."), "\(words)")
        }

        @Test func `windows of different lengths are separate series`() throws {
            let folder = try Folder()
            try plantChange(folder.path("h.db"))
            try change(folder, "ALTER TABLE rounds ADD COLUMN duration_s")
            try change(folder, "UPDATE rounds SET duration_s = iif(rowid > 60, 0.1, 0.02) * (1 + (rowid % 5) / 40.0)")
            let outcome = try show(folder, "--metric", "throughput")
            #expect(
                outcome.stdout.contains("futex, 2 workers, windows of 2") && outcome.stdout.contains("windows of 10"))
            #expect(outcome.stdout.components(separatedBy: "No change point in 20 runs.").count == 3)
        }

        @Test func `an empty history is not a failure`() throws {
            let folder = try Folder()
            _ = try History(path: folder.path("h.db"), .results, creating: true)
            let outcome = try show(folder)
            #expect(outcome.exit == .code(0) && outcome.stdout == "h.db contains no runs.\n")
        }

        @Test func `the export has a line per run, a column per figure, and a yaml file for it`() throws {
            let folder = try Folder()
            try plantChange(folder.path("h.db"))
            let outcome = try show(folder, "--export", "x.csv", "--metric", "throughput,p50")
            #expect(outcome.exit == .code(0) && outcome.stderr == "")
            let table = try Table(folder.text("x.csv"))
            let rate = "futex_w2_throughput_per_s"
            let latency = "futex_w2_acquire_p50_ns"
            #expect(table.columns == ["time", "commit", "run_id", "tool_version", "hostname", "kernel", rate, latency])
            #expect(table.rows.count == 40)
            #expect(table.rows[20]["time"] == "2026-01-02T03:20:00+00:00" && table.rows[20]["commit"] == "c20")
            #expect(table.rows[21][rate] == "40000000.0000")
            #expect(table.rows[0][latency] == "" && table.rows[1][latency] == "100.0000")
            let yaml = outcome.stdout
            #expect(yaml.hasPrefix("tests:\n  shmbench:\n    type: csv\n    file: \"x.csv\"\n    time_column: time\n"))
            #expect(yaml.contains("      \"\(rate)\": {direction: 1}\n"))
            #expect(yaml.contains("#   \(latency): 39 of 40 runs\n") && !yaml.contains("\"\(latency)\""))
        }
    }
}
