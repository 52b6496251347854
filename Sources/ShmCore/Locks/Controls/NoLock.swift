/// No lock at all: the negative control. It excludes no process, so an integrity check that does not fail under it with
/// two busy processes checks nothing.
///
/// Memory ordering: none. Owner death: nothing is held, so nothing happens.
@_spi(Bench) public struct NoLock: LockPrimitive, ~Copyable {
    /// See ``LockPrimitive/properties``.
    public static var properties: LockProperties {
        LockProperties(
            name: "none", family: .control, waiting: .never, fairness: .unordered, ownerDeath: .notApplicable,
            excludes: false, summary: "negative control: no lock, must fail the integrity check")
    }

    /// Nothing.
    public static func bytesNeeded(participants: Int) -> Int { 0 }

    /// Nothing to do.
    public static func initialise(_ area: UnsafeMutableRawPointer, participants: Int) {}

    /// Nothing to bind to.
    public init(_ binding: borrowing LockBinding) {}

    /// Always succeeds.
    @inlinable
    public borrowing func lock() -> LockOutcome { .acquired }

    /// Always succeeds.
    @inlinable
    public borrowing func tryLock() -> LockOutcome { .acquired }

    /// Always succeeds.
    @inlinable
    public borrowing func lock(until deadline: Deadline) -> LockOutcome { .acquired }

    /// Nothing to release.
    @inlinable
    public borrowing func unlock() {}
}

extension LockKind {
    /// No lock at all, by the name "none": the negative control.
    public static let noLock = LockKind(NoLock.self)

    /// The former name of ``noLock``. Beside an optional kind, `.none` is `nil`, and always was.
    @available(*, deprecated, renamed: "noLock")
    public static var none: LockKind { noLock }
}
