public import CBench

/// The clock that times acquisitions: the CPU's counter if it is suitable, `CLOCK_MONOTONIC` otherwise. The coordinator
/// chooses once, and every worker of a run uses the same clock (``Plan/clock``).
///
/// Reading the counter (`rdtscp` on x86-64, `cntvct_el0` after an `isb` on arm64) waits for the preceding loads and
/// instructions, as the kernel's own clock does; later instructions may begin a few ns before the reading.
public struct TickClock: Sendable, Equatable {
    /// Whether ticks are those of the CPU's counter; otherwise they are nanoseconds.
    public let isCounter: Bool
    /// Nanoseconds per tick, a fixed-point number with 32 fractional bits.
    @usableFromInline let scale: UInt64

    /// `CLOCK_MONOTONIC`: a tick is a nanosecond.
    public static let monotonic = TickClock(isCounter: false, scale: 1 << 32)

    private init(isCounter: Bool, scale: UInt64) {
        self.isCounter = isCounter
        self.scale = scale
    }

    /// The CPU's counter, with its frequency in Hz.
    public init(counterHertz: Double) {
        self.init(isCounter: true, scale: UInt64((1e9 / counterHertz * 4_294_967_296).rounded()))
    }

    /// Whether this CPU has a counter of constant rate.
    public static var hasInvariantCounter: Bool { bench_has_invariant_counter() }

    /// The current time, in ticks.
    @inlinable @inline(__always)
    public func now() -> UInt64 { isCounter ? bench_counter() : Clock.now() }

    /// Converts ticks to nanoseconds.
    @inlinable @inline(__always)
    public func nanoseconds(_ ticks: UInt64) -> UInt64 {
        let product = ticks.multipliedFullWidth(by: scale)
        return product.high &<< 32 | product.low &>> 32
    }

    /// Converts nanoseconds to ticks.
    public func ticks(_ nanoseconds: Double) -> Double { nanoseconds * 4_294_967_296 / Double(scale) }
}
