import Testing

@testable import ShmCore

extension ShmCoreSuite {
    @Suite struct LockAreaFuzzTests {
        let scratch = Scratch()

        /// Another process tries the lock, so that a crash there (glibc aborts on a mutex of a kind that it does not know) is a
        /// failure here.
        @Test(arguments: LockKind.all)
        func `a scribbled-over lock is busy, broken or usable, and never a crash`(kind: LockKind) throws {
            let shared = try scratch.segment(size: 64, lock: kind)
            let original = RawFile.read(shared.key)
            let probe = try scratch.probe(shared)
            let area = ControlBlock.headerOffset(original) + SegmentLayout.smallLockOffset
            var generator = SeededGenerator(seed: SegmentHeader.checksum(kind.name.utf8))
            for index in 0..<600 {
                var file = original
                for _ in 0..<Int.random(in: 1...4, using: &generator) {
                    file[area + Int.random(in: 0..<48, using: &generator)] = .random(in: 0 ... .max, using: &generator)
                }
                RawFile.replace(shared.key, with: file)
                let words = try probe.ask("inspect").split(separator: " ")
                try #require(words.count == 5 && words[1] == "attached", "mutation \(index): \(words)")
                #expect(["locked", "busy", "lockError"].contains(words[2]), "mutation \(index): \(words)")
            }
        }
    }
}
