import Foundation
import FoundationXML
import ShmCoordinator
import TestSupport
import Testing

@testable import ShmRecord
@testable import shmbench

extension CommandLineSuite.Measuring {
    /// `shmbench compare` and `check` with real processes.
    @Suite(.timeLimit(.minutes(10))) struct CompareTests {
        private static let short = ["--duration", "5ms", "--stuck-after", "2s"]

        private func compare(_ arguments: String..., in folder: Folder? = nil) throws -> Invocation {
            try Invocation(["compare"] + arguments + Self.short, in: folder)
        }

        private func metric(_ name: String, _ outcome: Invocation.Outcome) throws -> [String: String] {
            let table = try Table(outcome.stdout)
            return try #require(table.rows.first { $0["metric"] == name })
        }

        @Test func `a lock that takes much longer is a regression, and leaves nothing`() throws {
            let traces = Traces()
            let run = try compare(
                "futex", "flock", "--workers", "1", "--max-time", "40s", "--format", "csv", "--metrics",
                "throughput,integrity")
            let outcome = run.finish(within: .seconds(60))
            #expect(outcome.exit == .code(2), "\(outcome.stderr)")
            let row = try metric("throughput", outcome)
            #expect(row["verdict"] == "slower" && row["base_lock"] == "futex" && row["candidate_lock"] == "flock")
            #expect(Double(row["ratio"] ?? "") ?? 9 < 0.5 && Double(row["ratio_high"] ?? "") ?? 9 < 1)
            #expect(traces.left() == [])
            let back = try compare("flock", "futex", "--workers", "1", "--max-time", "40s", "--metrics", "throughput")
            let better = back.finish(within: .seconds(60))
            #expect(better.exit == .code(0) && better.stdout.contains("became better"), "\(better.stderr)")
        }

        @Test func `a lock that lets two in is an integrity failure`() throws {
            let run = try compare(
                "futex", "none", "--workers", "2", "--max-time", "20s", "--metrics", "throughput", "--kills", "0")
            #expect(run.finish(within: .seconds(60)).exit == .code(3))
            // Two controls do not promise to exclude, and are judged by their speed.
            let controls = try compare("none", "atomic-add", "--workers", "2", "--max-time", "20s", "--metrics", "cpu")
            #expect([.code(0), .code(2)].contains(controls.finish(within: .seconds(60)).exit))
            let folder = try Folder()
            let path = try folder.plugin("planted-bug", [("% 10000 == 0", "% 50 == 0")])
            let bug = try compare(
                "SHM_PLANTED_BUG=skip \(path)", "SHM_PLANTED_BUG=none \(path)", "--workers", "2", "--max-time", "20s")
            let base = bug.finish(within: .seconds(60))
            #expect(base.exit == .code(1) && base.stdout.contains("the base is broken"), "\(base.stdout)\(base.stderr)")
            let other = try compare(
                "SHM_PLANTED_BUG=none \(path)", "SHM_PLANTED_BUG=skip \(path)", "--workers", "2", "--max-time", "20s",
                "--metrics", "throughput")
            let outcome = other.finish(within: .seconds(60))
            #expect(outcome.exit == .code(3) && outcome.stdout.contains("BROKEN"), "\(outcome.stdout)\(outcome.stderr)")
        }

        /// A lock that takes longer in the second fleet of a block, which has an odd number, unless that is the candidate, which
        /// has a variable: in the control's blocks alone.
        @Test func `where the base differs from itself nothing is judged`() throws {
            let folder = try Folder()
            let path = try folder.plugin(
                "slow-futex",
                [
                    (
                        "static int64_t now(void) {",
                        """
                        #include <string.h>
                        static const char *delay(int argc, char **argv) {
                            int second = argc > 3 && strcmp(argv[1], "turns") == 0 && atoi(argv[3]) % 2 == 1;
                            return second && !getenv("CANDIDATE") ? "20000" : NULL;
                        }
                        static int64_t now(void) {
                        """
                    ), ("getenv(\"SHM_SLOW_FUTEX_NS\")", "delay(argc, argv)"),
                    ("read_delay(void)", "read_delay(int argc, char **argv)"),
                ])
            let outcome = try compare(
                path, "CANDIDATE=1 \(path)", "--workers", "1", "--max-time", "80s", "--metrics", "throughput"
            ).finish(within: .seconds(100))
            #expect(
                outcome.exit == .code(1) && outcome.stdout.contains("NOT JUDGED"), "\(outcome.stdout)\(outcome.stderr)")
        }

