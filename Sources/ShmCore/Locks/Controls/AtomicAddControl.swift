public import Synchronization

/// The control: no lock, but one atomic addition in place of a lock's first instruction. It is a lower bound for the
/// cost of a lock, contended or not. It excludes no process.
///
/// Memory ordering: the addition is an acquire and a release. Owner death: no effect, because no lock is held.
@_spi(Bench) @safe public struct AtomicAddControl: LockPrimitive, ~Copyable {
    @usableFromInline let word: UnsafeMutablePointer<Atomic<UInt32>>

    /// See ``LockPrimitive/properties``.
    public static var properties: LockProperties {
        LockProperties(
            name: "atomic-add", family: .control, waiting: .never, fairness: .unordered, ownerDeath: .notApplicable,
            excludes: false, summary: "control: no lock, one atomic addition in its place")
    }

    /// One word.
    public static func bytesNeeded(participants: Int) -> Int { MemoryLayout<UInt32>.size }

    /// Binds to the word at the area's start.
    public init(_ binding: borrowing LockBinding) { unsafe word = binding.area.word(at: 0) }

    /// Adds one. Always succeeds.
    @inlinable
    public borrowing func lock() -> LockOutcome {
        unsafe word.pointee.add(1, ordering: .acquiringAndReleasing)
        return .acquired
    }

    /// Adds one. Always succeeds.
    @inlinable
    public borrowing func tryLock() -> LockOutcome { lock() }

    /// Adds one. Always succeeds.
    @inlinable
    public borrowing func lock(until deadline: Deadline) -> LockOutcome { lock() }

    /// Nothing to release.
    @inlinable
    public borrowing func unlock() {}
}

extension LockKind {
    /// The baseline: one atomic addition.
    public static let atomicAdd = LockKind(AtomicAddControl.self)
}
