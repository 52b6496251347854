internal import CShm

/// A busy delay of a given length, counted in iterations of an empty loop: no clock is read while it runs.
public enum Delay {
    /// Runs that many iterations of about one CPU cycle. A call of its own: in line it takes registers from the loops
    /// around it.
    @inline(never)
    public static func spin(_ iterations: UInt64) {
        var count: UInt64 = 0
        while count < iterations {
            shm_keep(count)
            count &+= 1
        }
    }

    /// Iterations that take a nanosecond on this machine: the best of several short measurements, since whatever
    /// disturbs one makes it longer.
    public static func calibrate() -> Double {
        let iterations: UInt64 = 200_000
        var best = UInt64.max
        for _ in 0..<25 {
            let start = Clock.now()
            spin(iterations)
            best = min(best, Clock.now() &- start)
        }
        return Double(iterations) / Double(max(best, 1))
    }
}
