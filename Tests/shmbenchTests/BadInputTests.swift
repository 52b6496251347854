import Foundation
import ShmCoordinator
import Testing

extension CommandLineSuite.Inputs {
    /// Invalid input is refused in one line with the remedy, before anything is started or changed.
    @Suite struct BadInputTests {
        struct Refusal: CustomTestStringConvertible {
            let arguments: [String]
            let code: Int32
            let words: String
            var testDescription: String { arguments.joined(separator: " ") }

            init(_ arguments: String..., code: Int32 = 64, saying words: String) {
                self.arguments = arguments
                self.code = code
                self.words = words
            }
        }

        private static let options = [
            Refusal("--locks", "futx", saying: "invalid value 'futx' for --locks: expected all, survivors"),
            Refusal("--locks", "futx", saying: "did you mean `futex`?"),
            Refusal("--locks", "futex,pthread-robst", saying: "did you mean `pthread-robust`?"),
            Refusal("--locks", "zzzzzzzzzzzz", saying: "names from `shmbench list`"),
            Refusal("--locks", "", saying: "invalid value '' for --locks: expected all"),
            Refusal("--locks", "a\nb", saying: #"'a\nb'"#),
            Refusal("--workers", "0", saying: "invalid value '0' for --workers: expected 1…4096"),
            Refusal("--workers", "-1", saying: "--workers"),
            Refusal("--workers=-1", saying: "expected 1…4096"),
            Refusal("--workers", "x", saying: "expected 1…4096"),
            Refusal("--workers", "2,1.5", saying: "expected 1…4096"),
            Refusal(
                "--workers", "1,,2", saying: "invalid value '1,,2' for --workers: expected 1…4096, separated by commas"),
            Refusal("--locks", "futex,", saying: "invalid value 'futex,' for --locks: expected all"),
            Refusal("--read-percent", "0.5%", saying: "whole percents, 0% to 100%, as in 50% or 50"),
            Refusal("--read-percent", "1.0", saying: "whole percents, 0% to 100%, as in 50% or 50"),
            Refusal("--workers", "1000000", saying: "expected 1…4096"),
            Refusal("--workers", ",", saying: "invalid value ',' for --workers: expected 1…4096"),
            Refusal("--duration", "soon", saying: "300ms"),
            Refusal("--duration", "300", saying: "300ms"),
            Refusal("--duration", "", saying: "300ms"),
            Refusal("--duration", "-5ms", saying: "--duration"),
            Refusal("--duration=-5ms", saying: "300ms"),
            Refusal("--duration", "0", saying: "invalid value '0' for --duration: expected a time from 1ms"),
            Refusal("--duration", "10us", saying: "a time from 1ms to 24h, as in 300ms"),
            Refusal("--duration", "1e9s", saying: "300ms"),
            Refusal("--duration", "99999min", saying: "to 24h"),
            Refusal("--warmup", "99999min", saying: "at most a day"),
            Refusal("--warmup", "nan", saying: "--warmup"),
            Refusal("--critical-section", "1parsec", saying: "--critical-section"),
            Refusal("--critical-section", "10s", saying: "--stuck-after"),
            Refusal("--critical-section", "1:200ns,1:10s", saying: "--stuck-after"),
            Refusal(
                "--critical-section", "1:200ns,20us",
                saying:
                    "for --critical-section: expected a time as in 200ns, 1.5us, 300ms, 2s, 1.5min or 1h, at most a day, or shares of the workers with a time each, as in 1:200ns,3:20us"
            ),
            Refusal("--critical-section", "1:200ns", saying: "shares of the workers with a time each"),
            Refusal("--critical-section", "0:200ns,1:1us", saying: "shares of the workers with a time each"),
            Refusal("--critical-section", "1.5:200ns,1:1us", saying: "shares of the workers with a time each"),
            Refusal("--critical-section", "1:200ns,2:200ns", saying: "shares of the workers with a time each"),
            Refusal("--critical-section", "1:200ns,1:", saying: "shares of the workers with a time each"),
            Refusal(
                "--workers", "2,1", "--critical-section", "1:200ns,1:20us",
                saying:
                    "critical sections 1:200ns,1:20µs leave a class without a worker with 1 worker: expected other workers, as in --workers 2"
            ),
            Refusal("--think", "inf", saying: "--think"),
            Refusal("--stuck-after", "1ms", saying: "a time from 100ms"),
            Refusal("--rounds", "0", saying: "invalid value '0' for --rounds: expected 1…10000"),
            Refusal("--rounds", "1\n2", saying: #"invalid value '1\n2' for --rounds"#),
            Refusal("--rounds", "many", saying: "for --rounds: expected 1…10000"),
            Refusal("--counters", "0", saying: "invalid value '0' for --counters: expected 1…1024"),
            Refusal("--counters", "1025", saying: "expected 1…1024"),
            Refusal("--counters", "4\n5", saying: #"invalid value '4\n5' for --counters"#),
            Refusal(
                "--read-percent", "101",
                saying: "for --read-percent: expected whole percents, 0% to 100%, as in 50% or 50"),
            Refusal(
                "--touch", "100",
                saying:
                    "invalid value '100' for --touch: expected 0, or a size from 64 to 1MiB in multiples of 64, as in 4KiB"
            ),
            Refusal("--busy-loops", "-1", saying: "invalid value '-1' for --busy-loops: expected 0…4096"),
            Refusal("--busy-loops", "4097", saying: "expected 0…4096"),
            Refusal("--busy-loops", "2.5", saying: "for --busy-loops: expected 0…4096"),
            Refusal(
                "--busy-loops", "4096", "--stuck-after", "100ms",
                saying: "expected fewer --busy-loops, or a --stuck-after of"
            ),
            Refusal("--touch", "4kB", saying: "as in 4KiB"),
            Refusal("--touch", "2MiB", saying: "a size from 64 to 1MiB"),
            Refusal("--touch", "-64", saying: "a size from 64 to 1MiB"),
            Refusal("--scenario", "x.toml", "--touch", "4KiB", saying: "leave out --touch"),
            Refusal("--pin", "tight", saying: "for --pin: expected none, compact or spread"),
            Refusal("--seed", "0x1", saying: "invalid value '0x1' for --seed: expected 0…"),
            Refusal("--format", "xml", saying: "invalid value 'xml' for --format: expected table, markdown, csv"),
            Refusal(
                "--output", "x.txt",
                saying: "for --output: expected a file name that ends in .md, .csv, .json, .xml or .html"),
            Refusal("--output", "", saying: ".xml or .html"),
            Refusal("--output", "/nowhere/at/all/x.csv", code: 1, saying: "its folder does not exist"),
            Refusal("--output", "/dev/null/x.json", code: 1, saying: "Not a directory"),
            Refusal("--output", ".", saying: ".xml or .html"),
            Refusal("--locks", saying: "Missing value"),
            Refusal("--rate", "0", saying: "more than 0"),
            Refusal("--rate=-5k", saying: "more than 0"),
            Refusal("--rate", "0.0000000001", saying: "fewer than 10 acquisitions"),
            Refusal("--rate", "20", saying: "use a longer --duration"),
            Refusal("--rate", "500k", "--think", "10us", "--workers", "2", saying: "more than 2 workers"),
            Refusal("--scenario", "x.toml", "--critical-section", "3us", saying: "leave out --critical-section"),
            Refusal("--scenario", "x.toml", "--rate", "5k", saying: "leave out --rate"),
            Refusal("--rate", "fast", saying: "20000, 50k or 1.5M"),
            Refusal("--rate", "2000M", saying: "at most 1000M"),
            Refusal(
                "--rate", "1k", "--arrivals", "bursty", saying: "for --arrivals: expected poisson, uniform or burst"),
            Refusal("--rate", "1k", "--arrivals", "closed", saying: "expected poisson, uniform or burst"),
            Refusal("--arrivals", "poisson", saying: "--arrivals needs --rate: add it, as in `--rate 50k`"),
            Refusal("--arrivals", "burst", saying: "--arrivals needs --rate: add it, as in `--rate 50k`"),
            Refusal(
                "--rate", "50k", "--burst", "8",
                saying: "--burst needs bursts: give `--arrivals burst` and no other kind, or leave out --burst"),
            Refusal(
                "--rate", "50k", "--arrivals", "uniform", "--burst", "8",
                saying: "--burst needs bursts: give `--arrivals burst`"),
            Refusal(
                "--rate", "50k", "--arrivals", "burst", "--burst", "1",
                saying: "invalid value '1' for --burst: expected 2…4096"),
            Refusal(
                "--rate", "1k", "--arrivals", "burst", "--burst", "4096",
                saying: "give fewer than 3 bursts: use a longer --duration"),
            Refusal("--rate", "1k", "--find-capacity", saying: "leave out --rate"),
            Refusal("--kills", "2", "--find-capacity", saying: "leave out --kills"),
            Refusal("--bound", "10us", saying: "--bound needs --find-capacity"),
            Refusal("--find-capacity", "--bound", "5ns", saying: "a time from 100ns"),
            Refusal(
                "--find-capacity", "--scenario", "x.toml", saying: "--scenario exclude each other: leave out --scenario"
            ),
            Refusal("--scenario", "nowhere.toml", saying: "nowhere.toml: No such file or directory"),
            Refusal("--sort", "speed", saying: "invalid value 'speed' for --sort: expected throughput, p50"),
            Refusal("--hgrm", "/dev/null", code: 1, saying: "Not a directory"),
            Refusal("--trace", "x.txt", saying: "for --trace: expected a file name that ends in .json"),
            Refusal("--trace", "/nowhere/at/all/x.json", code: 1, saying: "its folder does not exist"),
            Refusal("--hgrm", "/nowhere/at/all", code: 1, saying: "cannot create the folder /nowhere/at/all"),
            Refusal("--frobnicate", saying: "--frobnicate"),
            Refusal("extra", saying: "extra"),
        ]

        @Test(arguments: options)
        func `an invalid option is refused`(refusal: Refusal) throws {
            let worker = try Script.logging()
            let run = try Invocation(["run", "--worker", worker.path] + refusal.arguments)
            try expectRefusal(run, code: refusal.code, saying: refusal.words)
            #expect(!worker.log.contains("contend") && !worker.log.contains("janitor"))
        }

        private static let crashOptions = [
            Refusal("--locks", "futx", saying: "did you mean `futex`?"),
            Refusal("--locks", "zzzzzzzzzzzz", saying: "names from `shmbench list`"),
            Refusal("--locks", "", saying: "invalid value '' for --locks: expected all"),
            Refusal("--paths", "waitr", saying: "did you mean `waiter`?"),
            Refusal("--paths", "waiter,contended", saying: "did you mean `uncontended`?"),
            Refusal(
                "--paths", "zzzzzzzzzzzz", saying: "for --paths: expected all or names of uncontended, waiter, holder"),
            Refusal("--paths", "", saying: "invalid value '' for --paths: expected all"),
            Refusal("--workers", "0", saying: "for --workers: expected 1…64"),
            Refusal("--workers", "65", saying: "for --workers: expected 1…64"),
            Refusal("--workers=-1", saying: "for --workers: expected 1…64"),
            Refusal("--workers", "x", saying: "--workers"),
            Refusal("--every", "0", saying: "invalid value '0' for --every: expected 1…100000"),
            Refusal("--format", "xml", saying: "invalid value 'xml' for --format: expected table, markdown, csv"),
            Refusal("--rounds", "3", saying: "--rounds"),
        ]

        @Test(arguments: crashOptions)
        func `an invalid option of crash is refused`(refusal: Refusal) throws {
            let worker = try Script.logging()
            let run = try Invocation(["crash", "--worker", worker.path] + refusal.arguments)
            try expectRefusal(run, code: refusal.code, saying: refusal.words)
            #expect(!worker.log.contains("survive") && !worker.log.contains("janitor"))
        }

        private static let lifecycleOptions = [
            Refusal("--attachments", "0", saying: "for --attachments: expected 1…100000"),
            Refusal("--attachments", "many", saying: "for --attachments: expected 1…100000"),
            Refusal("--samples", "1", saying: "for --samples: expected 2…1000000"),
            Refusal("--size", "0", saying: "for --size: expected 1 or more"),
            Refusal("--locks", "futx", saying: "for --locks: expected all, survivors"),
            Refusal("--lock", "futx", saying: "did you mean `futex`?"),
            Refusal("--format", "xml", saying: "invalid value 'xml' for --format: expected table, markdown, csv"),
        ]

        @Test(arguments: lifecycleOptions)
        func `an invalid option of lifecycle is refused`(refusal: Refusal) throws {
            try expectRefusal(
                try Invocation(["lifecycle"] + refusal.arguments), code: refusal.code, saying: refusal.words)
        }

        @Test(arguments: [
            Refusal(
                "compare", "futex", "mcs", "--false-alarms", "1",
                saying: "more than 0% and at most 20%, as in 5% or 0.05; a number from 1 on needs the %"),
            Refusal(
                "compare", "futex", "mcs", "--threshold", "p99=5",
                saying: "more than 0% and at most 1000%, as in 5% or 0.05; a number from 1 on needs the %"),
        ])
        func `a wrong share is refused in the same words by every option`(refusal: Refusal) throws {
            try expectRefusal(try Invocation(refusal.arguments), code: refusal.code, saying: refusal.words)
        }

        private static let stressOptions = [
            Refusal("--locks", "futx", saying: "did you mean `futex`?"),
            Refusal("--faults", "kill-holdr", saying: "did you mean `kill-holder`?"),
            Refusal(
                "--faults", "zzzzzzzzzzzz", saying: "for --faults: expected all or names of kill-holder, kill-waiter"),
            Refusal("--faults", "", saying: "invalid value '' for --faults: expected all"),
            Refusal("--workers", "1", saying: "for --workers: expected 2…64"),
            Refusal("--workers", "65", saying: "for --workers: expected 2…64"),
            Refusal("--duration", "soon", saying: "300ms"),
            Refusal("--duration", "0", saying: "for --duration: expected a time from 1ms"),
            Refusal("--episodes", "0", saying: "for --episodes: expected 1…100000000"),
            Refusal(
                "--episodes", "5", "--duration", "5s",
                saying: "--episodes and --duration exclude each other: leave one out"),
            Refusal("--seed", "x", saying: "--seed"),
            Refusal("--format", "xml", saying: "invalid value 'xml' for --format: expected table, markdown, csv"),
        ]

        @Test(arguments: stressOptions)
        func `an invalid option of stress is refused`(refusal: Refusal) throws {
            let worker = try Script.logging()
            let run = try Invocation(["stress", "--worker", worker.path] + refusal.arguments)
            try expectRefusal(run, code: refusal.code, saying: refusal.words)
            #expect(!worker.log.contains("stress") && !worker.log.contains("janitor"))
        }

        @Test func `a command that does not exist is refused`() throws {
            try expectRefusal(try Invocation(["frobnicate"]), code: 64, saying: "frobnicate")
            try expectRefusal(try Invocation(["list", "--frobnicate"]), code: 64, saying: "shmbench list --help")
        }

        private static let workers = [
            Refusal("/nowhere/shmworker", saying: "cannot find the worker program /nowhere/shmworker"),
            Refusal("/etc/passwd", saying: "cannot find the worker program"),
            Refusal("/bin/true", saying: "is not this program's worker"),
            Refusal("/bin", saying: "is not this program's worker"),
            Refusal("", saying: "cannot find the worker program"),
        ]

        @Test(arguments: workers)
        func `a file that is not a worker program is refused`(refusal: Refusal) throws {
            let run = try Invocation(["run", "--worker"] + refusal.arguments)
            try expectRefusal(run, code: refusal.code, saying: refusal.words)
        }

        @Test func `a worker of another version is refused, with both versions`() throws {
            let worker = try Script("echo 'shmworker 9.9.9 (arena layout 1)'")
            let run = try Invocation(["run", "--worker", worker.path])
            try expectRefusal(run, code: 64, saying: "\"shmworker 9.9.9 (arena layout 1)\"")
        }

        @Test func `a folder is not a file for results`() throws {
            let folder = try Folder()
            try FileManager.default.createDirectory(
                atPath: folder.path("x.csv"), withIntermediateDirectories: false)
            let run = try Invocation(["run", "--output", "x.csv"], in: folder)
            try expectRefusal(run, code: 1, saying: "Is a directory", leaving: ["x.csv"])
        }

        @Test func `a file named results prevents the default, and is kept`() throws {
            let folder = try Folder()
            try "mine".write(toFile: folder.path("results"), atomically: false, encoding: .utf8)
            let run = try Invocation(["run"], in: folder)
            try expectRefusal(run, code: 1, saying: "--output", leaving: ["results"])
            #expect(folder.text("results") == "mine")
        }

        @Test func `a full disk is found before the run`() throws {
            let folder = try Folder()
            try FileManager.default.createSymbolicLink(
                atPath: folder.path("x.csv"), withDestinationPath: "/dev/full")
            let worker = try Script.logging()
            let run = try Invocation(["run", "--worker", worker.path, "--output", "x.csv"], in: folder)
            try expectRefusal(run, code: 1, saying: "No space left on device", leaving: ["x.csv"])
            #expect(!worker.log.contains("contend"))
        }

        @Test func `a refused run leaves older results unchanged`() throws {
            let folder = try Folder()
            try "old".write(toFile: folder.path("x.csv"), atomically: false, encoding: .utf8)
            for option in [["--locks", "futx"], ["--workers", "0"], ["--rounds", "0"], ["--worker", "/bin/true"]] {
                let run = try Invocation(["run", "--output", "x.csv"] + option, in: folder)
                #expect(run.finish().exit != .code(0))
                #expect(folder.text("x.csv") == "old", "\(option)")
            }
        }

        private func expectRefusal(
            _ run: Invocation, code: Int32, saying words: String, leaving names: [String] = [],
            sourceLocation: SourceLocation = #_sourceLocation
        ) throws {
            let outcome = run.finish()
            #expect(outcome.exit == .code(code), sourceLocation: sourceLocation)
            #expect(outcome.stdout == "", sourceLocation: sourceLocation)
            let lines = outcome.stderr.split(separator: "\n", omittingEmptySubsequences: false)
            #expect(lines.count == 2 && lines.last == "", "one line: \(outcome.stderr)", sourceLocation: sourceLocation)
            #expect(outcome.stderr.hasPrefix("shmbench: "), sourceLocation: sourceLocation)
            #expect(outcome.stderr.contains(words), sourceLocation: sourceLocation)
            #expect(run.folder.names == names, "it leaves nothing", sourceLocation: sourceLocation)
        }
    }
}
