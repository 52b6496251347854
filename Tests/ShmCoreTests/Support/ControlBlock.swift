import CShm
import Glibc

@testable import ShmCore

/// Reads and writes a segment's control block directly.
enum ControlBlock {
    /// The offset of the header of a segment with a small lock.
    static func headerOffset(_ file: [UInt8]) -> Int { file.count - SegmentLayout.pageSize }

    /// The offset of the lock's area in a segment whose data fit into one page.
    static func lockArea(_ file: [UInt8]) -> Range<Int> {
        let header = headerOffset(file)
        return header == SegmentLayout.pageSize
            ? header + SegmentLayout.smallLockOffset..<file.count : SegmentLayout.pageSize..<header
    }

    /// Marks a segment destroyed without removing it, as a destroyer leaves it that is killed in between.
    static func markDead(_ key: String) {
        let offset = headerOffset(RawFile.read(key)) + SegmentLayout.lifeOffset
        RawFile.write([UInt8(SegmentBinding.Life.dead), 0, 0, 0], to: key, at: offset)
    }

    /// Corrects the checksum of a changed header in the content of a file.
    static func seal(_ file: inout [UInt8]) {
        let header = headerOffset(file)
        let checksum = Checksum.fnv1a(file[header..<header + 120])
        for index in 0..<8 { file[header + 120 + index] = UInt8(truncatingIfNeeded: checksum >> (8 * index)) }
    }

    /// The identifier of a segment's semaphore set, from the lock's area.
    static func semaphoreSet(_ key: String) -> Int32? {
        let file = RawFile.read(key)
        guard file.count > SegmentLayout.pageSize else { return nil }
        let place = headerOffset(file) + SegmentLayout.smallLockOffset + 8
        let stored = (0..<4).reduce(UInt32(0)) { $0 | UInt32(file[place + $1]) << (8 * $1) }
        return stored == 0 ? nil : Int32(bitPattern: stored) - 1
    }

    /// The name of the object of a segment's lock outside the segment, if it has one; see `NamedObject`.
    static func nameOutside(_ key: String) -> String? {
        let file = RawFile.read(key)
        guard file.count == 2 * SegmentLayout.pageSize else { return nil }
        let place = lockArea(file).lowerBound + 8
        let stored = (0..<8).reduce(UInt64(0)) { $0 | UInt64(file[place + $1]) << (8 * $1) }
        return stored == 0 ? nil : "shmcore-" + String(stored, radix: 16)
    }
}

/// The named objects of locks.
enum NamedObjects {
    static func remove(_ name: String) {
        for file in [name, "sem." + name] { unsafe _ = unlink("/dev/shm/" + file) }
        unsafe _ = shm_queue_remove("/" + name)
    }
}
