internal import CShm
internal import Glibc
internal import SystemPackage

/// The files behind segments: entries of the directory in which `shm_open(3)` keeps POSIX shared memory.
enum SegmentFile {
    static let directory = "/dev/shm"

    static func path(of name: String) -> String { "\(directory)/\(name)" }

    /// A file without a name. It vanishes with its last descriptor unless `publish` names it.
    static func createUnnamed(mode: mode_t) throws(Errno) -> FileDescriptor {
        FileDescriptor(rawValue: try SystemCall.check(unsafe shm_open_unnamed(directory, mode)))
    }

    /// Gives an unnamed file its name, atomically. Throws `EEXIST` when the name is taken.
    static func publish(_ file: FileDescriptor, as name: String) throws(Errno) {
        let path = path(of: name)
        // By descriptor is faster; before Linux 6.10 that is for privileged processes only, and ENOENT for others.
        if unsafe linkat(file.rawValue, "", AT_FDCWD, path, shm_at_empty_path()) == 0 { return }
        guard errno == ENOENT else { throw Errno(rawValue: errno) }
        let source = "/proc/self/fd/\(file.rawValue)"
        if unsafe linkat(AT_FDCWD, source, AT_FDCWD, path, AT_SYMLINK_FOLLOW) != 0 { throw Errno(rawValue: errno) }
    }

    /// Opens a segment's file by name. Never follows a symbolic link, and never blocks on a FIFO.
    ///
    /// Whether this process may is for the kernel to say: the file's owner and permissions are the segment's.
    static func open(_ name: String, writable: Bool) throws(Errno) -> FileDescriptor {
        let flags = (writable ? O_RDWR : O_RDONLY) | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK
        let path = path(of: name)
        return FileDescriptor(rawValue: try SystemCall.retrying { unsafe shm_open_path(path, flags, 0) })
    }

    /// Opens the same file once more, as a new open file description with the same access.
    static func reopen(_ file: FileDescriptor) throws(Errno) -> FileDescriptor {
        let access = fcntl(file.rawValue, F_GETFL) & O_ACCMODE
        let path = "/proc/self/fd/\(file.rawValue)"
        return FileDescriptor(
            rawValue: try SystemCall.retrying { unsafe shm_open_path(path, access | O_CLOEXEC, 0) })
    }

    static func status(of file: FileDescriptor) throws(Errno) -> stat {
        var status = stat()
        if unsafe fstat(file.rawValue, &status) != 0 { throw Errno(rawValue: errno) }
        return status
    }

    /// What has this name now, without following a symbolic link.
    static func status(ofName name: String) throws(Errno) -> stat {
        var status = stat()
        if unsafe lstat(path(of: name), &status) != 0 { throw Errno(rawValue: errno) }
        return status
    }

    static func remove(_ name: String) throws(Errno) {
        if unsafe unlink(path(of: name)) != 0 { throw Errno(rawValue: errno) }
    }

    /// What a path leads to, without following a symbolic link; `nil` where there is nothing.
    static func status(at path: String) -> stat? {
        var status = stat()
        return unsafe lstat(path, &status) == 0 ? status : nil
    }

    /// The names in a directory; in that of segments where none is given.
    static func names(in directory: String = directory) throws(Errno) -> [String] {
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

    /// The names that may be segments': none of those of locks' own files. A process that opened and closed such a file would
    /// lose the record lock that it may have on it, `fcntl(2)`.
    static func segmentNames() throws(Errno) -> [String] { try names().filter { !NamedObject.isName($0) } }

    /// What a file that is not a regular file is, in words.
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
