import Testing

@testable import ShmCore

extension ShmCoreSuite {
    /// Guard bytes around a lock's area.
    @Suite struct SegmentCanaryTests {
        let scratch = Scratch()

        /// An odd size, so that the data end inside their last page.
        private static let dataSize = 100

        private func watched(_ kind: LockKind) throws -> (segment: SharedMemory, canary: SegmentCanary) {
            let segment = try scratch.segment(size: Self.dataSize, lock: kind)
            return (segment, try SegmentCanary(segment))
        }

        @Test(arguments: LockKind.all.filter { $0.obstacle == nil })
        func `a lock writes only to its own area`(kind: LockKind) throws {
            let (segment, canary) = try watched(kind)
            #expect(canary.count > SegmentHeader.byteCount)
            let others = try scratch.probes(2, segment)
            for probe in others { #expect(try probe.ask("come-and-go 20") == "ok") }
            try segment.lock()
            try segment.unlock()
            #expect(canary.damage == nil)
        }

        @Test(arguments: [LockKind.ticket, .mcs])
        func `a changed byte beside the area, beside the data or in the header is detected`(kind: LockKind) throws {
            let (segment, canary) = try watched(kind)
            let file = RawFile.read(segment.key)
            let area = ControlBlock.lockArea(file)
            let isLarge = area.lowerBound == SegmentLayout.pageSize
            let lockSize = try #require(LockFactory.named(kind.name)).bytesNeeded(ParticipantNumber.limit)
            let places = [
                area.lowerBound - 1, area.lowerBound - 8, Self.dataSize, ControlBlock.headerOffset(file) + 17,
            ]
            let behind = area.lowerBound + lockSize
            for place in places + (behind < file.count ? [behind] : []) {
                let content = RawFile.read(segment.key)[place]
                RawFile.write([content ^ 1], to: segment.key, at: place)
                let damage = try #require(canary.damage, "\(place)")
                if place == area.lowerBound - 8 { #expect(damage.contains("8 to 8 bytes before its start")) }
                if place == behind, !isLarge { #expect(damage.contains("1 to 1 bytes behind its end")) }
                RawFile.write([content], to: segment.key, at: place)
                #expect(canary.damage == nil)
            }
            // The content of the lock area and the data is not checked.
            RawFile.write([77], to: segment.key, at: area.lowerBound)
            RawFile.write([77], to: segment.key, at: Self.dataSize - 1)
            #expect(canary.damage == nil)
        }
    }
}
