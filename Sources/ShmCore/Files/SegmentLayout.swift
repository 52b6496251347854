internal import Glibc

/// The offsets in a segment's file.
///
///     0                data, page-aligned and zero-padded to whole pages
///     controlOffset    lock area, if it is too large for the header's page
///     headerOffset     the last page: header, life word, words of attachments, and the lock area if it fits
///
/// All offsets follow from the size of the data, the size of the lock area and the page size, so a header that
/// contradicts its own sizes is corrupt.
struct SegmentLayout: Equatable {
    static var pageSize: Int { sysconf(Int32(_SC_PAGESIZE)) }

    /// The offset of the life word in the header's page: on a cache line of its own.
    static let lifeOffset = 256
    /// The offset of the word that says whether a destroyer waits. Read, as the life word is, by every attachment.
    static let barOffset = 260
    /// The offset of the two words of ``AttachmentSlots``: on a cache line of their own.
    static let slotsOffset = 320
    /// The offset of a small lock area in the header's page, two cache lines away from all other fields.
    static let smallLockOffset = 512

    let pageSize: Int
    let controlOffset: Int
    let headerOffset: Int
    let lockOffset: Int
    let fileSize: Int

    /// Computes the layout; `nil` if the sizes overflow.
    init?(dataSize: Int, lockSize: Int, pageSize: Int) {
        guard dataSize > 0, lockSize >= 0, pageSize >= 4096,
            let dataEnd = Self.roundedUp(dataSize, to: pageSize)
        else { return nil }
        self.pageSize = pageSize
        controlOffset = dataEnd
        if lockSize <= pageSize - Self.smallLockOffset {
            headerOffset = dataEnd
            lockOffset = dataEnd + Self.smallLockOffset
        } else {
            guard let lockPages = Self.roundedUp(lockSize, to: pageSize) else { return nil }
            let (end, overflow) = dataEnd.addingReportingOverflow(lockPages)
            if overflow { return nil }
            headerOffset = end
            lockOffset = dataEnd
        }
        let (size, overflow) = headerOffset.addingReportingOverflow(pageSize)
        if overflow { return nil }
        fileSize = size
    }

    /// The size of the control region, in bytes.
    var controlSize: Int { fileSize - controlOffset }

    private static func roundedUp(_ size: Int, to page: Int) -> Int? {
        let (sum, overflow) = size.addingReportingOverflow(page - 1)
        return overflow ? nil : sum / page * page
    }
}
