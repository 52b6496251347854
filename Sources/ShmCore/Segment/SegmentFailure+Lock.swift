internal import SystemPackage

/// Why a segment's lock cannot be used.
extension SegmentFailure {
    static func destroyedWhileLocking(_ errno: Errno? = nil) -> SegmentFailure {
        SegmentFailure(
            .lockError, "the segment has been destroyed, or its control block overwritten; detach and create it again",
            errno: errno)
    }

    /// The calling thread would wait for itself.
    static var heldThroughAnotherHandle: SegmentFailure {
        SegmentFailure(
            .lockError, "this thread holds the lock through another handle; unlock it there first",
            errno: .deadlock)
    }

    /// The calling thread would wait for the end of an initialisation that it performs itself.
    static var initialisedByThisThread: SegmentFailure {
        SegmentFailure(
            .lockError,
            "this thread is initialising it through another handle; use that one, or wait until it has finished",
            errno: .deadlock)
    }

    static func otherPIDNamespace(_ name: String) -> SegmentFailure {
        let reason =
            ProcessIdentity.currentPIDNamespace == 0
            ? "this process cannot determine its PID namespace; mount /proc"
            : "its creator is in another PID namespace; create it with a lock that does not use thread ids, such as "
                + "\(LockKind.everywhere)"
        return SegmentFailure(.lockError, "its lock \(name) names owners by thread id, and \(reason)")
    }

    static func otherIPCNamespace(_ name: String) -> SegmentFailure {
        SegmentFailure(
            .lockError,
            "its lock \(name) has a kernel object in its creator's IPC namespace, and this process is in another; run "
                + "both in one IPC namespace, or create it with the lock \(LockKind.everywhere)")
    }

    static func tooManyParticipants(_ name: String, _ limit: Int) -> SegmentFailure {
        SegmentFailure(
            .outOfResources,
            "its lock \(name) has the maximum of \(limit) participants; detach some, or create it with another lock",
            errno: .noSpace)
    }

    /// The meaning of an errno value from a lock's own operation.
    static func locking(_ name: String, _ errno: Errno) -> SegmentFailure {
        if name == RobustFutexLock.properties.name, let obstacle = Membarrier.obstacle, obstacle.errno == errno {
            return SegmentFailure(
                .lockError,
                "its lock \(name) needs membarrier(2) in each process, as its creator could use it, and here "
                    + "\(obstacle.reason); permit it, or create it with the lock \(LockKind.everywhere)",
                errno: errno)
        }
        return switch errno {
        case .deadlock:
            SegmentFailure(
                .lockError,
                "this thread already holds the lock, through another handle or participant; unlock it first",
                errno: errno)
        case .noLocks where name == RobustFutexLock.properties.name:
            SegmentFailure(
                .outOfResources,
                "a thread can use at most \(RobustListEntry.limit) handles with the lock \(name); release some, or use "
                    + "another thread",
                errno: errno)
        case .noMemory, .noLocks, .tooManyOpenFiles, .tooManyOpenFilesInSystem:
            SegmentFailure(errno, what: "its lock \(name) needs more resources")
        case .noFunction, .notPermitted, .permissionDenied:
            SegmentFailure(
                .lockError,
                "this process may not make the system calls of its lock \(name) (a seccomp filter, or missing "
                    + "privileges); permit them, or create it with the lock \(LockKind.everywhere)",
                errno: errno)
        case .notSupported where name == RobustFutexLock.properties.name:
            SegmentFailure(
                .lockError,
                "its lock \(name) maps a page twice (mremap with an old size of 0), which this system, or a tool that "
                    + "the program runs under, does not support; create it with the lock \(LockKind.everywhere)",
                errno: errno)
        default:
            SegmentFailure(
                .lockError,
                "its lock \(name) does not work: its control block or its kernel object was changed from outside; stop "
                    + "the programs that use the segment, then destroy it with mode forceNoWait and create it again",
                errno: errno)
        }
    }

    /// The meaning of a failure of a plugin's function, whose errno values only the plugin's author knows; `nil` if the
    /// lock is not a plugin's.
    static func plugin(_ function: String, _ name: String, _ errno: Errno) -> SegmentFailure? {
        guard let plugin = LockPlugin.loaded, plugin.properties.name == name else { return nil }
        return SegmentFailure(
            .lockError,
            "the function \(function) of the lock plugin \(plugin.path) failed; look the error number up in the "
                + "plugin's source",
            errno: errno)
    }
}
