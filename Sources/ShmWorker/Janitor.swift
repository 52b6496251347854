internal import Glibc
internal import ShmCore
internal import ShmHarness

/// Removes what a coordinator leaves when it is killed outright.
///
/// It waits for the end of its standard input, whose other end the coordinator holds: that comes when the coordinator
/// ends, however it ends. Then it destroys every segment of that coordinator, which includes the kernel objects of
/// their locks. After an orderly end there are none.
enum Janitor {
    static func run(coordinator: Int32) {
        // A live coordinator that is not the parent: somebody plays with the segments of a run.
        guard getppid() == coordinator || isDead(coordinator) else {
            WorkerProgram.complain("is started by shmbench and does nothing by itself; try `shmbench run`")
            exit(WorkerExit.usage.rawValue)
        }
        for signal in [SIGINT, SIGTERM, SIGHUP, SIGQUIT] { Glibc.signal(signal, SIG_IGN) }
        var byte: UInt8 = 0
        while true {
            let count = unsafe read(STDIN_FILENO, &byte, 1)
            if count == 0 || (count < 0 && errno != EINTR) { break }
        }
        let prefix = RoundKeys.prefix(coordinator: coordinator)
        for segment in (try? SharedMemory.segments()) ?? [] where segment.key.hasPrefix(prefix) {
            try? SharedMemory(key: segment.key).destroy(mode: .forceNoWait)
        }
    }

    /// Whether a process is no more, or not any longer. A coordinator may be killed before its janitor has come to its first
    /// statement: it is a zombie then, or about to become one, and this process already another's child.
    private static func isDead(_ process: Int32) -> Bool {
        let deadline = Deadline.after(.seconds(1))
        while kill(process, 0) == 0 {
            guard let stat = try? SmallFile.read("/proc/\(process)/stat"), let end = stat.lastIndex(of: ")") else {
                return true
            }
            let letter = stat[stat.index(after: end)...].split(separator: " ").first
            if letter == "Z" || letter == "X" { return true }
            if deadline.hasPassed { return false }
            usleep(1000)
        }
        return true
    }
}
