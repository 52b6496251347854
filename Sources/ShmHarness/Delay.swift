internal import CBench

/// A busy delay of a given length, counted in iterations of a loop: no clock is read while it runs.
public enum Delay {
    /// Runs that many iterations.
    @inlinable @inline(__always)
    public static func spin(_ iterations: UInt64) { spinDelay(iterations) }

    /// How fast a machine is at it.
    public struct Speed: Sendable {
        /// What a delay of no iterations takes, ns.
        public let overhead: Double
        /// What each iteration adds, ns.
        public let iteration: Double

        /// Iterations that take so many nanoseconds: none for 0, and at least one for anything else.
        public func iterations(for nanoseconds: Int) -> UInt64 {
            if nanoseconds <= 0 { return 0 }
            return UInt64(max(1, ((Double(nanoseconds) - overhead) / iteration).rounded()))
        }
    }

    /// How fast this machine is now, in some 5 ms. It follows the CPU's frequency, so it is good for a while only.
    public static func calibrate() -> Speed {
        // Many iterations tell what one adds; few, what is there without any. The fastest of many tries: what else the
        // machine does only makes one longer.
        let (few, many): (UInt64, UInt64) = (10, 5_000)
        let short = Double(samples(few, atLeast: 10, atMost: 100)[0]) / 10
        let long = Double(samples(many, atLeast: 10, atMost: 100)[0]) / 10
        let iteration = max((long - short) / Double(many - few), 0.01)
        return Speed(overhead: max(short - Double(few) * iteration, 0), iteration: iteration)
    }

    /// What so many iterations take, tenths of a nanosecond: the median of up to 15 measurements, each of which is long
    /// enough for the clock. 0 for none.
    public static func measure(_ iterations: UInt64) -> UInt64 {
        if iterations == 0 { return 0 }
        let samples = samples(iterations, atLeast: 1, atMost: 15)
        return samples[samples.count / 2]
    }

    /// Such measurements, sorted; as many as 3 ms allow, and a few even where the process stands still for longer meanwhile.
    private static func samples(_ iterations: UInt64, atLeast fewest: Int, atMost count: Int) -> [UInt64] {
        // At 4 cycles an iteration and some 3 GHz, 20 µs.
        let times = max(1, 15_000 / (iterations + 20))
        var samples: [UInt64] = []
        let end = Clock.now() &+ 3_000_000
        repeat {
            let start = Clock.now()
            for _ in 0..<times { spin(iterations) }
            samples.append((Clock.now() &- start) &* 10 / times)
        } while samples.count < fewest || (samples.count < count && Clock.now() < end)
        return samples.sorted()
    }
}

/// Runs that many iterations of a multiplication and an addition, each of which needs the one before: about 4 CPU cycles
/// an iteration, wherever the loop happens to lie in memory. (An empty loop takes 1 to 2 cycles, by its alignment, so one
/// program's calibration would not hold in another.) Fences keep the CPU from doing what lies around it meanwhile: the
/// delay comes on top of all else.
///
/// A call of its own: inlined, it takes registers from the loops around it. And no method: what is handed over of its type
/// would make other modules call it by a detour.
@inline(never) @usableFromInline
func spinDelay(_ iterations: UInt64) {
    bench_instruction_fence()
    var chain = iterations
    var count: UInt64 = 0
    while count < iterations {
        chain = chain &* 6_364_136_223_846_793_005 &+ 1
        bench_keep(chain)
        count &+= 1
    }
    bench_instruction_fence()
}
