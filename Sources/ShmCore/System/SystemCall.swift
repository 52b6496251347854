internal import CShm
internal import Glibc
internal import SystemPackage

/// Converts the result of a shim (at least 0, or `-errno`) into a value or a Swift error.
enum SystemCall {
    @discardableResult
    static func check<I: FixedWidthInteger & SignedInteger>(_ result: I) throws(Errno) -> I {
        if result < 0 { throw Errno(rawValue: CInt(-result)) }
        return result
    }

    /// Takes ownership of a new close-on-exec descriptor, and moves it above the three standard ones: a program that
    /// was started without them would otherwise use a segment as its input or output.
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
