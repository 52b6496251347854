internal import Glibc
internal import SystemPackage

/// A failure inside the library: a ``SharedMemoryError`` that does not yet name the operation and the key.
struct SegmentFailure: Error {
    let code: SharedMemoryError.Code
    let reason: String
    let errno: Errno?

    init(_ code: SharedMemoryError.Code, _ reason: String, errno: Errno? = nil) {
        self.code = code
        self.reason = reason
        self.errno = errno
    }

    /// The meaning of a system call's failure to a user of segments.
    init(_ errno: Errno, what: String? = nil) {
        let (code, reason): (SharedMemoryError.Code, String) =
            switch errno {
            case .noSpace where what != nil, .noLocks:
                (.outOfResources, "a limit of the machine is reached; see `ipcs -l` and ulimit(1), and raise it")
            case .noMemory, .noSpace: (.outOfMemory, "there is not enough memory; request less, or free memory")
            case .tooManyOpenFiles: (.outOfResources, "this process has too many open files; raise `ulimit -n`")
            case .tooManyOpenFilesInSystem: (.outOfResources, "the machine has too many open files; raise fs.file-max")
            case .permissionDenied, .notPermitted:
                (.permissionDenied, "access is denied; check its owner and permissions")
            case .readOnlyFileSystem:
                (.permissionDenied, "\(SegmentFile.directory) is mounted read-only; remount it writable")
            case .noSuchFileOrDirectory: (.notFound, "no segment has that key; create it first")
            case .fileExists: (.alreadyExists, "something else already has that name; use another key")
            case .fileTooLarge where what == nil:
                (.invalidSize, "the file system cannot hold a file of that size; request less")
            case .resourceTemporarilyUnavailable:
                (.outOfResources, "another process holds a lease on its file (fcntl(2), F_SETLEASE); try again")
            case .noFunction:
                (.outOfResources, "the kernel or a seccomp filter denies a system call; permit it or update Linux")
            default: (.unknownError, "the system reports an unexpected error; look the error number up in errno(3)")
            }
        self.init(code, what.map { "\($0): \(reason)" } ?? reason, errno: errno)
    }

    static var destroyed: SegmentFailure {
        SegmentFailure(.notFound, "it has been destroyed, or its control block overwritten; detach and create it again")
    }

    /// A destroyer waits for the attachments to end.
    static var beingDestroyed: SegmentFailure {
        SegmentFailure(.notFound, "another process is destroying it; create it again afterwards")
    }

    /// The creator died before it had initialised the segment.
    static var abandoned: SegmentFailure {
        SegmentFailure(.notFound, "its creator died while it initialised it; create it again, or use createOrAttach")
    }

    /// The creator is initialising the segment, and the deadline has passed.
    static let beingInitialised = SegmentFailure(.notFound, "it is being initialised; try again later")

    static func notASegment(_ what: String) -> SegmentFailure {
        SegmentFailure(.keyError, "the object of that name is \(what), not a segment; use another key")
    }

    /// Why a name could not be opened. Names the type of the object if it is not a regular file.
    static func opening(_ errno: Errno, name: String) -> SegmentFailure {
        switch errno {
        case .tooManySymbolicLinkLevels, .isDirectory, .noSuchAddressOrDevice:
            let kind = (try? SegmentFile.status(ofName: name)).map(SegmentFile.kind) ?? "not a regular file"
            return .notASegment(kind)
        default: return finding(errno)
        }
    }

    /// Why the object of a name could not be inspected: it does not exist, or its directory does not.
    static func finding(_ errno: Errno) -> SegmentFailure {
        guard errno == .noSuchFileOrDirectory || errno == .notDirectory, let want = SegmentFile.missingDirectory else {
            return SegmentFailure(errno)
        }
        return SegmentFailure(.notFound, want, errno: errno)
    }

    /// Why a segment's file could not be created.
    static func making(_ errno: Errno) -> SegmentFailure {
        switch errno {
        case .noSuchFileOrDirectory, .notDirectory:
            SegmentFailure(
                .outOfResources,
                SegmentFile.missingDirectory ?? "\(SegmentFile.directory) does not exist; mount a tmpfs on it",
                errno: errno)
        case .noSpace:
            SegmentFailure(
                .outOfResources,
                "\(SegmentFile.directory) has no free inode; remove files from it, or remount it with a larger "
                    + "nr_inodes",
                errno: errno)
        case .notSupported, .isDirectory:
            SegmentFailure(
                .outOfResources,
                "\(SegmentFile.directory) does not support unnamed files (O_TMPFILE); mount a tmpfs on it: mount -t "
                    + "tmpfs tmpfs \(SegmentFile.directory)", errno: errno)
        default: SegmentFailure(errno)
        }
    }
}

/// Identifies a file by device and inode, and not by name.
struct FileIdentity: Hashable {
    let device: dev_t
    let inode: ino_t

    /// No file: inode 0 does not exist.
    static var none: FileIdentity { FileIdentity(device: 0, inode: 0) }

    private init(device: dev_t, inode: ino_t) { (self.device, self.inode) = (device, inode) }

    init(_ status: stat) {
        device = status.st_dev
        inode = status.st_ino
    }
}
