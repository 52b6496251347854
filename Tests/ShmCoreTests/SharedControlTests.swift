import Glibc
import Testing

@testable import ShmCore

extension ShmCoreSuite {
    /// The handles of a process map a segment's control block once.
    @Suite struct SharedControlTests {
        let scratch = Scratch()

        @Test func `two handles share one mapping, and the last one ends it`() throws {
            let shared = try scratch.segment()
            let other = scratch.handle(shared.key)
            let control = try shared.existing().control
            #expect(try other.existing().control === control)
            #expect(control.users == 2)
            try shared.destroy()
            #expect(control.users == 1)
            try shared.create()
            #expect(try other.existing().control === shared.existing().control)
            #expect(control.users == 0)
        }

        @Test func `a handle does not rely on the mapping of another one once the header has changed`() throws {
            let shared = try scratch.segment()
            try shared.attach()
            let header = ControlBlock.headerOffset(RawFile.read(shared.key))
            for offset in [0, 8, 17, SegmentHeader.byteCount - 1] {
                let old = RawFile.read(shared.key)[header + offset]
                RawFile.write([old ^ 1], to: shared.key, at: header + offset)
                expect(.keyError) { try scratch.handle(shared.key).attach() }
                RawFile.write([old], to: shared.key, at: header + offset)
                let other = scratch.handle(shared.key)
                try other.attach()
                try other.detach()
            }
        }

        @Test func `a handle does not rely on it once the file was extended or has a second name`() throws {
            let shared = try scratch.segment()
            let size = RawFile.read(shared.key).count
            RawFile.truncate(shared.key, to: size + SegmentLayout.pageSize)
            let other = scratch.handle(shared.key)
            #expect(try other.existing().control !== shared.existing().control)
            RawFile.truncate(shared.key, to: size)
            let second = scratch.key("-second")
            try #require(unsafe link(RawFile.path(shared.key), RawFile.path(second)) == 0)
            expect(.keyError) { try scratch.handle(shared.key).attach() }
            RawFile.remove(second)
            try scratch.handle(shared.key).attach()
        }
    }
}
