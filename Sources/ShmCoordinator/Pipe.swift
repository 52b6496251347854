internal import Glibc
internal import SystemPackage

/// A pipe that no child inherits unless it is given an end.
struct Pipe {
    let readEnd: FileDescriptor
    let writeEnd: FileDescriptor

    init() throws(Errno) {
        do { (readEnd, writeEnd) = try FileDescriptor.pipe() } catch { throw (error as? Errno) ?? .ioError }
        for end in [readEnd, writeEnd] { _ = fcntl(end.rawValue, F_SETFD, FD_CLOEXEC) }
    }
}
