internal import Glibc
@_spi(Bench) internal import ShmCore
internal import ShmRecord
internal import SystemPackage

/// A file that a command writes. It is opened, locked and checked before anything is measured. An existing file is
/// overwritten only if it is empty or an older file of the same kind, and not while another run writes it.
struct OutputFile {
    let path: String
    private let kind: OwnFile
    private let option: String
    private let file: FileDescriptor
    /// Whether it is neither a pipe nor a device, which cannot be truncated.
    private let isRegular: Bool
    /// Whether this value has created it.
    private let isMade: Bool

    /// The maximum time to wait for a reader of a pipe.
    private static let patience = Duration.seconds(5)

    /// Opens it. Its content stays until ``begin()``.
    ///
    /// - Parameters:
    ///   - option: the option that names the file, for messages.
    ///   - isNew: whether an existing file is an error, `EEXIST`.
    init(_ path: String, _ kind: OwnFile, option: String, isNew: Bool = false) throws {
        self.path = path
        self.kind = kind
        self.option = option
        var facts = stat()
        let exists = unsafe stat(path, &facts) == 0
        isMade = !exists
        isRegular = !exists || facts.st_mode & S_IFMT == S_IFREG || facts.st_mode & S_IFMT == S_IFDIR
        do { file = try isRegular ? Self.openRegular(path, isNew: isNew) : Self.openStream(path) } catch {
            if isNew && error == .fileExists { throw error }
            throw Self.failure(error, path, kind, option)
        }
        guard isRegular else { return }
        do { try claim() } catch {
            try? file.close()
            throw error
        }
    }

    /// Removes a file that this value has created, if the command is refused before ``begin()``.
    func discard() {
        if isMade { unsafe unlink(path) }
        try? file.close()
    }

    /// Drops the content of an older run.
    func begin() throws {
        if isRegular && ftruncate(file.rawValue, 0) != 0 {
            throw Self.failure(Errno(rawValue: errno), path, kind, option)
        }
    }

    /// Appends a text: all of it, or nothing if the disk is full.
    func write(_ text: String) throws(Errno) {
        let before = isRegular ? lseek(file.rawValue, 0, SEEK_END) : -1
        do { _ = try file.writeAll(text.utf8) } catch {
            if before >= 0 { _ = ftruncate(file.rawValue, before) }
            throw error as? Errno ?? .ioError
        }
    }

    /// Closes it. Some file systems report a full disk only now.
    func close() throws(Errno) {
        do { try file.close() } catch { throw error as? Errno ?? .ioError }
    }

    // MARK: Opening

    private static func openRegular(_ path: String, isNew: Bool) throws(Errno) -> FileDescriptor {
        do {
            return try open(path, .readWrite, isNew ? [.create, .exclusiveCreate] : [.create])
        } catch .permissionDenied {
            // A file that cannot be read is accepted only if it is empty.
            return try open(path, .writeOnly, isNew ? [.create, .exclusiveCreate] : [.create])
        }
    }

    /// A pipe or a device. Opening a pipe without a reader would block.
    private static func openStream(_ path: String) throws(Errno) -> FileDescriptor {
        // A reader that closes the pipe is an error like a full disk.
        signal(SIGPIPE, SIG_IGN)
        let deadline = Deadline.after(patience)
        while true {
            do {
                let file = try open(path, .writeOnly, [.nonBlocking])
                let flags = fcntl(file.rawValue, F_GETFL)
                _ = fcntl(file.rawValue, F_SETFL, flags & ~O_NONBLOCK)
                return file
            } catch .noSuchAddressOrDevice where !deadline.hasPassed { usleep(10_000) }
        }
    }

    private static func open(
        _ path: String, _ mode: FileDescriptor.AccessMode, _ options: FileDescriptor.OpenOptions
    ) throws(Errno) -> FileDescriptor {
        do {
            return try FileDescriptor.open(
                FilePath(path), mode, options: options.union([.append, .closeOnExec]),
                permissions: [.ownerReadWrite, .groupRead, .otherRead])
        } catch { throw error as? Errno ?? .ioError }
    }

    // MARK: Checking

    /// Locks it until it is closed, and refuses a file that this program did not write.
    private func claim() throws {
        // Some file systems have no such locks; there, appended lines are still written whole.
        if flock(file.rawValue, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK {
            throw Failure(
                "cannot write the \(kind.name) to \(path): another run writes it, or two options name it; name another file with \(option)"
            )
        }
        var facts = stat()
        unsafe fstat(file.rawValue, &facts)
        for stream in [STDOUT_FILENO, STDERR_FILENO] {
            var other = stat()
            if unsafe fstat(stream, &other) == 0 && other.st_dev == facts.st_dev && other.st_ino == facts.st_ino {
                throw Failure(
                    "cannot write the \(kind.name) to \(path): it is where the standard \(stream == STDOUT_FILENO ? "output" : "error") goes; name another file with \(option)",
                    code: .usage)
            }
        }
        if facts.st_size == 0 { return }
        guard kind.isBegun(in: file.rawValue) == true else {
            throw Failure(
                "cannot write the \(kind.name) to \(path): it has other content, and is left as it is; name another file with \(option), or move it away",
                code: .usage)
        }
    }

    private static func failure(_ errno: Errno, _ path: String, _ kind: OwnFile, _ option: String) -> Failure {
        let reason =
            switch errno {
            case .noSuchAddressOrDevice: "no program reads the pipe"
            case .noSuchFileOrDirectory: "its folder does not exist"
            default: errno.description
            }
        return Failure("cannot write the \(kind.name) to \(path): \(reason); name another file with \(option)")
    }
}
