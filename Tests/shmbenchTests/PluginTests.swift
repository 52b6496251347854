import Foundation
import ShmCoordinator
import TestSupport
import Testing

extension CommandLineSuite.Inputs {
    /// Locks from shared objects, compiled here.
    @Suite struct PluginTests {
        private let folder: Folder

        init() throws { folder = try Folder() }

        private func run(
            _ plugin: String, _ locks: String, workers: String = "2", environment: [String] = [], _ more: String...
        ) throws -> Invocation.Outcome {
            let arguments =
                environment + ["\(Invocation.programs)/shmbench", "run", "--lock-plugin", plugin, "--locks", locks]
                + ["--workers", workers, "--duration", "50ms", "--warmup", "5ms", "--rounds", "1"]
                + ["--format", "csv", "--output", "x.csv"] + more
            return try Invocation(program: "/usr/bin/env", arguments).finish()
        }

        @Test(arguments: ["slow-futex", "anderson"])
        func `an example is measured like any lock, and keeps all updates`(name: String) throws {
            let object = try folder.plugin(name)
            let outcome = try run(object, "\(name),futex", workers: "1,2,5", "--read-percent", "20")
            #expect(outcome.exit == .code(0), "\(outcome.stderr)")
            let rows = try Table(outcome.stdout).rows
            #expect(rows.count == 6 && rows.allSatisfy { $0["integrity"] == "ok" })
            #expect(
                rows.filter { $0["lock"] == name }.allSatisfy { Int($0["acquisitions"] ?? "").map { $0 > 0 } == true })
        }

        @Test func `list shows the plugin's lock, and all includes it`() throws {
            let object = try folder.plugin("anderson")
            let list = try Invocation(["list", "--lock-plugin", object, "--format", "csv"]).finish()
            let row = try #require(try Table(list.stdout).rows.first { $0["name"] == "anderson" })
            #expect(row["family"] == "plugin" && row["fairness"] == "fifo" && row["waiting"] == "spins")
            #expect(row["survives_waiter_death"] == "no")
            #expect(try Invocation(["list", "--lock-plugin", object]).finish().stdout.contains("plugin: from"))
            #expect(try !Invocation(["list"]).finish().stdout.contains("anderson"))
        }

