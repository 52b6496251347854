public import SystemPackage

/// An open-file-description lock (`F_OFD_SETLK`) on a byte of the segment's own file.
///
/// Source: `fcntl(2)`, "open file description locks". Each participant has a description of its own, and the lock is the
/// description's. Every operation is a system call; there is no timeout, so waits with a deadline poll, with pauses that
/// double from 20 µs to 500 µs.
///
/// Memory ordering: the kernel's list of file locks is kept under a spin lock, which orders a release before the next
/// acquisition. Owner death: the kernel drops the lock when the dead process's descriptor is closed; a mark in the area
/// (``OwnerMark``) tells the next owner. The child of a fork closes the description that it inherits.
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

    /// Zero is "no owner died".
    public static func initialise(_ area: UnsafeMutableRawPointer, participants: Int) {}

    /// Opens the segment's file once more.
    public init(_ binding: borrowing LockBinding) throws(Errno) {
        let segment = binding.file
        description = try OwnDescription.opened { () throws(Errno) in try SegmentFile.reopen(segment) }
        mark = unsafe OwnerMark(binding.area)
    }

    /// `F_OFD_SETLKW`.
    public borrowing func lock() -> LockOutcome { acquire(waiting: true) }

    /// `F_OFD_SETLK`.
    public borrowing func tryLock() -> LockOutcome { acquire(waiting: false) }

    /// Polls until the deadline.
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
