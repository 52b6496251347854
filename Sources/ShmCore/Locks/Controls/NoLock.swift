/// The negative control: no lock at all. It excludes no process, so an integrity check that passes with two busy
/// processes under it checks nothing.
///
/// Memory ordering: none. Owner death: no effect, because no lock is held.
@_spi(Bench) public struct NoLock: LockPrimitive, ~Copyable {
    /// See ``LockPrimitive/properties``.
    public static var properties: LockProperties {
        LockProperties(
            name: "none", family: .control, waiting: .never, fairness: .unordered, ownerDeath: .notApplicable,
            excludes: false, summary: "negative control: no lock, must fail the integrity check")
    }

    /// No bytes.
    public static func bytesNeeded(participants: Int) -> Int { 0 }

    /// Ignores the binding.
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
    /// The negative control: no lock at all. Its name is "none".
    public static let noLock = LockKind(NoLock.self)

    /// The former name of ``noLock``. In an optional context `.none` means `nil`, which is why it was renamed.
    @available(*, deprecated, renamed: "noLock")
    public static var none: LockKind { noLock }
}
