internal import SystemPackage

/// Why a segment's lock cannot be had.
extension SegmentFailure {
    static func destroyedWhileLocking(_ errno: Errno? = nil) -> SegmentFailure {
        SegmentFailure(
            .lockError, "the segment has been destroyed, or its control block overwritten; detach and create it anew",
            errno: errno)
    }

    /// The calling thread would wait for itself.
    static var heldThroughAnotherHandle: SegmentFailure {
        SegmentFailure(
            .lockError, "this thread holds the lock through another handle; unlock it there first",
            errno: .deadlock)
    }

    /// The calling thread would wait for what it is doing itself.
    static var initialisedByThisThread: SegmentFailure {
        SegmentFailure(
            .lockError, "this thread initialises it through another handle; use that one, or wait until it is done",
            errno: .deadlock)
    }

    static func otherPIDNamespace(_ name: String) -> SegmentFailure {
        let reason =
            ProcessIdentity.currentPIDNamespace == 0
            ? "this process cannot find out in which PID namespace it is; mount /proc"
            : "its creator is in another PID namespace; create it with a lock that knows no thread ids, such as "
                + "\(LockKind.everywhere)"
        return SegmentFailure(.lockError, "its lock \(name) names owners by thread id, and \(reason)")
    }

    static func otherIPCNamespace(_ name: String) -> SegmentFailure {
        SegmentFailure(
            .lockError,
            "its lock \(name) has a kernel object in its creator's IPC namespace, and this process is in another one; run "
                + "both in one IPC namespace, or create it with the lock \(LockKind.everywhere)")
    }

    static func tooManyParticipants(_ name: String, _ limit: Int) -> SegmentFailure {
        SegmentFailure(
            .outOfResources,
            "its lock (\(name)) has \(limit) participants already; detach some, or create it with another lock",
            errno: .noSpace)
    }

    /// What the failure of a lock's own operation means.
    static func locking(_ name: String, _ errno: Errno) -> SegmentFailure {
        switch errno {
        case .deadlock:
            SegmentFailure(
                .lockError,
                "this thread holds the lock already, through another handle or participant; unlock it first",
                errno: errno)
        case .noLocks where name == RobustFutexLock.properties.name:
            SegmentFailure(
                .outOfResources,
                "a thread may use \(RobustListEntry.limit) handles with the lock \(name); let go of some, or use another thread",
                errno: errno)
        case .noMemory, .noLocks, .tooManyOpenFiles, .tooManyOpenFilesInSystem:
            SegmentFailure(errno, what: "its lock (\(name)) needs more")
        case .noFunction, .notPermitted, .permissionDenied:
            SegmentFailure(
                .lockError,
                "this process may not make the system calls of its lock (\(name)): a seccomp filter, or missing rights",
                errno: errno)
        case .notSupported where name == RobustFutexLock.properties.name:
            SegmentFailure(
                .lockError,
                "its lock (\(name)) needs the same page mapped twice (mremap with an old size of 0), which this system or "
                    + "the tool that this program runs under refuses; use the lock \(LockKind.everywhere)",
                errno: errno)
        default:
            SegmentFailure(
                .lockError,
                "its lock (\(name)) does not work: its control block or its kernel object was changed from outside; stop the "
                    + "programs that use the segment, then destroy it with mode forceNoWait and create it anew",
                errno: errno)
        }
    }

    /// What it means that a function of a plugin fails, whose error numbers mean what its author wants them to; `nil`
    /// where the lock is not a plugin's.
    static func plugin(_ function: String, _ name: String, _ errno: Errno) -> SegmentFailure? {
        guard let plugin = LockPlugin.loaded, plugin.properties.name == name else { return nil }
        return SegmentFailure(
            .lockError, "the function \(function) of the lock plugin \(plugin.path) failed; its source says why",
            errno: errno)
    }
}
