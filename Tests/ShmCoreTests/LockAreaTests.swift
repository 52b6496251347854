import Testing

@testable import ShmCore

@Suite(.timeLimit(.minutes(10))) struct LockAreaTests {
    @Test(arguments: LockKind.builtIn, [1, 4096, 1 << 20])
    func `a lock lies as in a segment of its own, and has room`(kind: LockKind, dataSize: Int) throws {
        let area = try #require(LockArea(of: kind, behind: dataSize))
        let needed = try #require(LockFactory.named(kind.name)).bytesNeeded(ParticipantNumber.limit)
        let layout = try #require(
            SegmentLayout(dataSize: dataSize, lockSize: needed, pageSize: SegmentLayout.pageSize))
        #expect(area.offset == layout.lockOffset && area.offset >= dataSize && area.room >= needed)
    }
}