        @Test func `the slowed futex is slower by what was planted`() throws {
            let object = try folder.plugin("slow-futex")
            func nanoseconds(_ delay: Int) throws -> Double {
                let outcome = try run(object, "slow-futex", workers: "1", environment: ["SHM_SLOW_FUTEX_NS=\(delay)"])
                let row = try #require(try Table(outcome.stdout).rows.first)
                return 1e9 / (try #require(Double(row["throughput_per_s"] ?? "")))
            }
            #expect(try nanoseconds(20_000) >= 20_000)
            #expect(try nanoseconds(0) < 20_000)
        }

        /// A lock on the segment's file, with a file of its own beside it.
        private static let fileLock = """
            #define _GNU_SOURCE 1
            #include "shm_lock_plugin.h"

            #include <errno.h>
            #include <fcntl.h>
            #include <stdlib.h>
            #include <stdio.h>
            #include <sys/file.h>
            #include <unistd.h>

            static void tell(const char *event) {
                int file = open(getenv("SHM_TEST_EVENTS"), O_WRONLY | O_APPEND | O_CREAT, 0600);
                if (file >= 0 && write(file, event, 1) == 1) close(file);
            }

            static size_t bytes_needed(uint32_t participants) { return participants; }
            static int init(void *area, uint32_t participants) {
                tell("i");
                return area && participants ? 0 : EINVAL;
            }
            static int attach(void *area, uint32_t participants, int fd, void **context) {
                char path[64];
                snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
                int *own = malloc(sizeof *own);
                if (!own || !area || !participants) return ENOMEM;
                *own = open(path, O_RDWR | O_CLOEXEC);
                if (*own < 0) return errno;
                *context = own;
                tell("a");
                return 0;
            }
            static void detach(void *context) {
                close(*(int *)context);
                free(context);
                tell("d");
            }
            static int lock(void *context) { return flock(*(int *)context, LOCK_EX) == 0 ? 0 : errno; }
            static int trylock(void *context) {
                if (flock(*(int *)context, LOCK_EX | LOCK_NB) == 0) return 0;
                return errno == EWOULDBLOCK ? EBUSY : errno;
            }
            static void unlock(void *context) { flock(*(int *)context, LOCK_UN); }
            static void retire(void *context) { tell(context ? "r" : "?"); }

            static const struct shm_lock_plugin plugin = {
                .abi_version = SHM_LOCK_PLUGIN_ABI, .struct_size = sizeof plugin, .name = "file-lock",
                .summary = "flock(2)", .bytes_needed = bytes_needed, .init = init, .attach = attach, .detach = detach,
                .lock = lock, .trylock = trylock, .unlock = unlock, .retire = retire,
            };
            const struct shm_lock_plugin *shm_lock_plugin_get(void) { return &plugin; }
            """

        @Test func `a plugin can lock the segment's file, and every participant is attached, detached and retired`()
            throws
        {
            let object = try folder.compile(Self.fileLock)
            let outcome = try run(
                object, "file-lock", workers: "3", environment: ["SHM_TEST_EVENTS=\(folder.path("events"))"])
            #expect(outcome.exit == .code(0), "\(outcome.stderr)")
            #expect(try Table(outcome.stdout).rows.map { $0["integrity"] } == ["ok"])
            let events = folder.text("events")
            func count(_ event: Character) -> Int { events.count { $0 == event } }
            #expect(count("i") == 1)
            #expect(count("a") >= 3 + 1, "each worker, and the coordinator")
            #expect(count("d") == count("a"))
            #expect(count("r") >= 1)
        }

        @Test func `a plugin that lets two in is caught`() throws {
            let object = try folder.plugin(
                "slow-futex",
                [
                    ("    if (take(word)) return SHM_LOCK_ACQUIRED;\n", "    return SHM_LOCK_ACQUIRED;\n"),
                    (".name = \"slow-futex\"", ".name = \"broken\""),
                ])
            let outcome = try run(object, "broken", "--critical-section", "2us")
            #expect(outcome.exit == .code(3), "\(outcome.stderr)")
            #expect(try Table(outcome.stdout).rows.first?["integrity"] == "failed")
        }

        @Test func `a plugin's crashes are tested like any lock's`() throws {
            let object = try folder.plugin("slow-futex")
            let arguments = [
                "crash", "--lock-plugin", object, "--locks", "slow-futex", "--every", "40", "--format", "csv",
            ]
            let outcome = try Invocation(arguments).finish()
            #expect(outcome.exit == .code(0), "\(outcome.stderr)")
            let row = try #require(try Table(outcome.stdout).rows.first)
            #expect(row["as_promised"] == "yes" && row["verdict"]?.contains("hangs") == true)
        }

        @Test func `without a choice of locks, crash tests the plugin's`() throws {
            let object = try folder.plugin("slow-futex")
            let arguments = ["crash", "--lock-plugin", object, "--every", "1000", "--paths", "holder"]
            let outcome = try Invocation(arguments + ["--format", "csv"]).finish()
            #expect(try Table(outcome.stdout).rows.map { $0["lock"] } == ["slow-futex"])
        }

        @Test func `a run without a plugin takes none from its environment`() throws {
            let arguments = ["SHM_LOCK_PLUGIN=/nowhere.so", "\(Invocation.programs)/shmbench", "run", "--locks"]
            let short = ["--workers", "2", "--duration", "10ms", "--rounds", "1"]
            let outcome = try Invocation(program: "/usr/bin/env", arguments + ["futex"] + short).finish()
            #expect(outcome.exit == .code(0), "\(outcome.stderr)")
            let other = try Invocation(program: "/usr/bin/env", arguments + ["plugin"] + short).finish()
            #expect(other.exit == .code(64))
            #expect(
                other.stderr == "shmbench: invalid value 'plugin' for --locks: expected --lock-plugin FILE beside it\n")
        }

        @Test func `a plugin that promises to survive its owner and does not is found out`() throws {
            let object = try folder.plugin(
                "slow-futex", [("    .bytes_needed =", "    .promises = SHM_LOCK_SURVIVES_OWNER,\n    .bytes_needed =")]
            )
            let arguments = [
                "crash", "--lock-plugin", object, "--locks", "slow-futex", "--every", "60", "--paths", "holder",
            ]
            let outcome = try Invocation(arguments).finish(within: .seconds(50))
            #expect(outcome.exit == .code(3), "\(outcome.stderr)")
        }

