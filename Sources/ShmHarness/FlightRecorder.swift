public import Synchronization

/// One thing that happened to a worker.
public struct FlightEvent: Sendable, Equatable {
    /// What happened.
    public enum Kind: UInt8, Sendable {
        /// It calls lock.
        case wait = 1
        /// It has acquired the lock.
        case acquire = 2
        /// It is about to release the lock.
        case release = 3
        /// The lock has reported the previous owner's death to it.
        case deathSeen = 4
        /// It has repaired a half-written update of a dead owner; the argument is that worker's number.
        case repair = 5
        /// It has met a live owner in its critical section; the argument is that worker's number.
        case intruder = 6
        /// It carries out an order to stay in its critical section.
        case held = 7
        /// It has started; the argument is its incarnation.
        case start = 8
        /// It calls tryLock.
        case attempt = 9
        /// It calls lock with a deadline; the argument is the time until then, in µs.
        case timedWait = 10
        /// Its call has returned without the lock.
        case giveUp = 11
        /// It calls lock for a read-only section.
        case read = 12
    }

    /// Time of the event, in ns of ``Clock/now()`` or of the run's ``TickClock``.
    public var time: UInt64
    /// What happened.
    public var kind: Kind
    /// Its meaning depends on the kind.
    public var argument: UInt32

    /// Creates an event; the meaning of `argument` depends on `kind`.
    public init(time: UInt64, kind: Kind, argument: UInt32 = 0) {
        self.time = time
        self.kind = kind
        self.argument = argument
    }
}

/// The last few thousand events of one worker, in shared memory, where they outlive it. There is one writer.
///
///      0   events written so far
///     64   a ring of events: time, then kind and argument
@safe public struct FlightRecorder {
    /// Capacity of the ring, in events.
    @inlinable public static var capacity: Int { 4096 }
    /// Size of the recorder in memory, in bytes; a multiple of 64.
    @inlinable public static var byteCount: Int { 64 + capacity * 16 }

    @usableFromInline let base: UnsafeMutableRawPointer
    @usableFromInline let count: UnsafeMutablePointer<Atomic<UInt64>>

    /// Creates a view of zeroed memory of ``byteCount`` bytes.
    @inlinable
    public init(_ memory: UnsafeMutableRawPointer) {
        unsafe base = memory
        unsafe count = memory.assumingMemoryBound(to: Atomic<UInt64>.self)
    }

    /// Appends an event. The count is stored last, with release ordering: a reader that acquires it sees complete
    /// events.
    @inlinable @inline(__always)
    public func record(_ kind: FlightEvent.Kind, at time: UInt64, _ argument: UInt32 = 0) {
        let written = unsafe count.pointee.load(ordering: .relaxed)
        let entry = unsafe base + 64 + (Int(truncatingIfNeeded: written) & (Self.capacity - 1)) * 16
        unsafe entry.storeBytes(of: time, as: UInt64.self)
        unsafe (entry + 8).storeBytes(of: UInt64(argument) << 8 | UInt64(kind.rawValue), as: UInt64.self)
        unsafe count.pointee.store(written &+ 1, ordering: .releasing)
    }

    /// The events, oldest first. If the worker continues to record meanwhile, the oldest entries may have been
    /// overwritten by newer events.
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
