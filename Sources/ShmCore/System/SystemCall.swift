internal import CShm
internal import Glibc
internal import SystemPackage

/// Turns what the shims return (0 or positive, or `-errno`) into Swift's errors.
enum SystemCall {
    @discardableResult
    static func check<I: FixedWidthInteger & SignedInteger>(_ result: I) throws(Errno) -> I {
        if result < 0 { throw Errno(rawValue: CInt(-result)) }
        return result
    }

    /// Takes over a new descriptor that closes on exec, and never keeps one of the standard three: a program that was
    /// started without them would read and write a segment as its input and output.
    static func descriptor(_ result: CInt) throws(Errno) -> FileDescriptor {
        let opened = try check(result)
        guard opened <= STDERR_FILENO else { return FileDescriptor(rawValue: opened) }
        let moved = shm_duplicate_above(opened, STDERR_FILENO)
        close(opened)
        return FileDescriptor(rawValue: try check(moved))
    }

    /// Repeats a call that a signal interrupted.
    @discardableResult
    static func retrying<I: FixedWidthInteger & SignedInteger>(_ call: () -> I) throws(Errno) -> I {
        while true {
            do { return try check(call()) } catch { if error != .interrupted { throw error } }
        }
    }
}
