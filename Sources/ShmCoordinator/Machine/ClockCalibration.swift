internal import CBench
internal import Glibc
public import ShmHarness
internal import ShmStatistics

/// The clock that times acquisitions on this machine, and the cost of reading it.
public struct ClockCalibration: Sendable {
    /// The counter of the CPU where it is reliable, or CLOCK_MONOTONIC.
    public let clock: TickClock
    /// The counter's frequency in Hz; `nil` if the clock is not the counter.
    public let counterHertz: Double?
    /// The cost of one reading in ns: the median over many series of readings.
    public let cost: Double
    /// The smallest difference between two readings, in ns: the CPU may count in larger steps than its frequency
    /// suggests.
    public let step: Double
    /// The largest difference found between the CPUs' counters in ns, measurement error included; `nil` if the clock is
    /// not the counter.
    public let skew: Double?
    /// Why the counter is not used.
    public let obstacle: String?

    /// The name of the clock in results.
    public var name: String { clock.isCounter ? "counter" : "clock_gettime" }

    /// The allowed offset between the counters of two CPUs, in ns.
    private static let allowedSkew = 500.0

    /// Calibrates in about 30 ms: the CPU must declare its counter invariant, and the counter must run at one rate and
    /// in step with `CLOCK_MONOTONIC_RAW` on every CPU that this process may use.
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
            return .failure(Obstacle(description: "the CPU does not declare its counter invariant"))
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
            // The error of the frequency grows with the time between two readings.
            skew = max(skew, abs(found - expected))
            if abs(found - expected) > allowedSkew + expected * 1e-5 {
                return .failure(
                    Obstacle(
                        description: "the counter of CPU \(cpu) is \(Int(found - expected)) ns off the first one's"))
            }
        }
        return .success((hertz, skew))
    }

    /// The counter and the kernel's clock at one moment: of several tries, the one with the shortest interval.
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

    /// Two consecutive readings differ by at least the cost of one; the smallest difference between their differences
    /// is the step.
    private static func step(of clock: TickClock) -> Double {
        var differences: Set<UInt64> = []
        for round in 0..<10_000 {
            let before = clock.now()
            // Varies the differences.
            Delay.spin(UInt64(round % 31))
            differences.insert(clock.now() &- before)
        }
        let sorted = differences.sorted()
        // The step of a counter may be less than a nanosecond.
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

    /// Not inlined: the call adds about 5 % to a reading, which is part of the figure in all results so far.
    @inline(never)
    private static func reading(_ clock: TickClock) -> UInt64 { clock.now() }
}
