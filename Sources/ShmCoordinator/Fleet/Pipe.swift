internal import Glibc
package import SystemPackage

/// A pipe whose ends are closed on exec, unless a child is given one.
package struct Pipe {
    package let readEnd: FileDescriptor
    package let writeEnd: FileDescriptor

    package init() throws(Errno) {
        do { (readEnd, writeEnd) = try FileDescriptor.pipe() } catch { throw (error as? Errno) ?? .ioError }
        for end in [readEnd, writeEnd] { _ = fcntl(end.rawValue, F_SETFD, FD_CLOEXEC) }
    }
}
