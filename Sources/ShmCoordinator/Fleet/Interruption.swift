internal import Glibc
internal import Synchronization

/// Detects Ctrl-C and similar signals, so that a run can end cleanly.
public enum Interruption {
    private static let received = Atomic<Int32>(0)

    /// Catches SIGINT, SIGTERM and SIGHUP from now on, unless this process was started to ignore them (nohup). A second
    /// signal has its default action.
    public static func watch() {
        _ = received.load(ordering: .relaxed)
        for signal in [SIGINT, SIGTERM, SIGHUP] {
            var action = sigaction()
            unsafe sigaction(signal, nil, &action)
            let handler = unsafe unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self)
            let ignored = unsafe unsafeBitCast(SIG_IGN, to: Int.self)
            if handler == ignored { continue }
            action = sigaction()
            unsafe action.__sigaction_handler.sa_handler = { Interruption.received.store($0, ordering: .relaxed) }
            action.sa_flags = Int32(bitPattern: UInt32(SA_RESETHAND))
            unsafe sigaction(signal, &action, nil)
        }
    }

    /// Whether a signal has arrived.
    public static var hasCome: Bool { received.load(ordering: .relaxed) != 0 }
}
