internal import Glibc
internal import SystemPackage

/// A failure inside the segment's machinery: a ``SharedMemoryError`` that does not know yet for whom and in what
/// operation.
struct SegmentFailure: Error {
    let code: SharedMemoryError.Code
    let reason: String
    let errno: Errno?

    init(_ code: SharedMemoryError.Code, _ reason: String, errno: Errno? = nil) {
        self.code = code
        self.reason = reason
        self.errno = errno
    }

    /// What a system call's failure means to a user of segments.
    init(_ errno: Errno, what: String? = nil) {
        let (code, reason): (SharedMemoryError.Code, String) =
            switch errno {
            case .noSpace where what != nil, .noLocks:
                (.outOfResources, "a limit of the machine is reached; see `ipcs -l` and ulimit(1)")
            case .noMemory, .noSpace: (.outOfMemory, "there is not enough memory; ask for less, or free some")
            case .tooManyOpenFiles: (.outOfResources, "this process has too many open files; raise `ulimit -n`")
            case .tooManyOpenFilesInSystem: (.outOfResources, "the machine has too many open files; raise fs.file-max")
            case .permissionDenied, .notPermitted, .readOnlyFileSystem:
                (.permissionDenied, "access rights are missing; check its owner and permissions")
            case .noSuchFileOrDirectory: (.notFound, "no segment has that key; create it first")
            case .fileExists: (.alreadyExists, "something already has that name")
            case .fileTooLarge where what == nil, .invalidArgument where what == nil:
                (.invalidSize, "no file can be that large; ask for less")
            default: (.unknownError, "an unexpected error")
            }
        self.init(code, what.map { "\($0): \(reason)" } ?? reason, errno: errno)
    }

    static var destroyed: SegmentFailure {
        SegmentFailure(.notFound, "it has been destroyed; detach and create it anew")
    }

    static func destroyedWhileLocking(_ errno: Errno? = nil) -> SegmentFailure {
        SegmentFailure(.lockError, "the segment has been destroyed; detach and create it anew", errno: errno)
    }

    static func brokenLock(_ name: String, _ errno: Errno) -> SegmentFailure {
        SegmentFailure(
            .lockError, "its lock (\(name)) is broken; destroy it by force and create it anew", errno: errno)
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
        case .noLocks where name == RobustFutexLock.properties.name:
            SegmentFailure(
                .outOfResources,
                "a thread may use \(RobustSeat.limit) handles with the lock \(name); let go of some, or use another thread",
                errno: errno)
        case .noMemory: SegmentFailure(errno, what: "its lock (\(name)) needs memory")
        default: .brokenLock(name, errno)
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

    static func notASegment(_ what: String) -> SegmentFailure {
        SegmentFailure(.keyError, "what has that name is \(what), not a segment; use another key")
    }

    /// Why a name could not be opened: says what is in the way where that is not a regular file.
    static func opening(_ errno: Errno, name: String) -> SegmentFailure {
        switch errno {
        case .tooManySymbolicLinkLevels, .isDirectory, .noSuchAddressOrDevice:
            let kind = (try? SegmentFile.status(ofName: name)).map(SegmentFile.kind) ?? "not a regular file"
            return .notASegment(kind)
        default: return SegmentFailure(errno)
        }
    }
}

/// Which file it is, whatever it is called.
struct FileIdentity: Equatable {
    let device: dev_t
    let inode: ino_t

    init(_ status: stat) {
        device = status.st_dev
        inode = status.st_ino
    }
}
