public import CBench

/// The clock that times acquisitions: the CPU's counter where it is fit for that, `CLOCK_MONOTONIC` otherwise. The
/// coordinator finds out which, once, and every worker of a run uses the same (``Plan/clock``).
///
/// A reading of the counter (`rdtscp` on x86-64, `cntvct_el0` after an `isb` on arm64) waits for the loads and the
/// instructions before it, as the kernel's own clock does; what comes after it may begin a few ns early.
public struct TickClock: Sendable, Equatable {
    /// Whether ticks are the counter's, or nanoseconds.
    public let isCounter: Bool
    /// Nanoseconds in a tick, with 32 binary places.
    @usableFromInline let scale: UInt64

    /// `CLOCK_MONOTONIC`: a tick is a nanosecond.
    public static let monotonic = TickClock(isCounter: false, scale: 1 << 32)

    private init(isCounter: Bool, scale: UInt64) {
        self.isCounter = isCounter
        self.scale = scale
    }

    /// The CPU's counter, at that many ticks a second.
    public init(counterHertz: Double) {
        self.init(isCounter: true, scale: UInt64((1e9 / counterHertz * 4_294_967_296).rounded()))
    }

    /// Whether this CPU has a counter whose rate never changes.
    public static var hasInvariantCounter: Bool { bench_has_invariant_counter() }

    /// Ticks now.
    @inlinable @inline(__always)
    public func now() -> UInt64 { isCounter ? bench_counter() : Clock.now() }

    /// So many ticks in nanoseconds.
    @inlinable @inline(__always)
    public func nanoseconds(_ ticks: UInt64) -> UInt64 {
        let product = ticks.multipliedFullWidth(by: scale)
        return product.high &<< 32 | product.low &>> 32
    }

    /// So many nanoseconds in ticks.
    public func ticks(_ nanoseconds: Double) -> Double { nanoseconds * 4_294_967_296 / Double(scale) }
}
