public import SystemPackage

/// A mutual-exclusion algorithm on a few bytes of memory that processes share.
///
/// A value of a conforming type is one participant's view of the lock. It may hold process-private state, such as a
/// pointer into this process's mapping or a file descriptor; shared memory itself contains only indices, offsets and
/// numbers. One thread at a time may use a participant, and only in the process that made it: after `fork(2)` the child
/// must make its own, because an inherited participant (a queue node, for example) belongs to the parent.
///
/// To add a lock, write one file with a conforming type and its ``LockKind`` constant, and add its line to
/// ``LockCatalogue/visit(_:)``.
///
/// **Memory ordering.** For every primitive but the negative control, a successful `lock`, `tryLock` or `lock(until:)`
/// is an acquire operation and `unlock` is a release operation on the same location: what the previous owner wrote
/// before `unlock` is visible after the acquisition. If the primitive is a system call, the kernel's own
/// synchronisation gives the same guarantee.
@_spi(Bench) public protocol LockPrimitive: ~Copyable, SendableMetatype {
    /// The properties by which a user chooses a lock; they hold for every value of the type.
    static var properties: LockProperties { get }

    /// The bytes of shared memory that the lock needs.
    ///
    /// - Parameter participants: the largest number of simultaneous participants. Only locks with per-participant slots
    ///   depend on it.
    static func bytesNeeded(participants: Int) -> Int

    /// Why this process cannot use the lock, as a sentence for the user; `nil` if it can.
    static var obstacle: String? { get }

    /// Puts a zero-filled area into the unlocked state. No other process has the area mapped yet.
    static func initialise(_ area: UnsafeMutableRawPointer, participants: Int) throws(Errno)

    /// The name of the object outside the segment that belongs to this area, if the kind uses one. The object need not
    /// exist.
    static func nameOutside(_ area: UnsafeMutableRawPointer) -> String?

    /// Makes a participant of the lock at the binding's address. May open or create what the lock needs outside the
    /// area.
    init(_ binding: borrowing LockBinding) throws(Errno)

    /// Waits until the caller holds the lock. Never returns ``LockOutcome/busy``.
    borrowing func lock() -> LockOutcome

    /// Takes the lock if it is free; otherwise returns ``LockOutcome/busy`` without waiting.
    borrowing func tryLock() -> LockOutcome

    /// Waits for the lock until `deadline`; returns ``LockOutcome/busy`` once it has passed.
    borrowing func lock(until deadline: Deadline) -> LockOutcome

    /// Releases the lock. The caller must hold it.
    borrowing func unlock()

    /// Begins a read-only section: waits until no writer is inside. The same as ``lock()`` if the lock has no shared
    /// mode.
    ///
    /// - Parameter begun: set to the value to pass to ``endRead(_:)``.
    borrowing func beginRead(_ begun: inout UInt64) -> LockOutcome

    /// Ends a read-only section. Returns `false` if a writer was inside meanwhile: the caller must discard what it read
    /// and repeat the section from ``beginRead(_:)``.
    borrowing func endRead(_ begun: UInt64) -> Bool

    /// The fast path by which ``SharedMemory`` takes and releases this participant's lock while it is uncontended.
    var fastPath: FastPath { get }

    /// The outcome for a nonzero result of ``FastCalls``' `take`. The caller may hold the lock even so: for example,
    /// its owner may have died.
    borrowing func settle(_ failure: Int32) -> LockOutcome

    /// Removes what the lock keeps outside its area, such as a kernel object. Called when the segment is destroyed,
    /// possibly more than once and possibly while others wait. Waiters must then return ``LockOutcome/failed(_:)``, or
    /// at least return at their deadlines.
    borrowing func retire()

    /// Does the same as ``retire()`` if the lock is free, in one atomic step, so that the destroyer need not take the
    /// lock first. Returns whether the lock is now removed; `false` also if this kind cannot do it in one step.
    borrowing func retireIfFree() -> Bool
}

@_spi(Bench) extension LockPrimitive where Self: ~Copyable {
    /// Every process can use the lock.
    public static var obstacle: String? { nil }

    /// The kind uses no object outside the segment.
    public static func nameOutside(_ area: UnsafeMutableRawPointer) -> String? { nil }

    /// Leaves the area as it is: all zeroes is the unlocked state of most locks.
    public static func initialise(_ area: UnsafeMutableRawPointer, participants: Int) {}
    /// Takes the lock exclusively.
    @inlinable
    public borrowing func beginRead(_ begun: inout UInt64) -> LockOutcome { lock() }

    /// Releases the lock; the section need not be repeated.
    @inlinable
    public borrowing func endRead(_ begun: UInt64) -> Bool {
        unlock()
        return true
    }

    /// There is no fast path, because each operation is a system call anyway.
    @inlinable
    public var fastPath: FastPath { .none }

    /// Every nonzero result is a failure.
    @inlinable
    public borrowing func settle(_ failure: Int32) -> LockOutcome { .failed(Errno(rawValue: failure)) }

    /// The lock keeps nothing outside its area.
    @inlinable
    public borrowing func retire() {}

    /// The lock cannot be removed in one step.
    @inlinable
    public borrowing func retireIfFree() -> Bool { false }
}
