public import Glibc

/// The harness's clock: `CLOCK_MONOTONIC`, read through the vDSO without a system call where the machine supports it.
public enum Clock {
    /// Nanoseconds since the clock's origin, which is the same for all processes of the machine.
    @inlinable @inline(__always)
    public static func now() -> UInt64 {
        var time = timespec()
        unsafe clock_gettime(CLOCK_MONOTONIC, &time)
        return UInt64(bitPattern: Int64(time.tv_sec &* 1_000_000_000 &+ time.tv_nsec))
    }
}
