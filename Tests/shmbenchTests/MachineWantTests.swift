import Foundation
import ShmCoordinator
import TestSupport
import Testing

extension CommandLineSuite.Faults {
    /// Runs and tests to which the machine refuses something: one line that names it, exit code 1, and no word against a
    /// lock.
    @Suite struct MachineWantTests {
        private let folder: Folder

        init() throws { folder = try Folder() }

        private static let stress = [
            "stress", "--locks", "robust-futex", "--duration", "300ms", "--format", "csv", "--faults",
        ]

        private func expectRefusal(_ run: Invocation, _ causes: String...) {
            let traces = Traces()
            let outcome = run.finish(within: .seconds(45))
            #expect(outcome.exit == .code(1), "\(outcome.stdout)")
            #expect(outcome.complaints.count { $0.hasPrefix("shmbench: ") } == 1, "\(outcome.stderr)")
            for cause in causes { #expect(outcome.stderr.contains(cause), "\(outcome.stderr)") }
            let words = [",hangs,", ",bad,", "STUCK", "BROKEN"]
            for line in outcome.stdout.split(separator: "\n").dropFirst() {
                #expect(!words.contains { line.contains($0) }, "\(line)")
            }
            #expect(traces.left() == [])
        }

        // MARK: Processes

        private static let hasPids: @Sendable () -> Bool = { ControlGroup.canBeMade("pids") }

        /// A coordinator has two threads and a janitor, and starts four workers.
        @Test(
            .enabled("a control group needs root and version 1 of the controller", hasPids),
            arguments: [
                (1, "kill-holder", "to ask for its version"), (4, "kill-holder", "cannot start a worker"),
                (10, "start-storm", "cannot start a worker"), (7, "fork", "a worker cannot start another program"),
                (3, "kill-coordinator", "second coordinator"),
                (6, "kill-coordinator", "the second coordinator did not start its workers"),
            ])
        func `a control group's limit of processes is named, and is no fault of a lock`(
            most: Int, fault: String, what: String
        ) throws {
            let group = try ControlGroup("pids", [("pids.max", "\(most)")])
            expectRefusal(
                try Invocation(Self.stress + [fault], member: group), what,
                "the control group may have \(most) processes and threads (\(group.path)/pids.max); raise it")
        }

        @Test(
            .enabled("a control group needs root and version 1 of the controller", hasPids),
            arguments: [
                ["run", "--locks", "futex", "--workers", "20", "--output", "x.csv"],
                ["crash", "--locks", "robust-futex"],
                ["compare", "futex", "futex"],
            ])
        func `so it is in every command that starts processes`(arguments: [String]) throws {
            let group = try ControlGroup("pids", [("pids.max", "4")])
            expectRefusal(
                try Invocation(arguments, member: group),
                "the control group may have 4 processes and threads (\(group.path)")
        }

        /// Refuses system calls by their numbers on x86-64, with an errno, or `kill`.
        private static let filter = """
            #include <errno.h>
            #include <linux/filter.h>
            #include <linux/seccomp.h>
            #include <stddef.h>
            #include <stdlib.h>
            #include <string.h>
            #include <sys/prctl.h>
            #include <sys/syscall.h>
            #include <unistd.h>
            int main(int argc, char **argv) {
                unsigned action = strcmp(argv[1], "kill") ? SECCOMP_RET_ERRNO | atoi(argv[1]) : SECCOMP_RET_KILL_PROCESS;
                struct sock_filter code[] = {
                    BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
                    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_clone3, 1, 0),
                    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_clone, 0, 1),
                    BPF_STMT(BPF_RET | BPF_K, action),
                    BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
                };
                struct sock_fprog program = {sizeof code / sizeof *code, code};
                (void)argc;
                if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) || prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program)) return 99;
                execv(argv[2], argv + 2);
                return 98;
            }
            """

        private func filtering() throws -> String {
            let (source, program) = (folder.path("filter.c"), folder.path("filter"))
            try Self.filter.write(toFile: source, atomically: true, encoding: .utf8)
            let compiler = try Invocation(program: "/usr/bin/env", ["cc", "-o", program, source])
            try #require(compiler.finish().exit == .code(0))
            return program
        }

        @Test func `a coordinator that may not start processes says that a filter refuses it`() throws {
            let run = try Invocation(
                program: try filtering(), ["1", Invocation.programs + "/shmbench"] + Self.stress + ["kill-holder"])
            expectRefusal(
                run, "cannot start ", "to ask for its version: Operation not permitted: a seccomp filter is in force")
        }

        @Test(arguments: [
            ("1", "Operation not permitted: a seccomp filter is in force"), ("kill", "was killed by signal 31"),
        ])
        func `a worker that may not fork is no hang of its lock`(action: String, cause: String) throws {
            let worker = try Script("exec \(try filtering()) \(action) \(Invocation.programs)/shmworker \"$@\"")
            expectRefusal(try Invocation(Self.stress + ["fork", "--worker", worker.path]), cause, "seccomp filter")
        }

        // MARK: Memory, files, time

        /// The machine's only victims are to be the workers: what eats the memory is killed last.
        @Test(
            .enabled("a control group needs root and version 1 of the controller") { ControlGroup.canBeMade("memory") },
            arguments: [
                Self.stress.dropLast() + ["--faults", "kill-holder,interrupt", "--duration", "20s"],
                [
                    "run", "--locks", "futex", "--workers", "2", "--duration", "20s", "--rounds", "1", "--output",
                    "x.csv",
                ],
                ["crash", "--locks", "robust-futex", "--paths", "all"],
            ])
        func `workers that the kernel kills for want of memory are no fault of a lock`(arguments: [String]) throws {
            let group = try ControlGroup("memory", [("memory.limit_in_bytes", "67108864")])
            let run = try Invocation(Array(arguments), member: group)
            try #require(eventually { ProcessTable.children(of: run.pid).count >= 3 })
            usleep(500_000)
            let eater = try ChildProcess(
                "/bin/sh",
                group.entering([
                    "python3", "-c",
                    "import time\\nb = [bytearray(500000) for i in range(110) if not time.sleep(0.01)]\\ntime.sleep(20)"
                        .replacingOccurrences(of: "\\n", with: "\n"),
                ]))
            defer { eater.end() }
            expectRefusal(
                run,
                "was killed by signal 9: the memory of the control group ran out: \(group.path)/memory.limit_in_bytes is "
                    + "67108864; raise it")
        }

        @Test func `a worker that another process kills is no fault of its lock`() throws {
            let run = try Invocation(
                Self.stress.dropLast() + ["--faults", "interrupt,attach-storm", "--duration", "20s"])
            try #require(
                eventually { ProcessTable.children(of: run.pid).count { $0.arguments.contains("stress") } >= 4 })
            usleep(300_000)
            let worker = try #require(ProcessTable.children(of: run.pid).first { $0.arguments.contains("stress") })
            kill(worker.pid, SIGKILL)
            expectRefusal(run, "was killed by signal 9: this program did not send it; another program or user did")
        }

