import Foundation
import ShmCoordinator
import Testing

extension CommandLineSuite.Inputs {
    /// A program whose arguments are not where the Swift runtime expects them finds them, or fails: it does not succeed
    /// without doing anything.
    @Suite struct LostArgumentTests {
        private let folder: Folder

        init() throws { folder = try Folder() }

        /// Runs a program that an object was loaded into which has moved the environment.
        private func preloaded(_ program: String, _ arguments: String...) throws -> Invocation.Outcome {
            let object = try folder.compile(
                """
                #define _GNU_SOURCE 1
                #include <stdio.h>
                #include <stdlib.h>
                __attribute__((constructor)) static void move(void) {
                    char name[32];
                    for (int i = 0; i < 64; i++) { snprintf(name, sizeof name, "MOVED_%d", i); setenv(name, "1", 1); }
                }
                """)
            return try Invocation(
                program: "/usr/bin/env",
                ["LD_PRELOAD=\(object)", Invocation.path(of: program)] + arguments, in: folder
            ).finish()
        }

        @Test func `arguments are found although a loaded object has moved the environment`() throws {
            let gate = try preloaded("shmbench", "check", "--baseline", "nosuch.csv")
            #expect(gate.exit == .code(64) && gate.stdout == "", "\(gate.stdout)")
            #expect(gate.stderr.contains("nosuch.csv: No such file"))
            let list = try preloaded("shmbench", "list", "--names")
            #expect(list.exit == .code(0) && list.stdout.contains("robust-futex\n"))
            #expect(try preloaded("shmworker-dynamic", "--version").stdout.hasPrefix("shmworker "))
            let bench = try preloaded("selfbench", "nosuch")
            #expect(bench.exit == .code(64) && (bench.stdout + bench.stderr).contains("invalid part 'nosuch'"))
            #expect(try preloaded("shmprobe", "shmbench-tests-nosuch").stdout == "ok\n")
        }

        @Test func `a whole run under such an object measures the cells of its options`() throws {
            let outcome = try preloaded(
                "shmbench", "run", "--locks", "futex", "--workers", "1", "--duration", "10ms", "--rounds", "2",
                "--output", "x.csv", "--format", "csv")
            #expect(outcome.exit == .code(0), "\(outcome.stderr)")
            #expect(try Table(outcome.stdout).rows.map { $0["lock"] } == ["futex", "futex"])
        }

        private static let hide = "mount -t tmpfs none /proc && exec \"$@\""

        private static var canHideProc: Bool {
            let arguments = ["-m", "/bin/sh", "-c", hide, "sh", "/bin/true"]
            return (try? Invocation(program: "/usr/bin/unshare", arguments).finish().exit) == .code(0)
        }

        @Test(.enabled("a mount namespace takes the superuser") { canHideProc })
        func `arguments are found without proc`() throws {
            let arguments = ["-m", "/bin/sh", "-c", Self.hide, "sh", "\(Invocation.programs)/shmbench"]
            let gate = try Invocation(
                program: "/usr/bin/unshare", arguments + ["check", "--baseline", "nosuch.csv"], in: folder
            ).finish()
            #expect(gate.exit == .code(64) && gate.stdout == "" && gate.stderr.contains("nosuch.csv"))
            let list = try Invocation(program: "/usr/bin/unshare", arguments + ["list", "--names"]).finish()
            #expect(list.exit == .code(0) && list.stdout.contains("robust-futex\n"))
        }

        @Test(arguments: ["shmbench", "shmworker", "shmworker-dynamic", "selfbench"])
        func `a program that is started without any argument, its name included, fails in one line`(
            program: String
        ) throws {
            let source = """
                #include <unistd.h>
                int main(int argc, char **argv, char **environment) {
                    char *none[] = {0};
                    return argc > 1 ? execve(argv[1], none, environment) : 1;
                }
                """
            try source.write(toFile: folder.path("exec.c"), atomically: true, encoding: .utf8)
            let compiled = try Invocation(
                program: "/usr/bin/env", ["cc", "-o", folder.path("exec"), folder.path("exec.c")])
            try #require(compiled.finish().exit == .code(0))
            let outcome = try Invocation(
                program: folder.path("exec"), [Invocation.path(of: program)], in: folder
            ).finish()
            #expect(outcome.exit == .code(64), "\(outcome.exit)")
            #expect((outcome.stdout + outcome.stderr).split(separator: "\n").count == 1)
        }
    }
}
