internal import CBench

/// A busy delay of a given length, counted in iterations of a loop. It reads no clock.
public enum Delay {
    /// Runs that many iterations.
    @inlinable @inline(__always)
    public static func spin(_ iterations: UInt64) { spinDelay(iterations) }

    /// The speed of the delay loop on a machine.
    public struct Speed: Sendable {
        /// Duration of a delay of no iterations, in ns.
        public let overhead: Double
        /// Duration of one iteration, in ns.
        public let iteration: Double

        /// The number of iterations that take that many nanoseconds: 0 for 0, and at least 1 for anything else.
        public func iterations(for nanoseconds: Int) -> UInt64 {
            if nanoseconds <= 0 { return 0 }
            return UInt64(max(1, ((Double(nanoseconds) - overhead) / iteration).rounded()))
        }
    }

    /// Measures the speed on this machine, in about 5 ms. It depends on the CPU's frequency, so it is valid for a short
    /// time only.
    public static func calibrate() -> Speed {
        // A long delay gives the cost of an iteration, a short one the overhead. Each is the fastest of many samples:
        // other load can only lengthen a sample.
        let (few, many): (UInt64, UInt64) = (10, 5_000)
        let short = Double(samples(few, atLeast: 10, atMost: 100)[0]) / 10
        let long = Double(samples(many, atLeast: 10, atMost: 100)[0]) / 10
        let iteration = max((long - short) / Double(many - few), 0.01)
        return Speed(overhead: max(short - Double(few) * iteration, 0), iteration: iteration)
    }

    /// The duration of that many iterations, in tenths of a nanosecond: the median of up to 15 samples, each long
    /// enough for the resolution of the clock. 0 for no iterations.
    public static func measure(_ iterations: UInt64) -> UInt64 {
        if iterations == 0 { return 0 }
        let samples = samples(iterations, atLeast: 1, atMost: 15)
        return samples[samples.count / 2]
    }

    /// Sorted samples; as many as 3 ms allow, and a minimum number even if the process is descheduled for longer.
    private static func samples(_ iterations: UInt64, atLeast fewest: Int, atMost count: Int) -> [UInt64] {
        // About 20 µs at 4 cycles per iteration and 3 GHz.
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

/// Runs that many iterations of a dependent multiplication and addition: about 4 CPU cycles per iteration, independent
/// of the loop's alignment. (An empty loop takes 1 or 2 cycles depending on its alignment, so one program's calibration
/// would not hold in another.) Fences keep the CPU from overlapping the loop with the code around it: the delay adds to
/// everything else.
///
/// It is not inlined: inlined, it takes registers from the loops around it. It is not a method: other modules would
/// pass the metadata of its type and call it indirectly.
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
