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
            case .permissionDenied, .notPermitted:
                (.permissionDenied, "access rights are missing; check its owner and permissions")
            case .readOnlyFileSystem:
                (.permissionDenied, "\(SegmentFile.directory) is mounted read-only; mount it for writing")
            case .noSuchFileOrDirectory: (.notFound, "no segment has that key; create it first")
            case .fileExists: (.alreadyExists, "something already has that name")
            case .fileTooLarge where what == nil: (.invalidSize, "no file can be that large; ask for less")
            case .resourceTemporarilyUnavailable:
                (.outOfResources, "another process holds a lease on its file (fcntl(2), F_SETLEASE); try again")
            case .noFunction:
                (.outOfResources, "the kernel, or a seccomp filter, does not offer a system call that this needs")
            default: (.unknownError, "an unexpected error")
            }
        self.init(code, what.map { "\($0): \(reason)" } ?? reason, errno: errno)
    }

    static var destroyed: SegmentFailure {
        SegmentFailure(.notFound, "it has been destroyed, or its control block overwritten; detach and create it anew")
    }

    /// Its creator died before it was done.
    static var abandoned: SegmentFailure {
        SegmentFailure(.notFound, "its creator died while it initialised it; create it anew, or use createOrAttach")
    }

    /// Its creator is at work on it, and there was no more time to wait.
    static let beingInitialised = SegmentFailure(.notFound, "it is being initialised; try again")

    static func notASegment(_ what: String) -> SegmentFailure {
        SegmentFailure(.keyError, "what has that name is \(what), not a segment; use another key")
    }

    /// Why a name could not be opened: says what is in the way where that is not a regular file.
    static func opening(_ errno: Errno, name: String) -> SegmentFailure {
        switch errno {
        case .tooManySymbolicLinkLevels, .isDirectory, .noSuchAddressOrDevice:
            let kind = (try? SegmentFile.status(ofName: name)).map(SegmentFile.kind) ?? "not a regular file"
            return .notASegment(kind)
        default: return finding(errno)
        }
    }

    /// Why what has a name could not be looked at: there is nothing, or not even a directory for it.
    static func finding(_ errno: Errno) -> SegmentFailure {
        guard errno == .noSuchFileOrDirectory || errno == .notDirectory, let want = SegmentFile.missingDirectory else {
            return SegmentFailure(errno)
        }
        return SegmentFailure(.notFound, want, errno: errno)
    }

    /// Why a segment's file could not be made.
    static func making(_ errno: Errno) -> SegmentFailure {
        switch errno {
        case .noSuchFileOrDirectory, .notDirectory:
            SegmentFailure(
                .outOfResources, SegmentFile.missingDirectory ?? "\(SegmentFile.directory) is gone", errno: errno)
        case .noSpace:
            SegmentFailure(
                .outOfResources,
                "\(SegmentFile.directory) has no free inode; remove files from it, or remount it with a larger nr_inodes",
                errno: errno)
        case .notSupported, .isDirectory:
            SegmentFailure(
                .outOfResources,
                "\(SegmentFile.directory) cannot hold files without a name (O_TMPFILE); mount a tmpfs on it: "
                    + "mount -t tmpfs tmpfs \(SegmentFile.directory)", errno: errno)
        default: SegmentFailure(errno)
        }
    }
}

/// Which file it is, by any name.
struct FileIdentity: Hashable {
    let device: dev_t
    let inode: ino_t

    /// No file's: there is no inode 0.
    static var none: FileIdentity { FileIdentity(device: 0, inode: 0) }

    private init(device: dev_t, inode: ino_t) { (self.device, self.inode) = (device, inode) }

    init(_ status: stat) {
        device = status.st_dev
        inode = status.st_ino
    }
}
