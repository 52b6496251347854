import Glibc
import ShmCoordinator
import Testing

extension CommandLineSuite.Inputs {
    /// What the program says where the default lock cannot be had.
    @Suite struct RobustFutexListTests {
        @Test func `list says that a filter refuses the default lock, and which one takes its place`() throws {
            // The filter is inherited by the program that the probe becomes.
            let script = "printf 'refuse-robust-list %d\\nexecute %s list\\n' \"$3\" \"$2\" | \"$1\" none"
            let programs = ["shmprobe", "shmbench"].map(Invocation.path)
            let outcome = try Invocation(program: "/bin/sh", ["-c", script, "sh"] + programs + ["\(EPERM)"]).finish()
            #expect(outcome.exit == .code(0))
            let lines = outcome.stdout.split(separator: "\n")
            #expect(
                lines.contains {
                    $0.hasPrefix("This machine does not support robust-futex: get_robust_list(2) is refused")
                })
            #expect(lines.contains { $0.hasPrefix("flock *") })
            #expect(!lines.contains { $0.hasPrefix("robust-futex *") })
        }
    }
}