        @Test(arguments: [
            (["--nofile=4"], "this process is limited to 4 open files (RLIMIT_NOFILE); raise `ulimit -n`"),
            (["--fsize=4096"], "a file is limited to 4096 bytes (RLIMIT_FSIZE); raise `ulimit -f`"),
        ])
        func `a limit of files is named`(limit: [String], cause: String) throws {
            let run = try Invocation(
                program: "/usr/bin/env",
                ["prlimit"] + limit + [Invocation.programs + "/shmbench"] + Self.stress + ["kill-holder"])
            expectRefusal(run, cause)
        }

        @Test func `a crowd that the machine keeps small is no crowd`() throws {
            let run = try Invocation(
                program: "/usr/bin/env",
                ["prlimit", "--nofile=28", Invocation.programs + "/shmbench", "stress", "--locks", "flock"]
                    + ["--workers", "2", "--faults", "crowd", "--duration", "300ms", "--format", "csv"])
            expectRefusal(
                run, "flock: a worker cannot take part in flock ",
                "this process is limited to 28 open files (RLIMIT_NOFILE); raise `ulimit -n`")
        }

        @Test func `a limit of CPU time is named`() throws {
            let run = try Invocation(
                program: "/usr/bin/env",
                ["prlimit", "--cpu=1:2", Invocation.programs + "/shmbench", "run", "--locks", "tas", "--workers", "2"]
                    + ["--duration", "20s", "--rounds", "1", "--output", "x.csv"])
            expectRefusal(
                run, "was killed by signal 24: it has used up its CPU time (RLIMIT_CPU, 1 s)")
        }

        @Test(
            .enabled("a mount needs root") { geteuid() == 0 },
            arguments: [
                ("ro", "/dev/shm is mounted read-only: mount -o remount,rw /dev/shm"),
                ("size=64k", " of 64 KiB free"),
            ])
        func `a /dev/shm that cannot be used is named`(option: String, cause: String) throws {
            let script = "mount -t tmpfs -o \(option) tmpfs /dev/shm && exec \"$@\""
            let run = try Invocation(
                program: "/usr/bin/env",
                ["unshare", "--mount", "sh", "-c", script, "sh", Invocation.programs + "/shmbench"] + Self.stress + [
                    "interrupt"
                ])
            expectRefusal(run, cause)
        }
    }
}
