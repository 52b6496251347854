internal import Glibc
@_spi(Bench) internal import ShmCore
internal import ShmHarness

/// Removes what a coordinator leaves when it is killed outright.
///
/// It waits for the end of its standard input, whose other end the coordinator holds: that comes when the coordinator
/// ends, however it ends. Then it destroys every segment of that run, which includes the kernel objects of their locks, and
/// its lease. A coordinator that ends in order has done so itself, and ends its janitor.
enum Janitor {
    /// The kernel closes a dying coordinator's descriptors one after another.
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
            // A coordinator that lives on: somebody plays with the segments of a run.
            if deadline.hasPassed { return Complaint.refuse() }
            usleep(1000)
        }
        RunFiles.remove(run)
        return .done
    }
}
