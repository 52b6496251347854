internal import CShm

/// A busy delay of a given length, counted in iterations of a loop: no clock is read while it runs.
public enum Delay {
    /// Runs that many iterations of a multiplication and an addition, each of which needs the one before: about 4 CPU cycles
    /// an iteration, wherever the loop happens to lie in memory. (An empty loop takes 1 to 2 cycles, by its alignment, so one
    /// program's calibration would not hold in another.)
    ///
    /// A call of its own: in line it takes registers from the loops around it.
    @inline(never)
    public static func spin(_ iterations: UInt64) {
        var chain = iterations
        var count: UInt64 = 0
        while count < iterations {
            chain = chain &* 6_364_136_223_846_793_005 &+ 1
            shm_keep(chain)
            count &+= 1
        }
    }

    /// Iterations that take a nanosecond on this machine: the best of several short measurements, since whatever
    /// disturbs one makes it longer.
    public static func calibrate() -> Double {
        let iterations: UInt64 = 50_000
        var best = UInt64.max
        for _ in 0..<25 {
            let start = Clock.now()
            spin(iterations)
            best = min(best, Clock.now() &- start)
        }
        return Double(iterations) / Double(max(best, 1))
    }
}
