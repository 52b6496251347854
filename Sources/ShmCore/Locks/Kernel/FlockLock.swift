internal import CShm
internal import Glibc
public import SystemPackage

/// `flock(2)`, exclusive, on the segment's file.
///
/// Each participant has an open file description of its own: within one description `flock` locks never conflict. Every
/// operation is a system call. The call has no timeout, so a handle that waits (it must notice a forced destroy) and
/// ``lock(until:)`` poll, with pauses that double from 20 µs to 500 µs.
///
/// Memory ordering: the kernel protects its list of file locks with a spinlock, which orders a release before the next
/// acquisition. Owner death: the kernel drops the lock when it closes the dead process's descriptor; a mark in the area
/// (``OwnerMark``) reports the death to the next owner. The child of a fork closes the description that it inherits.
@_spi(Bench) public struct FlockLock: LockPrimitive, ~Copyable {
    private let description: OwnDescription
    private let mark: OwnerMark
    private var file: FileDescriptor { description.file }

    /// See ``LockPrimitive/properties``.
    public static var properties: LockProperties {
        LockProperties(
            name: "flock", family: .kernel, ownerDeath: .reported, kernelObject: "file lock",
            pollsUntilDeadline: true, summary: "flock(2) on the segment's file")
    }

    /// Why this process cannot use `flock(2)`; `nil` if it can. The call on an invalid descriptor shows whether it is
    /// permitted.
    public static var obstacle: String? {
        flock(-1, LOCK_UN) != 0 && errno != EBADF ? "flock(2) is refused: a seccomp filter" : nil
    }

    /// The owner mark.
    public static func bytesNeeded(participants: Int) -> Int { MemoryLayout<UInt32>.size }

    /// Reopens the segment's file.
    public init(_ binding: borrowing LockBinding) throws(Errno) {
        let segment = binding.file
        description = try OwnDescription.opened { () throws(Errno) in try SegmentFile.reopen(segment) }
        mark = unsafe OwnerMark(binding.area)
    }

    /// `flock(LOCK_EX)`.
    public borrowing func lock() -> LockOutcome { acquire(LOCK_EX) }

    /// `flock(LOCK_EX | LOCK_NB)`.
    public borrowing func tryLock() -> LockOutcome { acquire(LOCK_EX | LOCK_NB) }

    /// Polls with ``tryLock()`` until the deadline.
    public borrowing func lock(until deadline: Deadline) -> LockOutcome { tryAgainSleeping(until: deadline) }

    /// `flock(LOCK_UN)`.
    public borrowing func unlock() {
        mark.clear()
        _ = flock(file.rawValue, LOCK_UN)
    }

    private borrowing func acquire(_ operation: Int32) -> LockOutcome {
        while flock(file.rawValue, operation) != 0 {
            switch errno {
            case EINTR: continue
            case EWOULDBLOCK: return .busy
            case let failure: return .failed(Errno(rawValue: failure))
            }
        }
        return mark.set()
    }
}

extension LockKind {
    /// `flock(2)` on the segment's file.
    public static let flock = LockKind(FlockLock.self)
}
