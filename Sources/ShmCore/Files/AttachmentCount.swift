internal import CShm
internal import Glibc
internal import SystemPackage

/// Counts the attachments to a segment: the record locks that other descriptions hold on ``RecordLock/Place`` bytes.
///
/// Only the kernel is asked, so an attachment counts exactly as long as its description is open, however its process
/// ended, and whatever the control block says. `F_OFD_GETLK` walks the list of the file's locks, so finding each of
/// `n` locks takes `n²` steps. From ``limitOfProbes`` on, the locks come from `/proc/locks`, which shows all of them in
/// `n` steps. It is read in pieces, and a lock that is released meanwhile may hide another one, or the file may be
/// missing. So `F_OFD_GETLK` then searches the gaps between those that were found. Attachments use neighbouring bytes
/// (``AttachmentSlots``), so there are few gaps.
struct AttachmentCount {
    /// The number of locks from which on reading `/proc/locks` is faster than asking for each.
    static let limitOfProbes = 64

    /// The result.
    private(set) var count = 0
    /// The number of `F_OFD_GETLK` calls.
    private(set) var probes = 0
    private let file: FileDescriptor

    /// Counts the attachments that other descriptions than `file` hold.
    ///
    /// - Parameter list: the file that lists the locks of this machine. A test passes another.
    init(of file: FileDescriptor, list: String = LockListing.path) throws(Errno) {
        self.file = file
        if try search([RecordLock.Place.attachments], limit: Self.limitOfProbes) { return }
        let listed = LockListing.bytes(of: file, in: RecordLock.Place.attachments, list: list)
        count = listed.count
        _ = try search(Self.gaps(between: listed), limit: .max)
    }

    /// Adds the locks in these ranges; returns `false` once it found more than `limit`.
    private mutating func search(_ ranges: [ClosedRange<Int64>], limit: Int) throws(Errno) -> Bool {
        var open = ranges
        var found = 0
        while let range = open.popLast() {
            probes += 1
            guard let lock = try RecordLock.first(in: range, of: file) else { continue }
            found += 1
            if found > limit { return false }
            if lock.lowerBound > range.lowerBound { open.append(range.lowerBound...lock.lowerBound - 1) }
            // The oldest lock comes first, and usually has the lowest slot: continue behind it.
            if lock.upperBound < range.upperBound { open.append(lock.upperBound + 1...range.upperBound) }
        }
        count += found
        return true
    }

    /// The ranges of attachments' bytes that contain none of these, which are sorted.
    private static func gaps(between bytes: [Int64]) -> [ClosedRange<Int64>] {
        var gaps: [ClosedRange<Int64>] = []
        var next = RecordLock.Place.attachments.lowerBound
        for byte in bytes {
            if byte > next { gaps.append(next...byte - 1) }
            next = byte + 1
        }
        if next <= RecordLock.Place.attachments.upperBound { gaps.append(next...RecordLock.Place.attachments.upperBound) }
        return gaps
    }
}
