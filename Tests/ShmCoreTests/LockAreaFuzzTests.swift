import CShm
import Testing

@testable import ShmCore

extension ShmCoreSuite {
    @Suite struct LockAreaFuzzTests {
        let scratch = Scratch()

        /// Another process tries the lock, so a crash there (glibc aborts on a mutex of an unknown kind) is a failure
        /// here.
        ///
        /// glibc's priority-inheriting mutexes abort when the kernel rejects the word; their documentation says so.
        @Test(arguments: LockKind.all.filter { $0 != .pthreadPI && $0 != .pthreadRobustPI })
        func `an overwritten lock is busy, broken or usable, and never crashes`(kind: LockKind) throws {
            let shared = try scratch.segment(size: 64, lock: kind)
            let original = RawFile.read(shared.key)
            let probe = try scratch.probe(shared)
            let area = ControlBlock.lockArea(original)
            let ownSet = ControlBlock.semaphoreSet(shared.key)
            let ownName = ControlBlock.nameOutside(shared.key)
            var generator = SeededGenerator(seed: Checksum.fnv1a(kind.name.utf8))
            for index in 0..<600 {
                var file = original
                for _ in 0..<Int.random(in: 1...4, using: &generator) {
                    // Most locks use little more than their first words, and one the last.
                    let places = [0..<48, 0..<area.count, area.count - min(64, area.count)..<area.count]
                    let place =
                        area.lowerBound
                        + Int.random(in: places.randomElement(using: &generator) ?? places[0], using: &generator)
                    file[place] = .random(in: 0 ... .max, using: &generator)
                }
                RawFile.replace(shared.key, with: file)
                defer {
                    // An object that was created because the area no longer named the first one.
                    if let other = ControlBlock.nameOutside(shared.key), other != ownName {
                        NamedObjects.remove(other)
                    }
                    if kind.properties.kernelObject == "semaphore set",
                        let other = ControlBlock.semaphoreSet(shared.key), other != ownSet,
                        made(by: shared.key, other)
                    {
                        SemaphoreSets.remove(other)
                    }
                }
                let words = try probe.ask("inspect").split(separator: " ")
                try #require(words.count == 5 && words[1] == "attached", "mutation \(index): \(words)")
                #expect(["locked", "busy", "lockError"].contains(words[2]), "mutation \(index): \(words)")
            }
            RawFile.replace(shared.key, with: original)
        }

        /// Whether the set has the key in the area. An identifier alone may belong to another program's set.
        private func made(by key: String, _ identifier: Int32) -> Bool {
            let file = RawFile.read(key)
            let place = ControlBlock.headerOffset(file) + SegmentLayout.smallLockOffset + 4
            let stored = (0..<4).reduce(UInt32(0)) { $0 | UInt32(file[place + $1]) << (8 * $1) }
            var status = shm_sem_status()
            return unsafe shm_sem_stat(identifier, &status) == 0 && status.key == Int32(bitPattern: stored)
        }
    }
}
