internal import Glibc
internal import SystemPackage

/// The fixed part of the control block, at the start of the file's last page. Written once, before the segment has
/// its name; read once, into this value, and validated as a whole.
struct SegmentHeader: Equatable {
    static let magic: UInt64 = 0x3130_6572_6f43_6d68  // "hmCore01" in memory, little-endian
    static let version: UInt32 = 1
    static let byteCount = 128
    static let longestLockName = 31

    var dataSize: Int
    var lockSize: Int
    var participants: Int
    var lockName: String
    /// The inode of the creator's PID namespace: thread ids mean nothing in another one.
    var pidNamespace: UInt64
    var creatorPID: Int32
    /// Nanoseconds since 1970.
    var createdAt: Int64

    /// Why bytes are not a header.
    enum Problem: Error, Equatable {
        case notASegment
        case version(UInt32)
        case corrupt(String)

        var reason: String {
            switch self {
            case .notASegment:
                "what has that name is not a ShmCore segment; use another key, or remove it if it is a leftover"
            case .version(let found):
                "the segment has layout version \(found), this program knows version \(SegmentHeader.version); "
                    + "use programs built with the same ShmCore, or destroy and create the segment anew"
            case .corrupt(let what):
                "its control block is corrupt (\(what)); remove its file from /dev/shm and create it anew"
            }
        }
    }

    // MARK: Bytes
    //
    //   0 magic u64        8 version u32      12 page size u32   16 data size u64    24 lock size u64
    //  32 participants u64 40 PID namespace   48 created at i64  56 creator PID i32   72 lock name, 32 bytes
    // 120 checksum of bytes 0–119 u64; everything else is zero

    func write(to page: UnsafeMutableRawPointer, pageSize: Int) {
        var bytes = [UInt8](repeating: 0, count: Self.byteCount)
        func put<I: FixedWidthInteger>(_ value: I, at offset: Int) {
            unsafe withUnsafeBytes(of: value.littleEndian) {
                unsafe bytes.replaceSubrange(offset..<offset + $0.count, with: $0)
            }
        }
        put(Self.magic, at: 0)
        put(Self.version, at: 8)
        put(UInt32(pageSize), at: 12)
        put(UInt64(dataSize), at: 16)
        put(UInt64(lockSize), at: 24)
        put(UInt64(participants), at: 32)
        put(pidNamespace, at: 40)
        put(createdAt, at: 48)
        put(creatorPID, at: 56)
        bytes.replaceSubrange(72..<72 + lockName.utf8.count, with: lockName.utf8)
        put(Self.checksum(bytes[..<120]), at: 120)
        unsafe page.copyMemory(from: bytes, byteCount: Self.byteCount)
    }

    init(
        dataSize: Int, lockSize: Int, participants: Int, lockName: String, pidNamespace: UInt64,
        creatorPID: Int32, createdAt: Int64
    ) {
        self.dataSize = dataSize
        self.lockSize = lockSize
        self.participants = participants
        self.lockName = lockName
        self.pidNamespace = pidNamespace
        self.creatorPID = creatorPID
        self.createdAt = createdAt
    }

    /// Reads and validates the bytes of a header that was found in a file of that size.
    init(_ bytes: [UInt8], fileSize: Int, pageSize: Int) throws(Problem) {
        guard bytes.count == Self.byteCount else { throw .notASegment }
        func get<I: FixedWidthInteger>(_: I.Type, at offset: Int) -> I {
            var value: I = 0
            unsafe withUnsafeMutableBytes(of: &value) { unsafe $0.copyBytes(from: bytes[offset..<offset + $0.count]) }
            return I(littleEndian: value)
        }
        guard get(UInt64.self, at: 0) == Self.magic else { throw .notASegment }
        let version = get(UInt32.self, at: 8)
        guard version == Self.version else { throw .version(version) }
        guard get(UInt64.self, at: 120) == Self.checksum(bytes[..<120]) else { throw .corrupt("wrong checksum") }
        // From here on the bytes are what somebody meant to write, which does not make them right.
        let foundPage = get(UInt32.self, at: 12)
        guard Int(foundPage) == pageSize else { throw .corrupt("page size \(foundPage), this machine has \(pageSize)") }
        guard let dataSize = Int(exactly: get(UInt64.self, at: 16)),
            let lockSize = Int(exactly: get(UInt64.self, at: 24)),
            let participants = Int(exactly: get(UInt64.self, at: 32)), participants > 0,
            let layout = SegmentLayout(dataSize: dataSize, lockSize: lockSize, pageSize: pageSize),
            layout.fileSize == fileSize
        else { throw .corrupt("sizes that do not fit its \(fileSize) bytes") }
        let name = bytes[72..<104].prefix { $0 != 0 }
        guard name.count <= Self.longestLockName, let lockName = String(validating: name, as: UTF8.self) else {
            throw .corrupt("unreadable lock name")
        }
        self.init(
            dataSize: dataSize, lockSize: lockSize, participants: participants, lockName: lockName,
            pidNamespace: get(UInt64.self, at: 40), creatorPID: get(Int32.self, at: 56),
            createdAt: get(Int64.self, at: 48))
    }

    /// FNV-1a, 64 bits (draft-eastlake-fnv): notices every flipped bit of so short a text; it is no protection
    /// against malice, which is why the sizes are validated besides.
    static func checksum(_ bytes: some Sequence<UInt8>) -> UInt64 {
        bytes.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
    }
}
