import Glibc

/// The user that runs the tests, and the time.
enum Identity {
    static var process: pid_t { getpid() }
    static var user: uid_t { geteuid() }

    /// Nanoseconds since 1970-01-01 UTC.
    static var now: Int64 {
        var time = timespec()
        unsafe clock_gettime(CLOCK_REALTIME, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }
}
