internal import Glibc

/// A point in time on `CLOCK_MONOTONIC`, as the kernel's waiting calls take it.
@_spi(Bench) public struct Deadline: Sendable, Comparable {
    /// Nanoseconds since the clock's origin (the machine's start).
    public let nanoseconds: Int64

    /// The point that lies `nanoseconds` after the clock's origin; the origin itself for a negative number.
    public init(nanoseconds: Int64) {
        self.nanoseconds = max(0, nanoseconds)
    }

    /// Now.
    public static var now: Deadline {
        var time = timespec()
        unsafe clock_gettime(CLOCK_MONOTONIC, &time)
        return Deadline(nanoseconds: Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec))
    }

    /// The point that lies `duration` from now: now for a negative duration, the end of time for one that
    /// does not fit.
    public static func after(_ duration: Duration) -> Deadline {
        let (seconds, attoseconds) = duration.components
        if seconds < 0 || attoseconds < 0 { return .now }
        let (whole, tooLong) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        if tooLong { return Deadline(nanoseconds: .max) }
        return after(nanoseconds: whole.saturatingAdding(attoseconds / 1_000_000_000))
    }

    /// The point that lies that many nanoseconds from now.
    public static func after(nanoseconds: Int64) -> Deadline {
        Deadline(nanoseconds: now.nanoseconds.saturatingAdding(max(0, nanoseconds)))
    }

    /// Whether the point lies in the past.
    public var hasPassed: Bool { self <= .now }

    /// Nanoseconds from now until the point; 0 when it has passed.
    public var remaining: Int64 { max(0, nanoseconds - Deadline.now.nanoseconds) }

    /// The earlier of two points.
    public static func < (left: Deadline, right: Deadline) -> Bool { left.nanoseconds < right.nanoseconds }
}

extension Int64 {
    fileprivate func saturatingAdding(_ other: Int64) -> Int64 {
        let (sum, overflow) = addingReportingOverflow(other)
        return overflow ? .max : sum
    }
}
