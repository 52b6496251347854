/// The state word of a ``RobustFutexLock``: 64 bits beside the lock's word, which say how threads may take and release
/// the lock.
///
///     bits   0–28  biased     the thread that has the bias; 0 if none. Thread ids are less than 2²²
///     bit      29  revoking   another thread takes the bias away
///     bit      30  contended
///     bit      31  removed    the segment was destroyed
///     bit      32  plain      no thread may get the bias, and contended mode does not end
///     bit      33  confirmed  contended mode holds for every thread: a barrier followed its beginning
///     bit      34  permanent  contended mode never ends, because the creator could not use `membarrier(2)`
///     bits  36–63  epoch      how often contended mode began, or a destroyer came
///
/// Any content is possible in shared memory, and gives a state.
@usableFromInline struct RobustState: Equatable {
    @usableFromInline var bits: UInt64

    @inlinable @inline(__always)
    init(bits: UInt64) { self.bits = bits }

    static let revoking: UInt64 = 1 << 29
    @inlinable @inline(__always) static var contended: UInt64 { 1 << 30 }
    @inlinable @inline(__always) static var removed: UInt64 { 1 << 31 }
    static let plain: UInt64 = 1 << 32
    static let confirmed: UInt64 = 1 << 33
    static let permanent: UInt64 = 1 << 34
    private static let epochStep: UInt64 = 1 << 36
    private static let threadMask = revoking - 1

    /// An owner of the lock's word that finds one of these bits in ``RobustFutexLock/settle(_:until:waiting:)`` does not
    /// own the lock yet.
    private static var obstructing: UInt64 { threadMask | revoking | removed }

    /// The bits up to `removed`: what a thread with the bias compares.
    @inlinable @inline(__always) var key: UInt32 { UInt32(truncatingIfNeeded: bits) }

    var isContended: Bool { bits & Self.contended != 0 }
    var isRemoved: Bool { bits & Self.removed != 0 }
    var isPlain: Bool { bits & Self.plain != 0 }
    /// Whether a process without barriers may use the lock. A destroyer sets ``plain`` for a while only.
    var isPermanent: Bool { bits & Self.permanent != 0 }
    var isObstructed: Bool { bits & Self.obstructing != 0 }
    /// Whether an unlocker notices every sleeper.
    var permitsSleep: Bool { bits & (Self.contended | Self.confirmed) == Self.contended | Self.confirmed }
    /// Whether a thread may get the bias.
    var permitsBias: Bool { bits & (Self.obstructing | Self.contended | Self.plain) == 0 }

    /// The thread that has the bias, also while it is taken away; 0 if none.
    var biased: UInt32 { UInt32(bits & Self.threadMask) }
    var epoch: UInt64 { bits / Self.epochStep }

    func biased(to thread: UInt32) -> RobustState { RobustState(bits: unbiased.bits | UInt64(thread)) }

    var unbiased: RobustState { RobustState(bits: bits & ~(Self.threadMask | Self.revoking)) }

    /// At the beginning of contended mode, which no barrier has followed yet.
    var contending: RobustState { RobustState(bits: quiet.bits &+ Self.epochStep | Self.contended) }

    /// With no new bias. Another epoch, so that the state differs from every earlier one.
    var closed: RobustState { RobustState(bits: (bits | Self.plain) &+ Self.epochStep) }

    /// After a destroyer has given up, in the same epoch: a barrier of an earlier one confirms nothing.
    var reopened: RobustState { RobustState(bits: bits & ~Self.plain) }

    var quiet: RobustState { RobustState(bits: bits & ~(Self.contended | Self.confirmed)) }
}
