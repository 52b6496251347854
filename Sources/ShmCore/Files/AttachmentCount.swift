internal import CShm
internal import Glibc
internal import SystemPackage

/// Counts the attachments to a segment: the record locks that other descriptions hold on ``RecordLock/Place`` bytes.
///
/// Only the kernel is asked, so an attachment counts exactly as long as its description is open, however its process
/// ends, with any content of the control block, and in any namespace. `F_OFD_GETLK` walks the list of the
/// file's locks, so finding each of `n` locks takes `n²` steps. Where there are many, they come from `/proc/locks`, which
/// shows all of them in `n` steps. That file is read in pieces, and a lock that is released meanwhile may hide another
/// one; or the file may be missing. So `F_OFD_GETLK` then searches the gaps between the locks that were found.
/// Attachments use neighbouring bytes (``AttachmentSlots``), so there are few gaps.
struct AttachmentCount {
    /// The number of locks up to which asking for each is faster than reading `/proc/locks`.
    static let few = 256
    /// After so many locks, one probe finds out whether there are more than ``few`` in neighbouring bytes.
    private static let start = 8

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
        if try searchFew() { return }
        let listed = LockListing.bytes(of: file, in: RecordLock.Place.attachments, list: list)
        count = listed.count
        var gaps = Self.gaps(between: listed)
        while try next(in: &gaps) != nil { count += 1 }
    }

    /// Counts ``few`` locks at most; returns `false`, and counts none, if there are more.
    private mutating func searchFew() throws(Errno) -> Bool {
        var ranges = [RecordLock.Place.attachments]
        var found = 0
        while let lock = try next(in: &ranges) {
            found += 1
            if found > Self.few { return false }
            if found == Self.start, try hasManyNeighbours(lock.lowerBound) { return false }
        }
        count = found
        return true
    }

    /// Whether a lock far behind this one shows that there are many.
    private mutating func hasManyNeighbours(_ byte: Int64) throws(Errno) -> Bool {
        let end = RecordLock.Place.attachments.upperBound
        guard byte <= end - 4 * Int64(Self.few) else { return false }
        probes += 1
        return try RecordLock.first(in: byte + Int64(Self.few)...byte + 4 * Int64(Self.few), of: file) != nil
    }

    /// Finds one lock and replaces its range by the rest of it; `nil` if no range contains a lock.
    private mutating func next(in ranges: inout [ClosedRange<Int64>]) throws(Errno) -> ClosedRange<Int64>? {
        while let range = ranges.popLast() {
            probes += 1
            guard let lock = try RecordLock.first(in: range, of: file) else { continue }
            if lock.lowerBound > range.lowerBound { ranges.append(range.lowerBound...lock.lowerBound - 1) }
            // The oldest lock comes first, and usually has the lowest slot: continue behind it.
            if lock.upperBound < range.upperBound { ranges.append(lock.upperBound + 1...range.upperBound) }
            return lock
        }
        return nil
    }

    /// The ranges of attachments' bytes that contain none of these, which are sorted.
    private static func gaps(between bytes: [Int64]) -> [ClosedRange<Int64>] {
        var gaps: [ClosedRange<Int64>] = []
        let all = RecordLock.Place.attachments
        var next = all.lowerBound
        for byte in bytes {
            if byte > next { gaps.append(next...byte - 1) }
            next = byte + 1
        }
        if next <= all.upperBound { gaps.append(next...all.upperBound) }
        return gaps
    }
}
