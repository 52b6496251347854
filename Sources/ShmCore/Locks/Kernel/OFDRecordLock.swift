public import SystemPackage

/// An open-file-description lock (`F_OFD_SETLK`) on a byte of the segment's file.
///
/// Source: `fcntl(2)`, "open file description locks". Each participant has an open file description of its own, to
/// which the lock belongs. Every operation is a system call. There is no timeout, so waits with a deadline poll, with
/// pauses that double from 20 µs to 500 µs.
///
/// Memory ordering: the kernel protects its list of file locks with a spinlock, which orders a release before the next
/// acquisition. Owner death: the kernel drops the lock when it closes the dead process's descriptor; a mark in the area
/// (``OwnerMark``) reports the death to the next owner. The child of a fork closes the description that it inherits.
@_spi(Bench) public struct OFDRecordLock: LockPrimitive, ~Copyable {
    private let description: OwnDescription
    private let mark: OwnerMark
    private var file: FileDescriptor { description.file }

    /// See ``LockPrimitive/properties``.
    public static var properties: LockProperties {
        LockProperties(
            name: "ofd-record", family: .kernel, ownerDeath: .reported, kernelObject: "file lock",
            pollsUntilDeadline: true, summary: "record lock of a file description")
    }

    /// The owner mark.
    public static func bytesNeeded(participants: Int) -> Int { MemoryLayout<UInt32>.size }

    /// Reopens the segment's file.
    public init(_ binding: borrowing LockBinding) throws(Errno) {
        let segment = binding.file
        description = try OwnDescription.opened { () throws(Errno) in try SegmentFile.reopen(segment) }
        mark = unsafe OwnerMark(binding.area)
    }

    /// `F_OFD_SETLKW`.
    public borrowing func lock() -> LockOutcome { acquire(waiting: true) }

    /// `F_OFD_SETLK`.
    public borrowing func tryLock() -> LockOutcome { acquire(waiting: false) }

    /// Polls with ``tryLock()`` until the deadline.
    public borrowing func lock(until deadline: Deadline) -> LockOutcome { tryAgainSleeping(until: deadline) }

    /// `F_OFD_SETLK` with `F_UNLCK`.
    public borrowing func unlock() {
        mark.clear()
        RecordLock.release(.userLock, of: file)
    }

    private borrowing func acquire(waiting: Bool) -> LockOutcome {
        do throws(Errno) {
            if waiting {
                try RecordLock.takeWaiting(.userLock, of: file)
            } else {
                try RecordLock.take(.userLock, of: file)
            }
            return mark.set()
        } catch {
            return error == .resourceTemporarilyUnavailable ? .busy : .failed(error)
        }
    }
}

extension LockKind {
    /// A record lock of a file description.
    public static let ofdRecord = LockKind(OFDRecordLock.self)
}