        /// Each with what the one line must say.
        private static let refusals: [(changes: [(String, String)], saying: String)] = [
            (
                [("SHM_LOCK_PLUGIN_ABI,", "SHM_LOCK_PLUGIN_ABI + 1,")],
                "invalid abi_version 2: expected 1"
            ),
            ([("sizeof plugin", "8")], "invalid struct_size 8"),
            ([("    .bytes_needed =", "    .promises = 0x4000,\n    .bytes_needed =")], "unknown bits (0x4000)"),
            ([("shm_lock_plugin_get(void) {", "something_else(void) {")], "no function shm_lock_plugin_get"),
            ([("return &plugin;", "return 0;")], "returns NULL"),
            ([("\"slow-futex\"", "\"Slow Futex\"")], "lower-case letters"),
            ([("\"slow-futex\"", "\"futex\"")], "the catalogue has a lock of that name"),
            ([("\"slow-futex\"", "\"all\"")], "invalid name 'all': it selects a group of locks"),
            ([("\"slow-futex\"", "\"queue\"")], "invalid name 'queue': it selects a group of locks"),
            ([("\"slow-futex\"", "\"a-name-that-is-one-byte-too-long\"")], "invalid name: expected at most 31 bytes"),
            ([("a futex mutex", "two\\nlines")], "invalid summary: expected one line"),
            ([("a futex mutex", String(repeating: "long ", count: 30))], "invalid summary: expected at most 120 bytes"),
            ([("    return 0;\n}\n\nstatic int take", "    return 22;\n}\n\nstatic int take")], "the function init of"),
            ([("    .trylock = trylock,\n", "")], "trylock is NULL"),
            ([("return sizeof(_Atomic uint32_t);", "return 0;")], "bytes_needed returns 0"),
            ([("return sizeof(_Atomic uint32_t);", "return (size_t)1 << 40;")], "bytes_needed returns 1099511627776"),
            (
                [("    return 0;\n}\n\nstatic int take", "    return 95;\n}\n\nstatic int take")],
                "Operation not supported"
            ),
        ]

        @Test(arguments: refusals.indices)
        func `an invalid plugin is rejected in one line`(index: Int) throws {
            let refusal = Self.refusals[index]
            let outcome = try run(try folder.plugin("slow-futex", refusal.changes), "slow-futex", workers: "1")
            // Its init is called when a segment is created.
            let isLoaded = refusal.changes[0].0.contains("static int take")
            #expect(outcome.exit == .code(isLoaded ? 1 : 64))
            #expect(outcome.stdout.split(separator: "\n").count <= 1, "no more than a heading")
            let complaint = try #require(outcome.complaints.last)
            #expect(complaint.hasPrefix("shmbench: ") && complaint.contains(refusal.saying), "\(outcome.stderr)")
        }

        @Test func `a file that is no plugin is rejected in one line`() throws {
            try "int main(void) { return 0; }".write(
                toFile: folder.path("text.so"), atomically: true, encoding: .utf8)
            for (file, saying) in [
                ("/nowhere/lock.so", "no such file"), (folder.path("text.so"), "file too short"),
            ] {
                let outcome = try run(file, "futex")
                #expect(outcome.exit == .code(64))
                #expect(outcome.complaints.count == 1, "\(outcome.stderr)")
                #expect(
                    outcome.stderr.contains("cannot load the lock plugin \(file): \(saying)"), "\(outcome.stderr)")
            }
        }

        @Test func `what a run with a plugin leaves when it is killed, a run without can remove`() throws {
            let traces = Traces()
            let object = try folder.plugin("slow-futex")
            let run = try Invocation([
                "run", "--lock-plugin", object, "--locks", "slow-futex", "--workers", "2", "--duration", "20s",
            ])
            #expect(eventually { ProcessTable.workers(of: run.pid).count == 2 })
            let workers = ProcessTable.workers(of: run.pid)
            let janitors = ProcessTable.children(of: run.pid).filter { $0.arguments.contains("janitor") }
            for janitor in janitors { kill(janitor.pid, SIGKILL) }
            run.send(SIGKILL)
            _ = run.finish()
            #expect(eventually { !workers.contains(where: ProcessTable.isRunning) })
            #expect(try Invocation(["segments", "--remove"]).finish().exit == .code(0))
            #expect(traces.left(processes: workers) == [])
        }
    }
}
