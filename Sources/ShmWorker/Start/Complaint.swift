internal import Glibc
internal import ShmHarness

/// What a worker program says where it cannot do what it was started for.
enum Complaint {
    /// What it says to a person who starts it.
    static func refuse() -> WorkerExit {
        say("is started by shmbench and does nothing by itself; try `shmbench run`")
        return .usage
    }

    /// One line to stderr.
    static func say(_ message: String) {
        let line = Array("shmworker: \(message)\n".utf8)
        _ = unsafe line.withUnsafeBytes { unsafe write(STDERR_FILENO, $0.baseAddress, $0.count) }
    }
}
