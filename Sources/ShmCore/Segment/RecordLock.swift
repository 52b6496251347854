internal import CShm
internal import Glibc
internal import SystemPackage

/// Open-file-description locks (`F_OFD_SETLK`, `fcntl(2)`) on bytes far past the end of a segment's file.
///
/// The kernel drops them when the description's last descriptor is closed, however the process ended, so what they
/// say is never stale. They belong to the description, not to the process: each handle opens the file for itself.
enum RecordLock {
    /// A byte, or a range of bytes, that stands for something.
    enum Place {
        /// Held shared while attaching, exclusively by a destroyer that waits for the attachments to go.
        case attachGate
        /// Held exclusively by the process that takes the segment's name away.
        case removal
        /// Held exclusively by the participant that makes the lock's kernel object.
        case lockSetup
        /// Held exclusively by the creator while it initialises the segment, from before the segment has its name.
        case initialisation
        /// The segment's lock itself, where that is a record lock.
        case userLock
        /// One attachment's own byte.
        case attachment(Int64)
        /// Every attachment's byte.
        case allAttachments

        static let firstAttachment: Int64 = 1 << 61
        static let lastAttachment: Int64 = 1 << 62

        var range: (start: Int64, length: Int64) {
            switch self {
            case .attachGate: (1 << 60, 1)
            case .removal: (1 << 60 + 1, 1)
            case .lockSetup: (1 << 60 + 2, 1)
            case .userLock: (1 << 60 + 3, 1)
            case .initialisation: (1 << 60 + 4, 1)
            case .attachment(let byte): (byte, 1)
            case .allAttachments: (Self.firstAttachment, Self.lastAttachment - Self.firstAttachment + 1)
            }
        }
    }

    /// A byte for a new attachment. Two attachments share one of 2⁶¹ bytes with negligible probability; where the
    /// lock is exclusive, that is noticed.
    static func newAttachment() -> Place {
        .attachment(.random(in: Place.firstAttachment...Place.lastAttachment))
    }

    /// Takes a lock; throws `EAGAIN` when another description has a conflicting one.
    static func take(_ place: Place, shared: Bool = false, of file: FileDescriptor) throws(Errno) {
        let range = place.range
        let type = Int16(shared ? F_RDLCK : F_WRLCK)
        do {
            try SystemCall.retrying { shm_ofd_lock(file.rawValue, type, range.start, range.length, false) }
        } catch {
            throw error == .permissionDenied ? .resourceTemporarilyUnavailable : error
        }
    }

    /// Waits for a lock as long as it takes.
    static func takeWaiting(_ place: Place, of file: FileDescriptor) throws(Errno) {
        let range = place.range
        try SystemCall.retrying { shm_ofd_lock(file.rawValue, Int16(F_WRLCK), range.start, range.length, true) }
    }

    /// Whether another description has a lock there.
    static func isTaken(_ place: Place, of file: FileDescriptor) -> Bool {
        var (start, length) = place.range
        return unsafe shm_ofd_conflict(file.rawValue, &start, &length) == 1
    }

    /// Releases a lock. Cannot fail in a way that matters: the kernel drops it with the description at the latest.
    static func release(_ place: Place, of file: FileDescriptor) {
        let range = place.range
        _ = shm_ofd_lock(file.rawValue, Int16(F_UNLCK), range.start, range.length, false)
    }

    /// The number of attachments that other descriptions hold.
    ///
    /// `F_OFD_GETLK` names one conflicting lock of a range, in no particular order, so the search goes on to its left
    /// and to its right: two calls an attachment.
    static func countAttachments(of file: FileDescriptor) throws(Errno) -> Int {
        var count = 0
        var open: [(start: Int64, end: Int64)] = [(Place.firstAttachment, Place.lastAttachment)]
        while let range = open.popLast() {
            var start = range.start
            var length = range.end - range.start + 1
            guard try SystemCall.check(unsafe shm_ofd_conflict(file.rawValue, &start, &length)) == 1 else { continue }
            // A length of 0 means "to the end of the file": no attachment of ours, but count it once and move on.
            let end = length > 0 ? start + length - 1 : Int64.max
            count += 1
            if start > range.start { open.append((range.start, start - 1)) }
            if end < range.end { open.append((end + 1, range.end)) }
        }
        return count
    }
}
