import CShm
import Glibc

@testable import ShmCore

/// A segment's control block, by hand.
enum ControlBlock {
    /// Where the header of a segment with a small lock begins.
    static func headerOffset(_ file: [UInt8]) -> Int { file.count - SegmentLayout.pageSize }

    /// Where the lock's area lies in a segment whose data fit into one page.
    static func lockArea(_ file: [UInt8]) -> Range<Int> {
        let header = headerOffset(file)
        return header == SegmentLayout.pageSize
            ? header + SegmentLayout.smallLockOffset..<file.count : SegmentLayout.pageSize..<header
    }

    /// Marks a segment destroyed without removing it: what a destroyer that was killed half-way leaves.
    static func markDead(_ key: String) {
        let offset = headerOffset(RawFile.read(key)) + SegmentLayout.lifeOffset
        RawFile.write([UInt8(SegmentBinding.Life.dead), 0, 0, 0], to: key, at: offset)
    }

    /// Makes a changed header's checksum right again, in the content of a file.
    static func seal(_ file: inout [UInt8]) {
        let header = headerOffset(file)
        let checksum = SegmentHeader.checksum(file[header..<header + 120])
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

    /// What a segment's lock calls its object outside the segment, if it has one: see `NamedObject`.
    static func nameOutside(_ key: String) -> String? {
        let file = RawFile.read(key)
        guard file.count == 2 * SegmentLayout.pageSize else { return nil }
        let place = lockArea(file).lowerBound + 8
        let stored = (0..<8).reduce(UInt64(0)) { $0 | UInt64(file[place + $1]) << (8 * $1) }
        return stored == 0 ? nil : "shmcore-" + String(stored, radix: 16)
    }
}

/// The objects that locks have under names of their own.
enum NamedObjects {
    static func remove(_ name: String) {
        for file in [name, "sem." + name] { unsafe _ = unlink("/dev/shm/" + file) }
        unsafe _ = shm_queue_remove("/" + name)
    }
}
