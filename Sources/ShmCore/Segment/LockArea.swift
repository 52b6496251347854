/// The place of a lock's area in memory that locks of several kinds use one after another: where it would lie in a segment
/// of its own kind, behind data of the same size.
package struct LockArea: Sendable, Equatable {
    /// The offset from the start of the data, in bytes. Its distance from a page's start is that of a segment's area.
    package let offset: Int
    /// The bytes up to the end of the place: at least what the kind needs, and more, since another build's lock of that
    /// name may need more.
    package let room: Int

    /// The first byte behind the place.
    package var end: Int { offset + room }

    /// The place behind data of that many bytes; `nil` if there is no such kind, or the sizes overflow.
    package init?(of kind: LockKind, behind dataSize: Int) {
        let pageSize = SegmentLayout.pageSize
        guard let size = LockFactory.named(kind.name)?.bytesNeeded(ParticipantNumber.limit),
            let layout = SegmentLayout(dataSize: dataSize, lockSize: size, pageSize: pageSize)
        else { return nil }
        offset = layout.lockOffset
        let isSmall = layout.lockOffset > layout.headerOffset
        let pages = size / pageSize
        room = isSmall ? pageSize - SegmentLayout.smallLockOffset : (pages + pages / 2 + 1) * pageSize
    }
}
