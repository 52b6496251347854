public import Synchronization

/// One thing that happened to a worker.
public struct FlightEvent: Sendable, Equatable {
    /// What happened.
    public enum Kind: UInt8, Sendable {
        /// It called lock.
        case wait = 1
        /// It holds the lock.
        case acquire = 2
        /// It is about to release it.
        case release = 3
        /// It was told that the previous owner died.
        case deathSeen = 4
        /// It found what a dead owner had left half written, and repaired it; the argument is that worker's number.
        case repair = 5
        /// It met a live owner inside; the argument is that worker's number.
        case intruder = 6
        /// It was told to stay inside.
        case held = 7
        /// It took part anew; the argument is its incarnation.
        case start = 8
        /// It called tryLock.
        case attempt = 9
        /// It called lock with a deadline; the argument is the time until then, µs.
        case timedWait = 10
        /// It came back without the lock.
        case giveUp = 11
        /// It called lock for a read-only section.
        case read = 12
    }

    /// When, ns of ``Clock/now()``, or of the run's ``TickClock``.
    public var time: UInt64
    /// What.
    public var kind: Kind
    /// By kind.
    public var argument: UInt32

    /// An event.
    public init(time: UInt64, kind: Kind, argument: UInt32 = 0) {
        self.time = time
        self.kind = kind
        self.argument = argument
    }
}

/// The last few thousand events of one worker, in shared memory: they survive its death. One process writes.
///
///      0   events written so far
///     64   a ring of events: time, then kind and argument
@safe public struct FlightRecorder {
    /// Events that the ring holds.
    @inlinable public static var capacity: Int { 4096 }
    /// Bytes of memory, a multiple of 64.
    @inlinable public static var byteCount: Int { 64 + capacity * 16 }

    @usableFromInline let base: UnsafeMutableRawPointer
    @usableFromInline let count: UnsafeMutablePointer<Atomic<UInt64>>

    /// A view of zeroed memory of ``byteCount`` bytes.
    @inlinable
    public init(_ memory: UnsafeMutableRawPointer) {
        unsafe base = memory
        unsafe count = memory.assumingMemoryBound(to: Atomic<UInt64>.self)
    }

    /// Appends one. The count is published last (release), so that a reader of it finds whole events behind it.
    @inlinable @inline(__always)
    public func record(_ kind: FlightEvent.Kind, at time: UInt64, _ argument: UInt32 = 0) {
        let written = unsafe count.pointee.load(ordering: .relaxed)
        let entry = unsafe base + 64 + (Int(truncatingIfNeeded: written) & (Self.capacity - 1)) * 16
        unsafe entry.storeBytes(of: time, as: UInt64.self)
        unsafe (entry + 8).storeBytes(of: UInt64(argument) << 8 | UInt64(kind.rawValue), as: UInt64.self)
        unsafe count.pointee.store(written &+ 1, ordering: .releasing)
    }

    /// The events, oldest first. Of a worker that goes on meanwhile, the oldest may be of later times.
    public func events() -> [FlightEvent] {
        let written = unsafe count.pointee.load(ordering: .acquiring)
        let kept = min(written, UInt64(Self.capacity))
        return (written - kept..<written).compactMap { index in
            let entry = unsafe base + 64 + (Int(truncatingIfNeeded: index) & (Self.capacity - 1)) * 16
            let detail = unsafe (entry + 8).load(as: UInt64.self)
            return FlightEvent.Kind(rawValue: UInt8(truncatingIfNeeded: detail)).map { kind in
                FlightEvent(
                    time: unsafe entry.load(as: UInt64.self), kind: kind,
                    argument: UInt32(truncatingIfNeeded: detail >> 8))
            }
        }
    }
}
