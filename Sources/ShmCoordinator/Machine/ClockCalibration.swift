internal import CBench
internal import Glibc
public import ShmHarness
internal import ShmStatistics

/// Which clock times acquisitions on this machine, and what it costs to read.
public struct ClockCalibration: Sendable {
    /// The clock.
    public let clock: TickClock
    /// The counter's rate, Hz; `nil` where the clock is not the counter.
    public let counterHertz: Double?
    /// What one reading costs, ns: the median over many runs of readings.
    public let cost: Double
    /// The least by which two times differ, ns: the CPU may count in larger steps than its rate says.
    public let step: Double
    /// By how much CPUs' counters were found to differ at most, ns, the inexactness of finding out included; `nil` where the
    /// clock is not the counter.
    public let skew: Double?
    /// Why the counter is not used.
    public let obstacle: String?

    /// By which name results call the clock.
    public var name: String { clock.isCounter ? "counter" : "clock_gettime" }

    /// A CPU's counter may be this far from the others'.
    private static let allowedSkew = 500.0

    /// Finds out, in some 30 ms: the counter must be invariant by the CPU's own word, and at one rate and in step with
    /// `CLOCK_MONOTONIC_RAW` on every CPU that this process may use.
    public init() {
        let counter = Self.calibrateCounter()
        switch counter {
        case .success(let found):
            clock = TickClock(counterHertz: found.hertz)
            (counterHertz, skew, obstacle) = (found.hertz, found.skew, nil)
        case .failure(let why):
            clock = .monotonic
            (counterHertz, skew, obstacle) = (nil, nil, why.description)
        }
        cost = Self.cost(of: clock)
        step = Self.step(of: clock)
    }

    private struct Obstacle: Error { let description: String }

    private static func calibrateCounter() -> Result<(hertz: Double, skew: Double), Obstacle> {
        guard TickClock.hasInvariantCounter else {
            return .failure(Obstacle(description: "the CPU does not say that its counter runs at one rate"))
        }
        let cpus = (0..<1024).filter { bench_may_run_on(Int32($0)) }
        defer { _ = unsafe bench_run_on_any(cpus.map(Int32.init), Int32(cpus.count)) }
        _ = cpus.first.map { bench_pin_to_cpu(Int32($0)) }
        let begin = Pair.now()
        var pause = timespec()
        pause.tv_nsec = 25_000_000
        unsafe nanosleep(&pause, nil)
        let end = Pair.now()
        guard end.ticks > begin.ticks, end.nanoseconds > begin.nanoseconds else {
            return .failure(Obstacle(description: "the CPU's counter does not advance"))
        }
        let hertz = Double(end.ticks - begin.ticks) * 1e9 / Double(end.nanoseconds - begin.nanoseconds)
        var skew = 0.0
        for cpu in cpus {
            guard bench_pin_to_cpu(Int32(cpu)) == 0 else { continue }
            let here = Pair.now()
            let expected = Double(here.nanoseconds) - Double(begin.nanoseconds)
            let found = (Double(here.ticks) - Double(begin.ticks)) * 1e9 / hertz
            // Between two calibrations the rate's own error grows with the time.
            skew = max(skew, abs(found - expected))
            if abs(found - expected) > allowedSkew + expected * 1e-5 {
                return .failure(
                    Obstacle(
                        description: "the counter of CPU \(cpu) is \(Int(found - expected)) ns off the first one's"))
            }
        }
        return .success((hertz, skew))
    }

    /// The counter and the kernel's clock at one moment: of several tries the one with the least time in between.
    private struct Pair {
        var ticks: UInt64
        var nanoseconds: UInt64

        static func now() -> Pair {
            var best = Pair(ticks: 0, nanoseconds: 0)
            var least = UInt64.max
            for _ in 0..<50 {
                let before = bench_counter()
                var time = timespec()
                unsafe clock_gettime(CLOCK_MONOTONIC_RAW, &time)
                let after = bench_counter()
                if after &- before < least {
                    least = after &- before
                    best = Pair(
                        ticks: before &+ (after &- before) / 2,
                        nanoseconds: UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec))
                }
            }
            return best
        }
    }

    /// Two readings in a row never differ by less than what they cost; by how much their differences differ is the step.
    private static func step(of clock: TickClock) -> Double {
        var differences: Set<UInt64> = []
        for round in 0..<10_000 {
            let before = clock.now()
            // So that they take different times.
            Delay.spin(UInt64(round % 31))
            differences.insert(clock.now() &- before)
        }
        let sorted = differences.sorted()
        // A counter may step by less than a nanosecond.
        let ticks = zip(sorted.dropFirst(), sorted).map { $0 - $1 }.min() ?? 1
        return Double(clock.nanoseconds(ticks &* 1000)) / 1000
    }

    private static func cost(of clock: TickClock) -> Double {
        let readings = 200
        let samples = (0..<50).map { _ in
            let start = reading(clock)
            for _ in 1..<readings { _ = reading(clock) }
            return Double(clock.nanoseconds(reading(clock) &- start)) / Double(readings)
        }
        return median(samples) ?? 0
    }

    /// A call: what it adds to a reading, some 5 %, is part of the figure in all results so far.
    @inline(never)
    private static func reading(_ clock: TickClock) -> UInt64 { clock.now() }
}
