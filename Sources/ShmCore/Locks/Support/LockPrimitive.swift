public import SystemPackage

/// One way for processes to exclude one another, working on a few bytes of shared memory.
///
/// A value of a conforming type is one participant's view of the lock: it may hold process-private things, such as
/// a pointer into this process's mapping or a file descriptor of its own, while everything that lies in shared memory
/// is an index, an offset or a number. A participant takes part from one thread at a time, and from the process that made
/// it: the child of a fork must make its own, since those that it inherited are its parent's (a queue's node, for one).
///
/// To add a lock, write one file with a conforming type and its ``LockKind`` constant, and add its line to
/// ``LockCatalogue/visit(_:)``.
///
/// **Memory ordering.** For every primitive but the negative control, a successful `lock`, `tryLock` or
/// `lock(until:)` is an acquire operation and `unlock` is a release operation on the same location: what the previous
/// owner wrote before `unlock` is visible after the acquisition. Where the primitive is a system call, the kernel's
/// own synchronisation gives the same guarantee.
@_spi(Bench) public protocol LockPrimitive: ~Copyable, SendableMetatype {
    /// What a user chooses by. True of the type as a whole.
    static var properties: LockProperties { get }

    /// The bytes of shared memory that the lock needs.
    ///
    /// - Parameter participants: the largest number of simultaneous participants; only queue locks depend on it.
    static func bytesNeeded(participants: Int) -> Int

    /// Why this machine cannot have the lock, for a person; `nil` where it can.
    static var obstacle: String? { get }

    /// Puts a zero-filled area, which no other process sees yet, into the unlocked state.
    static func initialise(_ area: UnsafeMutableRawPointer, participants: Int) throws(Errno)

    /// What the object is called that a lock with this area has outside its segment under a name of its own, if there is
    /// or may be one.
    static func nameOutside(_ area: UnsafeMutableRawPointer) -> String?

    /// Takes part in the lock at the binding's address. May open or create what the lock needs outside the area.
    init(_ binding: borrowing LockBinding) throws(Errno)

    /// Waits until the caller holds the lock. Never returns ``LockOutcome/busy``.
    borrowing func lock() -> LockOutcome

    /// Takes the lock if it is free; returns ``LockOutcome/busy`` at once otherwise.
    borrowing func tryLock() -> LockOutcome

    /// Waits for the lock until a point in time; returns ``LockOutcome/busy`` when that has passed.
    borrowing func lock(until deadline: Deadline) -> LockOutcome

    /// Releases the lock, which the caller holds.
    borrowing func unlock()

    /// Begins a read-only section: waits until no writer is inside. Where the lock does not share readers, the same as
    /// ``lock()``.
    ///
    /// - Parameter begun: set to what ``endRead(_:)`` is to be told.
    borrowing func beginRead(_ begun: inout UInt64) -> LockOutcome

    /// Ends a read-only section. Returns `false` where a writer was inside meanwhile: what was read is worth nothing, and
    /// the section is to be repeated from ``beginRead()`` on.
    borrowing func endRead(_ begun: UInt64) -> Bool

    /// The fast path by which ``SharedMemory`` takes and releases this participant's lock while it is uncontended.
    var fastPath: FastPath { get }

    /// What an error number of ``FastCalls``' `take` means; the caller may hold the lock even so (its owner died,
    /// say).
    borrowing func settle(_ failure: Int32) -> LockOutcome

    /// Removes what the lock keeps outside its area (a kernel object, say). Called when the segment is destroyed,
    /// possibly more than once, and possibly while others wait; they must then return ``LockOutcome/failed(_:)`` or
    /// keep to their deadlines.
    borrowing func retire()

    /// As ``retire()``, if the lock is free, in one step: a destroyer need not take the lock first.
    /// Returns whether the lock is gone now; `false` as well where a kind cannot do it in one step.
    borrowing func retireIfFree() -> Bool
}

@_spi(Bench) extension LockPrimitive where Self: ~Copyable {
    /// None.
    public static var obstacle: String? { nil }

    /// None.
    public static func nameOutside(_ area: UnsafeMutableRawPointer) -> String? { nil }

    /// The lock itself.
    @inlinable
    public borrowing func beginRead(_ begun: inout UInt64) -> LockOutcome { lock() }

    /// The lock itself.
    @inlinable
    public borrowing func endRead(_ begun: UInt64) -> Bool {
        unlock()
        return true
    }

    /// None: the lock costs a system call anyway.
    @inlinable
    public var fastPath: FastPath { .none }

    /// Any error number is a failure.
    @inlinable
    public borrowing func settle(_ failure: Int32) -> LockOutcome { .failed(Errno(rawValue: failure)) }

    /// Nothing lies outside the area.
    @inlinable
    public borrowing func retire() {}

    /// Not in one step.
    @inlinable
    public borrowing func retireIfFree() -> Bool { false }
}
