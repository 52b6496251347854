internal import Glibc
internal import SystemPackage

/// Guard bytes around a test segment's lock: a write beyond either end of the lock area, or of the data, changes one of
/// them.
///
///     after the data, to the end of their last page       filled with a pattern
///     header                                              constant after creation
///     128 bytes before a lock area in the header's page   filled
///     after the lock area, to the end of its last page    filled
///
/// A write that reaches none of these, farther away or into an unmapped page, is not detected. A user's segment is
/// never filled: other programs may read the bytes after its data.
package struct SegmentCanary {
    private static let pattern: UInt8 = 0xc5
    private static let paddingBeforeLock = 128

    /// A range of guard bytes.
    private struct Zone {
        /// What the range follows, or what it is.
        let name: String
        /// The offset in the file.
        let offset: Int
        /// The expected content.
        let content: [UInt8]
        var kind = Kind.behind

        enum Kind { case behind, beforeLock, constant }
    }

    private let zones: [Zone]
    private let file: File

    /// A mapping of the whole file, unmapped with the last copy of the canary.
    @safe private final class File {
        private let mapping: Mapping

        init(_ binding: SegmentBinding) throws(Errno) {
            mapping = try Mapping(binding.file, offset: 0, length: binding.layout.fileSize, writable: true)
        }

        func bytes(_ range: Range<Int>) -> [UInt8] {
            unsafe Array(UnsafeRawBufferPointer(start: mapping.address + range.lowerBound, count: range.count))
        }

        func fill(_ zone: Zone) {
            unsafe (mapping.address + zone.offset).copyMemory(from: zone.content, byteCount: zone.content.count)
        }

        func holds(_ zone: Zone) -> Bool {
            unsafe memcmp(mapping.address + zone.offset, zone.content, zone.content.count) == 0
        }
    }

    /// Fills the bytes around a segment's lock. The creator calls it before any process uses the lock.
    package init(_ segment: SharedMemory) throws(SharedMemoryError) {
        (zones, file) = try segment.attempt("guard the lock of") { () throws(SegmentFailure) in
            let binding = try segment.existing()
            let file: File
            do throws(Errno) { file = try File(binding) } catch { throw SegmentFailure(error) }
            let zones = Self.zones(binding.header, binding.layout, file)
            for zone in zones { file.fill(zone) }
            return (zones, file)
        }
    }

    private static func zones(_ header: SegmentHeader, _ layout: SegmentLayout, _ file: File) -> [Zone] {
        func filled(_ name: String, _ range: Range<Int>, _ kind: Zone.Kind = .behind) -> Zone {
            Zone(
                name: name, offset: range.lowerBound, content: [UInt8](repeating: pattern, count: range.count),
                kind: kind)
        }
        let headerEnd = layout.headerOffset + SegmentHeader.byteCount
        let lockEnd = layout.lockOffset + header.lockSize
        // A large lock area has pages of its own, right after those of the data.
        let isLarge = layout.lockOffset < layout.headerOffset
        let behindData = header.dataSize..<layout.controlOffset
        let beforeLock = layout.lockOffset - paddingBeforeLock..<layout.lockOffset
        return [
            Zone(
                name: "the header", offset: layout.headerOffset, content: file.bytes(layout.headerOffset..<headerEnd),
                kind: .constant),
            filled("the data's end", behindData, isLarge ? .beforeLock : .behind),
            filled("its end", lockEnd..<(isLarge ? layout.headerOffset : layout.fileSize)),
        ] + (isLarge ? [] : [filled("", beforeLock, .beforeLock)])
    }

    /// Describes the guard bytes that were overwritten; `nil` if all are intact.
    package var damage: String? {
        for zone in zones where !file.holds(zone) {
            let bytes = file.bytes(zone.offset..<zone.offset + zone.content.count)
            let changed = bytes.indices.filter { bytes[$0] != zone.content[$0] }
            guard let first = changed.first, let last = changed.last else { continue }
            let place =
                switch zone.kind {
                case .behind: "\(first + 1) to \(last + 1) bytes behind \(zone.name)"
                case .beforeLock: "\(bytes.count - first) to \(bytes.count - last) bytes before its start"
                case .constant: "\(zone.name), bytes \(first) to \(last)"
                }
            return "the lock wrote outside its area: \(place)"
        }
        return nil
    }

    /// The number of guard bytes.
    package var count: Int { zones.reduce(0) { $0 + $1.content.count } }
}

extension SharedMemory {
    /// The number of participants that this segment's lock was made for.
    package var participantCapacity: Int {
        get throws(SharedMemoryError) {
            try attempt("take part in the lock of") { () throws(SegmentFailure) in try existing().header.participants }
        }
    }
}
