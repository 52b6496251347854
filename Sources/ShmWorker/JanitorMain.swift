internal import Glibc
@_spi(Bench) internal import ShmCore
internal import ShmHarness

/// Removes what a coordinator leaves behind when it is killed.
///
/// It waits for end-of-file on its standard input. The coordinator holds the other end, which the kernel closes when
/// the coordinator ends, however it ends. The janitor then destroys every segment of that run with the kernel objects
/// of their locks, and its lease. A coordinator that exits normally does this itself, and ends its janitor.
enum JanitorMain {
    /// Time that the kernel may take to close a dying coordinator's descriptors, the lease's among them.
    private static let patience = Duration.seconds(5)

    static func run(_ run: RunID) -> WorkerExit {
        for signal in [SIGINT, SIGTERM, SIGHUP, SIGQUIT] { Glibc.signal(signal, SIG_IGN) }
        var byte: UInt8 = 0
        while true {
            let count = unsafe read(STDIN_FILENO, &byte, 1)
            if count == 0 || (count < 0 && errno != EINTR) { break }
        }
        let deadline = Deadline.after(patience)
        while RunLease.state(of: run) == .held {
            // The coordinator is alive: end-of-file came from elsewhere, and the run's files are in use.
            if deadline.hasPassed { return Complaint.refuse() }
            usleep(1000)
        }
        RunFiles.remove(run)
        return .done
    }
}
