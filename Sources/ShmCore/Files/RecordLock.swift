internal import CShm
internal import Glibc
internal import SystemPackage

/// Open-file-description locks (`F_OFD_SETLK`, `fcntl(2)`) on bytes far beyond the end of a segment's file.
///
/// The kernel drops them when it closes the description's last descriptor, however the process ended, so they are never
/// stale. They belong to the description and not to the process: each handle opens the file itself.
enum RecordLock {
    /// A byte, or a range of bytes, with a meaning.
    enum Place {
        /// Held exclusively by a destroyer that waits for attachments to end.
        case attachGate
        /// Held exclusively by the process that removes the segment's name.
        case removal
        /// Held exclusively by the participant that creates the lock's kernel object.
        case lockSetup
        /// Held exclusively by the creator while it initialises the segment, from before the segment has its name.
        case initialisation
        /// The segment's lock, if that is a record lock.
        case userLock
        /// The byte of one attachment.
        case attachment(Int64)
        /// The bytes of all attachments.
        case allAttachments

        /// The bytes of attachments: first the slots that the control block hints at (``AttachmentSlots``), then those
        /// that are chosen at random.
        static let attachments: ClosedRange<Int64> = 1 << 61...1 << 62
        static let firstRandom: Int64 = 1 << 61 + 1 << 32

        /// The byte of a slot.
        static func slot(_ number: UInt32) -> Place { .attachment(attachments.lowerBound + Int64(number)) }

        /// A random byte. The probability that two attachments share one of 2⁶¹ bytes is negligible; if the lock is
        /// exclusive, the collision is detected.
        static func random() -> Place { .attachment(.random(in: firstRandom...attachments.upperBound)) }

        var range: (start: Int64, length: Int64) {
            switch self {
            case .attachGate: (1 << 60, 1)
            case .removal: (1 << 60 + 1, 1)
            case .lockSetup: (1 << 60 + 2, 1)
            case .userLock: (1 << 60 + 3, 1)
            case .initialisation: (1 << 60 + 4, 1)
            case .attachment(let byte): (byte, 1)
            case .allAttachments: (Self.attachments.lowerBound, Int64(Self.attachments.count))
            }
        }
    }

    /// Takes a lock without waiting; throws `EAGAIN` if another description holds a conflicting one.
    static func take(_ place: Place, shared: Bool = false, of file: FileDescriptor) throws(Errno) {
        let range = place.range
        let type = Int16(shared ? F_RDLCK : F_WRLCK)
        do {
            try SystemCall.retrying { shm_ofd_lock(file.rawValue, type, range.start, range.length, false) }
        } catch {
            throw error == .permissionDenied ? .resourceTemporarilyUnavailable : error
        }
    }

    /// Takes a lock; waits without a limit.
    static func takeWaiting(_ place: Place, of file: FileDescriptor) throws(Errno) {
        let range = place.range
        try SystemCall.retrying { shm_ofd_lock(file.rawValue, Int16(F_WRLCK), range.start, range.length, true) }
    }

    /// Whether another description holds a lock in that range.
    static func isTaken(_ place: Place, of file: FileDescriptor) -> Bool {
        var (start, length) = place.range
        return unsafe shm_ofd_conflict(file.rawValue, &start, &length) == 1
    }

    /// Releases a lock. A failure is harmless: the kernel drops the lock with the description.
    static func release(_ place: Place, of file: FileDescriptor) {
        let range = place.range
        _ = shm_ofd_lock(file.rawValue, Int16(F_UNLCK), range.start, range.length, false)
    }

    /// One lock of another description that overlaps the range, or `nil`. The kernel walks the list of the
    /// file's locks from the oldest on, and returns the first that matches.
    static func first(in range: ClosedRange<Int64>, of file: FileDescriptor) throws(Errno) -> ClosedRange<Int64>? {
        var start = range.lowerBound
        var length = range.upperBound - start + 1
        guard try SystemCall.check(unsafe shm_ofd_conflict(file.rawValue, &start, &length)) == 1 else { return nil }
        // A length of 0 means "to the end of the file".
        return start...(length > 0 ? start + length - 1 : Int64.max)
    }
}
