internal import Glibc

/// A point in time on `CLOCK_MONOTONIC`, as the kernel's blocking calls take it.
@_spi(Bench) public struct Deadline: Sendable, Comparable {
    /// Nanoseconds since the clock's origin (boot).
    public let nanoseconds: Int64

    /// The point `nanoseconds` after the clock's origin. A negative number gives the origin.
    public init(nanoseconds: Int64) {
        self.nanoseconds = max(0, nanoseconds)
    }

    /// The clock's current reading.
    public static var now: Deadline {
        var time = timespec()
        unsafe clock_gettime(CLOCK_MONOTONIC, &time)
        return Deadline(nanoseconds: Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec))
    }

    /// The point `duration` from now. A negative duration gives the current time; one that overflows gives the largest
    /// representable time.
    public static func after(_ duration: Duration) -> Deadline {
        let (seconds, attoseconds) = duration.components
        if seconds < 0 || attoseconds < 0 { return .now }
        let (whole, tooLong) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        if tooLong { return Deadline(nanoseconds: .max) }
        return after(nanoseconds: whole.saturatingAdding(attoseconds / 1_000_000_000))
    }

    /// The point `nanoseconds` from now. A negative number gives the current time.
    public static func after(nanoseconds: Int64) -> Deadline {
        Deadline(nanoseconds: now.nanoseconds.saturatingAdding(max(0, nanoseconds)))
    }

    /// Whether the deadline has passed.
    public var hasPassed: Bool { self <= .now }

    /// Nanoseconds until the deadline; 0 once it has passed.
    public var remaining: Int64 { max(0, nanoseconds - Deadline.now.nanoseconds) }

    /// Whether `left` is the earlier point.
    public static func < (left: Deadline, right: Deadline) -> Bool { left.nanoseconds < right.nanoseconds }
}

extension Int64 {
    fileprivate func saturatingAdding(_ other: Int64) -> Int64 {
        let (sum, overflow) = addingReportingOverflow(other)
        return overflow ? .max : sum
    }
}
