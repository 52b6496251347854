internal import SystemPackage

/// Turns what the shims return (0 or positive, or `-errno`) into Swift's errors.
enum SystemCall {
    @discardableResult
    static func check<I: FixedWidthInteger & SignedInteger>(_ result: I) throws(Errno) -> I {
        if result < 0 { throw Errno(rawValue: CInt(-result)) }
        return result
    }

    /// Repeats a call that a signal interrupted.
    @discardableResult
    static func retrying<I: FixedWidthInteger & SignedInteger>(_ call: () -> I) throws(Errno) -> I {
        while true {
            do { return try check(call()) } catch { if error != .interrupted { throw error } }
        }
    }
}
