internal import CShm
package import Glibc
package import SystemPackage

/// The files of segments: entries of the directory in which `shm_open(3)` keeps POSIX shared memory.
package enum SegmentFile {
    package static let directory = "/dev/shm"

    static func path(of name: String) -> String { pathPrefix + name }
    private static let pathPrefix = directory + "/"

    /// A mode bit that distinguishes a segment's file from files of other programs without opening it: the sticky bit,
    /// which has no effect on a regular file (`inode(7)`).
    static var mark: mode_t { S_ISVTX }

    /// Whether a file found by name is a segment's file and may be opened.
    ///
    /// A process loses its record locks on a file when it closes any descriptor of that file (`fcntl(2)`), and opening
    /// a file breaks a lease on it. So a file of another program must not be opened. The mark disappears when a user
    /// sets the permissions by number. The extended attribute, where the kernel supports those of users on a tmpfs
    /// (Linux 6.6), stays.
    static func isMarked(_ status: stat, name: String) -> Bool {
        guard status.st_mode & S_IFMT == S_IFREG else { return false }
        return unsafe status.st_mode & mark != 0 || shm_has_mark(path(of: name)) == 1
    }

    /// Whether a file is certainly a segment's file, so that it may be removed without a valid header. Another program
    /// may set the sticky bit as well, so that bit suffices only where there are no extended attributes.
    static func isOurs(_ status: stat, name: String) -> Bool {
        let attribute = unsafe shm_has_mark(path(of: name))
        return status.st_mode & S_IFMT == S_IFREG && (attribute < 0 ? status.st_mode & mark != 0 : attribute == 1)
    }

    /// Creates an unnamed file. It disappears with its last descriptor unless `publish` names it.
    package static func createUnnamed(mode: mode_t) throws(Errno) -> FileDescriptor {
        try SystemCall.descriptor(unsafe shm_open_unnamed(directory, mode))
    }

    /// Gives an unnamed file its name, atomically. Throws `EEXIST` if the name is in use.
    package static func publish(_ file: FileDescriptor, as name: String) throws(Errno) {
        let path = path(of: name)
        // Linking by descriptor is faster. Before Linux 6.10 it needs privileges and otherwise fails with ENOENT.
        if unsafe linkat(file.rawValue, "", AT_FDCWD, path, shm_at_empty_path()) == 0 { return }
        guard errno == ENOENT else { throw Errno(rawValue: errno) }
        let source = "/proc/self/fd/\(file.rawValue)"
        if unsafe linkat(AT_FDCWD, source, AT_FDCWD, path, AT_SYMLINK_FOLLOW) != 0 { throw Errno(rawValue: errno) }
    }

    /// Opens a segment's file by name. Does not follow a symbolic link, and does not block on a FIFO.
    ///
    /// The kernel checks whether this process may open it: the file's owner and permissions are the segment's.
    package static func open(_ name: String, writable: Bool) throws(Errno) -> FileDescriptor {
        try open(path: path(of: name), writable: writable)
    }

    static func open(path: String, writable: Bool) throws(Errno) -> FileDescriptor {
        let flags = (writable ? O_RDWR : O_RDONLY) | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK
        var patience: Deadline?
        while true {
            do throws(Errno) {
                return try SystemCall.descriptor(try SystemCall.retrying { unsafe shm_open_path(path, flags, 0) })
            } catch {
                // A destroyer holds a lease for a moment, to find out whether another process has the file open.
                guard error == .resourceTemporarilyUnavailable else { throw error }
                let end = patience ?? .after(.seconds(1))
                patience = end
                if end.hasPassed { throw error }
                usleep(50)
            }
        }
    }

    /// Opens the same file again, as a new open file description with the same access mode.
    static func reopen(_ file: FileDescriptor) throws(Errno) -> FileDescriptor {
        let access = fcntl(file.rawValue, F_GETFL) & O_ACCMODE
        let path = "/proc/self/fd/\(file.rawValue)"
        return try SystemCall.descriptor(
            try SystemCall.retrying { unsafe shm_open_path(path, access | O_CLOEXEC, 0) })
    }

    package static func status(of file: FileDescriptor) throws(Errno) -> stat {
        var status = stat()
        if unsafe fstat(file.rawValue, &status) != 0 { throw Errno(rawValue: errno) }
        return status
    }

    /// Whether a file lies in a tmpfs, whose content does not survive a restart of the machine.
    static func isInMemory(_ file: FileDescriptor) -> Bool { shm_is_in_memory(file.rawValue) }

    /// The status of the object with this name. Does not follow a symbolic link.
    package static func status(ofName name: String) throws(Errno) -> stat { try status(ofPath: path(of: name)) }

    static func status(ofPath path: String) throws(Errno) -> stat {
        var status = stat()
        if unsafe lstat(path, &status) != 0 { throw Errno(rawValue: errno) }
        return status
    }

    package static func remove(_ name: String) throws(Errno) {
        if unsafe unlink(path(of: name)) != 0 { throw Errno(rawValue: errno) }
    }

    /// The status of the object with that path, or of a symbolic link's target if `following`; `nil` if there is none.
    static func status(at path: String, following: Bool = false) -> stat? {
        var status = stat()
        let outcome = following ? unsafe stat(path, &status) : unsafe lstat(path, &status)
        return outcome == 0 ? status : nil
    }

    /// The names in a directory, by default in that of segments.
    package static func names(in directory: String = directory) throws(Errno) -> [String] {
        guard let stream = unsafe opendir(directory) else { throw Errno(rawValue: errno) }
        defer { unsafe closedir(stream) }
        var names: [String] = []
        while let entry = unsafe readdir(stream) {
            let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) {
                unsafe $0.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe String(cString: $0) }
            }
            if name != "." && name != ".." { names.append(name) }
        }
        return names
    }

    /// The names of files with the mark of a segment.
    static func segmentNames() throws(Errno) -> [String] {
        try names().filter { name in (try? status(ofName: name)).map { isMarked($0, name: name) } ?? false }
    }

    /// The type of a file, as a phrase for a message.
    static func kind(of status: stat) -> String {
        switch status.st_mode & S_IFMT {
        case S_IFREG: "a regular file"
        case S_IFDIR: "a directory"
        case S_IFLNK: "a symbolic link"
        case S_IFIFO: "a FIFO"
        case S_IFSOCK: "a socket"
        default: "a device"
        }
    }
}

extension SegmentFile {
    /// What is wrong with the directory itself; `nil` if it exists.
    static var missingDirectory: String? {
        guard let status = status(at: directory, following: true) else {
            return "\(directory) does not exist; create it and mount a tmpfs on it: mount -t tmpfs tmpfs \(directory)"
        }
        return status.st_mode & S_IFMT == S_IFDIR
            ? nil
            : "\(directory) is \(kind(of: status)), not a directory; replace it with one that a tmpfs is mounted on"
    }
}