        /// A folder with programs of a test's making.
        private func build(_ programs: [String: String]) throws -> Folder {
            let folder = try Folder()
            for (name, text) in programs {
                let script = try Script(text)
                try FileManager.default.copyItem(atPath: script.path, toPath: folder.path(name))
            }
            return folder
        }

        @Test func `a build of another version is measured by its own coordinator`() throws {
            let (old, program) = ("echo 'shmworker 0.0.1 (arena layout 1)'", "\(Invocation.programs)/shmbench")
            let folder = try build(["shmworker": old, "shmbench": "exec \(program) \"$@\""])
            // A threshold of 30% makes equals "the same" after the fewest blocks.
            let short = [
                "--locks", "futex", "--workers", "1", "--max-time", "40s", "--metrics", "throughput", "--threshold",
                "throughput=30%",
            ]
            let outcome = try Invocation(["compare", folder.path, Invocation.programs] + short + Self.short)
                .finish(within: .seconds(60))
            #expect(outcome.exit == .code(0), "\(outcome.stdout)\(outcome.stderr)")
            #expect(outcome.stdout.contains("its own coordinator") && outcome.stdout.contains("futex × 1"))

            // One that does not know how is refused, and so is a worker without a coordinator.
            let dumb = try build(["shmworker": old, "shmbench": "echo hello"])
            let refused = try Invocation(["compare", dumb.path, Invocation.programs] + short).finish()
            #expect(
                refused.exit == .code(1) && refused.stderr.contains("cannot measure for this program"),
                "\(refused.stderr)")
            let alone = try build(["shmworker": old])
            let unusable = try Invocation(["compare", alone.path, Invocation.programs] + short).finish()
            #expect(
                unusable.exit == .code(1) && unusable.stderr.contains("is not this program's worker"),
                "\(unusable.stderr)")
        }

        @Test func `a side's variables are for its processes alone`() throws {
            let folder = try Folder()
            let path = try folder.plugin("slow-futex")
            let outcome = try compare(
                path, "SHM_SLOW_FUTEX_NS=20000 \(path)", "--workers", "1", "--max-time", "30s", "--metrics",
                "throughput",
                "--format", "csv"
            ).finish(within: .seconds(60))
            #expect(outcome.exit == .code(2), "\(outcome.stdout)\(outcome.stderr)")
            let row = try metric("throughput", outcome)
            // 20 µs are some hundred times what the base takes; the candidate's figure is a share of the base's.
            #expect(row["base_lock"] == "slow-futex" && Double(row["ratio"] ?? "") ?? 1 < 0.05)
        }

        @Test func `every form of the findings is written at once`() throws {
            let folder = try Folder()
            let run = try compare(
                "futex", "futex", "--workers", "1", "--max-time", "40s", "--metrics", "throughput", "--threshold",
                "throughput=30%", "--format", "github",
                "--output", "a.md", "--output", "a.xml", "--output", "a.json", "--output", "a.csv", in: folder)
            let outcome = run.finish(within: .seconds(60))
            #expect(outcome.exit == .code(0), "\(outcome.stderr)")
            // On a loaded machine the comparison may be undecided.
            let verdict = try #require(
                ["No regression", "UNDECIDED"].first { outcome.stdout.contains(" title=shmbench::\($0)") },
                "\(outcome.stdout)")
            #expect(!outcome.stdout.contains("::error"))
            #expect(folder.text("a.md").hasPrefix("### ") && folder.text("a.md").contains(" shmbench: \(verdict)"))
            #expect(folder.text("a.xml").hasPrefix("<?xml") && folder.text("a.json").hasPrefix("{\"schema\":1"))
            // Integrity is always judged.
            #expect(try Table(folder.text("a.csv")).rows.map { $0["metric"] } == ["throughput", "integrity"])
        }

        @Test func `the candidate is a run of a history`() throws {
            let folder = try Folder()
            let run = try compare(
                "futex", "tas", "--workers", "1", "--max-time", "40s", "--metrics", "throughput", "--history", "h.db",
                "--commit", "abc", in: folder)
            #expect([.code(0), .code(2)].contains(run.finish(within: .seconds(60)).exit))
            let list = try Invocation(["history", "h.db", "--format", "csv"], in: folder).finish()
            let runs = try Table(list.stdout).rows
            #expect(runs.count == 1 && runs.first?["commit_id"] == "abc")
            let tas = try Invocation(["history", "h.db", "--lock", "tas", "--format", "csv"], in: folder).finish()
            #expect(tas.exit == .code(0))
            // The base is of another commit.
            #expect(try Invocation(["history", "h.db", "--lock", "futex"], in: folder).finish().exit == .code(64))
            let bad = try Invocation(
                ["compare", "futex", "tas", "--history", "/nowhere/h.db", "--max-time", "1s"], in: folder
            ).finish()
            #expect(bad.exit == .code(1) && bad.stderr.contains("/nowhere/h.db"), "\(bad.stderr)")
        }

        @Test func `where nothing was compared the files say so`() throws {
            let folder = try build(["shmworker": "echo 'shmworker 0.0.1 (arena layout 1)'", "shmbench": "exit 64"])
            let here = try Folder()
            // What an older comparison found.
            let old = [
                "a.md": "### ✅ shmbench: No regression: all is well.\n",
                "a.xml": "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"shmbench\">\n</testsuites>\n",
                "a.json":
                    "{\"schema\":1,\"rows\":[\n{\"schema\":1,\"started_at\":\"2026-01-02T03:04:05Z\",\"base\":\"a\",\"candidate\":\"b\"}\n]}\n",
                "a.csv": "schema,started_at,base,candidate,scenario\n1,2026-01-02T03:04:05Z,a,b,default\n",
            ]
            for (name, text) in old { try text.write(toFile: here.path(name), atomically: true, encoding: .utf8) }
            let outcome = try Invocation(
                ["compare", folder.path, Invocation.programs, "--locks", "futex", "--format", "github"]
                    + ["a.md", "a.xml", "a.json", "a.csv"].flatMap { ["--output", $0] }, in: here
            ).finish()
            #expect(
                outcome.exit == .code(1) && outcome.stderr.contains("compare with a later one"), "\(outcome.stderr)")
            #expect(outcome.stdout.hasPrefix("::error title=shmbench::nothing was compared: base: "))
            #expect(here.text("a.md").hasPrefix("### ⚠️ shmbench: nothing was compared"))
            #expect(
                here.text("a.xml").contains("errors=\"1\"") && XMLParser(data: Data(here.text("a.xml").utf8)).parse())
            #expect(try Table(here.text("a.csv")).rows.isEmpty && here.text("a.json").contains("\"rows\":["))
        }

        @Test func `Ctrl-C judges nothing and leaves nothing`() throws {
            let traces = Traces()
            let run = try compare("futex", "futex", "--workers", "2", "--max-time", "50s")
            #expect(eventually(within: .seconds(20)) { !ProcessTable.children(of: run.pid).isEmpty })
            let measurers = ProcessTable.children(of: run.pid).map(\.pid)
            usleep(700_000)
            run.send(SIGINT)
            let outcome = run.finish(within: .seconds(30))
            #expect(outcome.exit == .code(1) && outcome.stderr.contains("nothing is judged"), "\(outcome.stderr)")
            #expect(traces.left(processes: measurers) == [])
        }

        @Test func `the death of a measuring process is reported`() throws {
            let traces = Traces()
            let run = try compare("futex", "futex", "--workers", "1", "--max-time", "50s")
            #expect(eventually(within: .seconds(20)) { !ProcessTable.children(of: run.pid).isEmpty })
            usleep(300_000)
            let measurers = ProcessTable.children(of: run.pid).map(\.pid)
            kill(try #require(measurers.first), SIGKILL)
            let outcome = run.finish(within: .seconds(30))
            #expect(outcome.exit == .code(1) && outcome.stderr.contains("measuring process"), "\(outcome.stderr)")
            #expect(traces.left(processes: measurers) == [])
        }

        @Test func `cells that cannot be measured in turns are measured in rounds, and the report says so`() throws {
            let traces = Traces()
            let few = ["--max-time", "15s", "--metrics", "throughput"]
            for (sides, workers, words) in [
                (
                    ["sysv-sem", "posix-named-sem"], "1",
                    "posix-named-sem × 1 was measured in rounds, since sysv-sem keeps"
                ),
                (["futex", "futex"], "64", "futex × 64 was measured in rounds, since a turn is shorter"),
            ] {
                let outcome = try Invocation(["compare"] + sides + ["--workers", workers] + few + Self.short)
                    .finish(within: .seconds(60))
                let text = outcome.stdout.split(whereSeparator: \.isWhitespace).joined(separator: " ")
                #expect(text.contains(words) && text.contains("of 4 rounds of 5ms"), "\(text)\(outcome.stderr)")
            }
            let turns = try compare("futex", "mcs", "--workers", "2", "--max-time", "10s", "--metrics", "throughput")
                .finish(within: .seconds(60))
            #expect(turns.stdout.contains("of 40 turns of ") && !turns.stdout.contains("rounds"), "\(turns.stdout)")
            #expect(traces.left() == [])
        }

        struct BadCall: CustomTestStringConvertible {
            let arguments: [String]
            let words: String
            var testDescription: String { arguments.joined(separator: " ") }
        }

        @Test(arguments: [
            BadCall(arguments: ["compare", "futx", "futex"], words: "did you mean `futex`"),
            BadCall(
                arguments: ["compare", "futex", "/nowhere"],
                words: "invalid value '/nowhere' for <candidate>: expected a lock"),
            BadCall(
                arguments: ["compare", "futex", "/tmp"],
                words: "for <candidate>: expected a program, or a folder with a shmworker"),
            BadCall(arguments: ["compare", "futex", "x.csv"], words: "check --baseline"),
            BadCall(arguments: ["compare", "x.json", "x.json"], words: "as CSV"),
            BadCall(
                arguments: ["compare", "futex", "mcs", "--locks", "tas"], words: "exclude each other: leave out --locks"
            ),
            BadCall(arguments: ["compare", "futex", "mcs", "--threshold", "p99"], words: "METRIC=PERCENT"),
            BadCall(
                arguments: ["compare", "futex", "mcs", "--metrics", "speed"],
                words: "invalid value 'speed' for --metrics: expected throughput"),
            BadCall(arguments: ["compare", "futex", "mcs", "--false-alarms", "1"], words: "--false-alarms"),
            BadCall(arguments: ["compare", "futex", "mcs", "--max-time", "10ms"], words: "--max-time"),
            BadCall(arguments: ["compare", "futex", "mcs", "--output", "x.txt"], words: "ends in"),
            BadCall(arguments: ["compare", "A=1 x.csv", "y.csv"], words: "without variables: leave out A=1"),
            BadCall(arguments: ["compare", "futex", ""], words: "invalid value '' for <candidate>: expected"),
            BadCall(arguments: ["compare", "nowhere.csv", "nowhere.csv"], words: "nowhere.csv"),
            BadCall(arguments: ["check"], words: "--baseline"),
            BadCall(arguments: ["check", "--baseline", "nowhere.csv"], words: "--update"),
            BadCall(
                arguments: ["check", "--baseline", "b.csv", "--rounds", "2"],
                words: "invalid value '2' for --rounds: expected "),
            BadCall(arguments: ["check", "--baseline", "b.txt", "--update"], words: ".csv"),
        ])
        func `an invalid call is refused in one line`(call: BadCall) throws {
            let outcome = try Invocation(call.arguments).finish()
            #expect(outcome.exit == .code(64), "\(outcome.stderr)")
            #expect(outcome.stderr.contains(call.words), "\(outcome.stderr)")
            #expect(outcome.stderr.split(separator: "\n").count == 1 && outcome.stdout == "")
        }

        // MARK: Results files

        /// Rounds of a lock and both references, which take so many times as long as usual.
        private func results(
            _ rounds: Int, slower: Double = 1, machine: Double = 1, atomicAdd: Double = 1,
            _ more: [String: String] = [:]
        ) -> String {
            let names = record().fields.keys.sorted()
            let rows = (1...rounds).flatMap { round in
                ["futex", "atomic-add", "mcs"].map { lock in
                    let own = lock == "mcs" ? slower : lock == "atomic-add" ? atomicAdd : 1
                    let factor = own * machine * (1 + Double(round % 5) / 1000)
                    var figures = [
                        "throughput_per_s": "\(5e7 / factor)", "acquire_p50_ns": "\(200 * factor)",
                        "acquire_p99_ns": "\(1000 * factor)", "hold_p50_ns": "\(100 * factor)",
                        "acquire_mean_ns": "\(210 * factor)", "hold_mean_ns": "\(110 * factor)",
                    ]
                    figures.merge(more) { _, new in new }
                    return record(lock, round: round, figures)
                }
            }
            return names.joined(separator: ",") + "\n"
                + rows.map { row in names.map(row.text).joined(separator: ",") + "\n" }.joined()
        }

        private func files(_ base: String, _ candidate: String) throws -> Invocation.Outcome {
            let folder = try Folder()
            try base.write(toFile: folder.path("a.csv"), atomically: true, encoding: .utf8)
            try candidate.write(toFile: folder.path("b.csv"), atomically: true, encoding: .utf8)
            return try Invocation(["compare", "a.csv", "b.csv"], in: folder).finish()
        }

        @Test func `two files are compared by ratios to references`() throws {
            let same = try files(results(15), results(15))
            #expect(same.exit == .code(0) && same.stdout.contains("No regression"), "\(same.stdout)\(same.stderr)")
            let slower = try files(results(15), results(15, slower: 1.2))
            #expect(slower.exit == .code(2), "\(slower.stdout)\(slower.stderr)")
            #expect(slower.stdout.contains("mcs × 1: WORSE") && slower.stdout.contains("futex × 1: equivalent"))
            // Another machine at half the speed is no regression.
            let other = results(15, machine: 2, ["hostname": "there"])
            #expect(try files(results(15), other).exit == .code(0))
            // On one where the references are to each other as nowhere else, nothing is known.
            let odd = try files(results(15), results(15, machine: 2, atomicAdd: 2, ["hostname": "there"]))
            #expect(odd.exit == .code(1) && odd.stdout.contains("ratios do not transfer"), "\(odd.stdout)")
        }

        /// A text without its last lines.
        private func lines(_ text: String, dropping count: Int) -> String {
            text.split(separator: "\n").dropLast(count).map { $0 + "\n" }.joined()
        }

        @Test func `options that files cannot heed are refused, and nothing is written over`() throws {
            let folder = try Folder()
            for name in ["a.csv", "b.csv"] {
                try results(15).write(toFile: folder.path(name), atomically: true, encoding: .utf8)
            }
            for (options, words) in [
                (["--locks", "mcs"], "--locks and two results files exclude"),
                (["--think", "1us"], "--think and two results files exclude"),
                (["--max-time", "9s"], "--max-time and two results files exclude"),
                (["--output", "b.csv"], "for --output: expected a file other than"),
            ] {
                let outcome = try Invocation(["compare", "a.csv", "b.csv"] + options, in: folder).finish()
                #expect(outcome.exit == .code(64) && outcome.stderr.contains(words), "\(outcome.stderr)")
            }
            #expect(folder.text("b.csv") == results(15))
            // A file that cannot be written does not stop the others.
            try results(15, slower: 1.5).write(toFile: folder.path("c.csv"), atomically: true, encoding: .utf8)
            try FileManager.default.createSymbolicLink(
                atPath: folder.path("full.xml"), withDestinationPath: "/dev/full")
            let full = try Invocation(
                ["compare", "a.csv", "c.csv", "--output", "full.xml", "--output", "x.md"], in: folder
            ).finish()
            #expect(full.exit == .code(2) && full.stderr.contains("full.xml") && full.stdout.contains("REGRESSION"))
            #expect(folder.text("x.md").contains("REGRESSION"))
        }

        @Test func `files that cannot be compared are refused`() throws {
            let good = results(15)
            let oneLock = good.split(separator: "\n").filter { !$0.contains("mcs") }.joined(separator: "\n") + "\n"
            let cases: [(String, String, String)] = [
                (good, results(1), "15 and 1 rounds of"), (good, oneLock, "mcs"), (oneLock, good, "mcs"),
                (good, String(good.dropLast(9)), "truncated"), (good, "", "empty"),
                (good, results(3), "too few"), (good, lines(good, dropping: 2), "lacks rounds"),
                (good, results(15, ["lost_updates": "7"]), "expected 0 where integrity is ok"),
                (good, results(15, ["throughput_per_s": ""]), "expected a number where integrity is ok"),
                (good, results(15, ["scenario": "a b"]), "expected a name of letters"),
                (good, results(15, ["duration_s": "0.5"]), "windows of"),
                (good, results(15, ["schema": "9"]), "schema"), (good, results(15, ["think_ns": "70"]), "another load"),
            ]
            for (base, candidate, words) in cases {
                let outcome = try files(base, candidate)
                // Valid files that do not suffice for a judgement are no mistake of the command line.
                let isUnjudged = ["rounds of", "mcs", "too few", "lacks rounds", "windows of", "another load"]
                    .contains { words.contains($0) }
                #expect(
                    outcome.exit == .code(isUnjudged ? 1 : 64) && outcome.stderr.contains(words),
                    "\(words): \(outcome.stderr)")
                #expect(outcome.stdout == "")
            }
        }

        @Test func `a file with a broken base gives nothing to be held against`() throws {
            let broken = results(15, ["integrity": "failed", "lost_updates": "7"])
            let base = try files(broken, results(15))
            #expect(base.exit == .code(1), "\(base.stdout)\(base.stderr)")
            #expect(base.stdout.contains("NOT JUDGED") && base.stdout.contains("the base is broken: round 1 is failed"))
            // An integrity failure of the candidate counts even if the base has one.
            for base in [broken, results(15)] { #expect(try files(base, broken).exit == .code(3)) }
        }

        // MARK: Baselines

        @Test func `a baseline is written, holds today, and finds what became slower`() throws {
            let folder = try Folder()
            let options =
                ["--baseline", "b.csv", "--locks", "robust-futex", "--workers", "1", "--rounds", "9"] + Self.short
            func check(_ more: String...) throws -> Invocation.Outcome {
                try Invocation(["check"] + options + more, in: folder).finish(within: .seconds(60))
            }
            let written = try check("--update")
            #expect(written.exit == .code(0) && written.stdout.contains("27 rounds of 3 cells"), "\(written.stderr)")
            let baseline = try Table(folder.text("b.csv"))
            #expect(baseline.columns == contractedColumns && baseline.rows.count == 27)

            // In which the lock was 10¹² times as fast as now, relative to both references. A stall of the machine can leave
            // one acquisition in a window of 5 ms, which is a factor of 10⁶; a change counts only beyond the spread of such
            // rounds.
            let rows = baseline.rows.map { row -> [String] in
                contractedColumns.map { name in
                    let value = row[name] ?? ""
                    guard name == "throughput_per_s", let rate = Double(value) else { return value }
                    return "\(row["lock"] == "robust-futex" ? rate * 1e6 : rate / 1e6)"
                }
            }
            let faster = ([contractedColumns] + rows).map { $0.joined(separator: ",") + "\n" }.joined()
            try faster.write(toFile: folder.path("b.csv"), atomically: true, encoding: .utf8)
            let slower = try check("--metrics", "throughput")
            #expect(slower.exit == .code(2), "\(slower.stdout)\(slower.stderr)")
            #expect(slower.stdout.contains("Ratios carry over"))

            let load = try check("--think", "1us")
            #expect(load.exit == .code(1) && load.stderr.contains("under another load"), "\(load.stderr)")
            let nothing = try Invocation(
                ["check", "--baseline", "b.csv", "--locks", "atomic-add", "--workers", "1"] + Self.short, in: folder
            )
            .finish()
            #expect(nothing.exit == .code(64) && nothing.stderr.contains("name a lock to compare"), "\(nothing.stderr)")
            let few = try check("--rounds", "5", "--false-alarms", "0.1%")
            #expect(
                few.exit == .code(64) && few.stderr.contains("invalid value '5' for --rounds: expected 7…10000"),
                "\(few.stderr)")
            // A baseline that a check of as many rounds could not use is refused before it is measured.
            let short = try check("--update", "--rounds", "6")
            #expect(
                short.exit == .code(64)
                    && short.stderr.contains(
                        "invalid value '6' for --rounds: expected 7…10000 for a baseline of 3 cells"),
                "\(short.stderr)")
            #expect(folder.text("b.csv") == faster)
            // Renewed without a word it keeps its cells.
            let again = try Invocation(
                ["check", "--baseline", "b.csv", "--update", "--rounds", "9"] + Self.short
                    + ["--format", "json", "--output", "new.md", "--output", "new.xml", "--output", "new.csv"],
                in: folder
            )
            .finish(within: .seconds(60))
            // Every format answers.
            try expectValid(again.stdout, "report")
            #expect(again.exit == .code(0) && again.stdout.contains("of 3 cells, as before"), "\(again.stderr)")
            #expect(folder.text("new.md").contains("of 3 cells, as before"))
            #expect(folder.text("new.md").contains("| robust-futex"))
            #expect(
                folder.text("new.xml").contains("name=\"robust-futex")
                    && folder.text("new.csv").contains("robust-futex"))
            // Another sitting is added to it.
            let added = try Invocation(
                ["check", "--baseline", "b.csv", "--update", "--append", "--rounds", "9"] + Self.short, in: folder
            ).finish(within: .seconds(60))
            #expect(added.exit == .code(0) && added.stdout.contains("which has 2 sittings now"), "\(added.stderr)")
            let both = try Table(folder.text("b.csv"))
            #expect(both.rows.count == 54 && Set(both.rows.map { $0["run_id"] }).count == 2)
            let alone = try check("--append")
            #expect(alone.exit == .code(64) && alone.stderr.contains("--append needs --update"), "\(alone.stderr)")
            let more = try check("--append", "--update")
            #expect(more.exit == .code(64) && more.stderr.contains("exclude each other"), "\(more.stderr)")
            try faster.write(toFile: folder.path("b.csv"), atomically: true, encoding: .utf8)
            let other = try check("--workers", "3")
            #expect(other.exit == .code(1) && other.stderr.contains("--update"), "\(other.stderr)")
            let windows = try check("--duration", "50ms")
            #expect(windows.exit == .code(1) && windows.stderr.contains("windows of"), "\(windows.stderr)")
            try faster.replacingOccurrences(of: ",atomic-add,", with: ",tas,").write(
                toFile: folder.path("b.csv"), atomically: true, encoding: .utf8)
            let blind = try check()
            #expect(blind.exit == .code(1) && blind.stderr.contains("no atomic-add"), "\(blind.stderr)")
        }
    }
}
