import CShm
import Testing

@_spi(Bench) @testable import ShmCore

extension ShmCoreSuite {
    /// The offsets of the word and the node, on this machine and on others.
    @Suite struct RobustFutexGeometryTests {
        /// 4 KiB, and the other page sizes of arm64 kernels.
        static let pageSizes = [4096, 16384, 65536]

        @Test func `the node fits this machine's futex_offset`() throws {
            var (distance, failure) = (Int64(0), Int32(0))
            try #require(unsafe shm_robust_list(&distance, &failure) != 0)
            let node = try #require(RobustListEntry.nodeOffset(futexOffset: distance))
            // The kernel expects the word there.
            #expect(Int64(node) + distance == -Int64(RobustListEntry.wordOffset))
            #expect(RobustListEntry.obstacle == nil)
        }

        @Test(arguments: [(-32, 8), (-40, 16), (-48, 24), (-56, 32)])
        func `the node lies in the second page, including its backward link`(distance: Int, node: Int) throws {
            #expect(RobustListEntry.nodeOffset(futexOffset: Int64(distance)) == node)
        }

        @Test(arguments: [
            0, 32, -8, -24, -31, -33, -36, -64, -4096, Int64(Int32.min), Int64.min, Int64.min + 1, Int64.max,
        ])
        func `a futex_offset that would put the node elsewhere is rejected`(distance: Int64) {
            #expect(RobustListEntry.nodeOffset(futexOffset: distance) == nil)
        }

        @Test(arguments: pageSizes, [1, 4096, 4097, 1 << 20])
        func `the word lies right before the end of the segment's last page`(pageSize: Int, dataSize: Int) throws {
            let size = RobustFutexLock.bytesNeeded(pageSize: pageSize)
            let layout = try #require(SegmentLayout(dataSize: dataSize, lockSize: size, pageSize: pageSize))
            // One control page: the lock shares the header's page.
            #expect(layout.controlSize == pageSize)
            #expect(layout.lockOffset % 128 == 0)
            #expect(layout.lockOffset + size == layout.fileSize)
            let word = layout.lockOffset + RobustFutexLock.wordPlace(pageSize: pageSize)
            #expect(word == layout.fileSize - RobustListEntry.wordOffset)
            #expect(word % 8 == 0)
            // The hints before it, the furthest 24 bytes away, share its cache line with nothing else.
            #expect(word - 24 >= layout.headerOffset + SegmentLayout.lifeOffset + 128)
            #expect((word - 24) / 64 == word / 64)
        }

        @Test(arguments: pageSizes) func `node and entry fit after every page`(pageSize: Int) throws {
            for distance in stride(from: -56, through: -32, by: 8) {
                let node = try #require(RobustListEntry.nodeOffset(futexOffset: Int64(distance)))
                #expect(pageSize + node + distance == pageSize - RobustListEntry.wordOffset)
                #expect(node + 8 <= 64)
            }
            let entryEnd = 64 + MemoryLayout<RobustListEntry>.size
            #expect(entryEnd <= pageSize)
        }

        @Test func `the layout uses this machine's page size`() {
            let pageSize = SegmentLayout.pageSize
            #expect(RobustFutexLock.bytesNeeded(participants: 1) == RobustFutexLock.bytesNeeded(pageSize: pageSize))
            #expect(RobustFutexLock.bytesNeeded(participants: 1) == RobustFutexLock.bytesNeeded(participants: 4096))
        }
    }
}
