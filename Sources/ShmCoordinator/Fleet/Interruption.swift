internal import Glibc
internal import Synchronization

/// Notices Ctrl-C and its kin, so that a run can end in order.
public enum Interruption {
    private static let received = Atomic<Int32>(0)

    /// Catches SIGINT, SIGTERM and SIGHUP from here on, except where this process was started to ignore them (nohup). A
    /// second one ends the process in the ordinary way.
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

    /// Whether one has come.
    public static var hasCome: Bool { received.load(ordering: .relaxed) != 0 }
}
