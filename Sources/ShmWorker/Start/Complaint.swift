internal import Glibc
internal import ShmHarness

/// Messages of a worker that cannot do what it was started for.
enum Complaint {
    /// Refuses a start by hand.
    static func refuse() -> WorkerExit {
        say("cannot run by itself: shmbench starts it; use `shmbench run`")
        return .usage
    }

    /// One line to stderr.
    static func say(_ message: String) {
        let line = Array("shmworker: \(message)\n".utf8)
        _ = unsafe line.withUnsafeBytes { unsafe write(STDERR_FILENO, $0.baseAddress, $0.count) }
    }
}
