internal import CShm
internal import Glibc
internal import SystemPackage

/// The fixed part of the control block, at the start of the file's last page. It is written once, before the segment
/// has its name; it is read once, into this value, and validated as a whole.
struct SegmentHeader: Equatable {
    static let magic: UInt64 = 0x3130_6572_6f43_6d68  // "hmCore01" in memory, little-endian
    static let version: UInt32 = 4
    static let byteCount = 128

    var dataSize: Int
    var lockSize: Int
    var participants: Int
    var lockName: String
    var creator: ProcessIdentity
    /// The inode of the creator's IPC namespace, in which the lock's System V semaphores and message queues exist.
    var ipcNamespace: UInt64
    /// Nanoseconds since 1970-01-01 UTC.
    var createdAt: Int64

    /// Why the bytes are not a valid header.
    enum Problem: Error, Equatable {
        case notASegment
        case version(UInt32)
        case corrupt(String)
        /// The file has a segment's mark but no header.
        case gone
        case ofAnotherBoot

        var reason: String {
            switch self {
            case .notASegment:
                "the object of that name is not a ShmCore segment; use another key, or remove it if it is a leftover"
            case .version(let found):
                "the segment has layout version \(found) and this program supports version \(SegmentHeader.version); "
                    + "build all programs with the same ShmCore, or destroy and create the segment again"
            case .corrupt(let what):
                "its control block is corrupt (\(what)); \(Self.remedy)"
            case .gone:
                "its control block is gone: another program created, cleared, overwrote or truncated its file; "
                    + "\(Self.remedy)"
            case .ofAnotherBoot:
                "it was created before this machine started, or on another machine, so its lock's owners are gone; "
                    + Self.remedy
            }
        }

        private static let remedy =
            "once no process uses it, destroy it with mode forceNoWait and create it again"
    }

    /// Whether the segment was created since this machine started, as far as that can be determined.
    ///
    /// - Parameter file: the segment's file. A file in memory was created on this machine since it started, even if a
    ///   container shows another boot id.
    func isOfThisBoot(_ file: FileDescriptor) -> Bool {
        let boot = ProcessIdentity.currentBoot
        return creator.boot == boot || creator.boot == 0 || boot == 0 || SegmentFile.isInMemory(file)
    }

    /// Whether thread ids in the segment are valid in this process's PID namespace.
    var isOfThisPIDNamespace: Bool {
        creator.pidNamespace != 0 && creator.pidNamespace == ProcessIdentity.currentPIDNamespace
    }

    /// Whether System V objects and message queues named in the segment exist in this process's IPC namespace.
    /// Evaluated each time, because a process may change its IPC namespace.
    var isOfThisIPCNamespace: Bool { ipcNamespace != 0 && ipcNamespace == shm_ipc_namespace() }

    // MARK: Bytes
    //
    //   0 magic u64        8 version u32      12 page size u32   16 data size u64    24 lock size u64
    //  32 participants u64 40 PID namespace   48 created at i64  56 creator PID i32   64 IPC namespace u64
    //  72 lock name, 32 bytes                104 boot u64       112 start time u64   120 checksum of bytes 0–119 u64
    // everything else is zero

    func write(to page: UnsafeMutableRawPointer, pageSize: Int) {
        var bytes = [UInt8](repeating: 0, count: Self.byteCount)
        func put(_ value: some FixedWidthInteger, at offset: Int) {
            unsafe bytes.withUnsafeMutableBytes {
                unsafe $0.storeBytes(of: value.littleEndian, toByteOffset: offset, as: type(of: value))
            }
        }
        put(Self.magic, at: 0)
        put(Self.version, at: 8)
        put(UInt32(pageSize), at: 12)
        put(UInt64(dataSize), at: 16)
        put(UInt64(lockSize), at: 24)
        put(UInt64(participants), at: 32)
        put(creator.pidNamespace, at: 40)
        put(createdAt, at: 48)
        put(creator.process, at: 56)
        put(ipcNamespace, at: 64)
        put(creator.boot, at: 104)
        put(creator.startTime, at: 112)
        bytes.replaceSubrange(72..<72 + lockName.utf8.count, with: lockName.utf8)
        put(Checksum.fnv1a(bytes[..<120]), at: 120)
        unsafe page.copyMemory(from: bytes, byteCount: Self.byteCount)
    }

    init(
        dataSize: Int, lockSize: Int, participants: Int, lockName: String, creator: ProcessIdentity,
        ipcNamespace: UInt64, createdAt: Int64
    ) {
        self.dataSize = dataSize
        self.lockSize = lockSize
        self.participants = participants
        self.lockName = lockName
        self.creator = creator
        self.ipcNamespace = ipcNamespace
        self.createdAt = createdAt
    }

    /// Parses and validates the header in a page that ends at offset `end` of a file.
    init(_ bytes: [UInt8], end: Int, pageSize: Int) throws(Problem) {
        guard bytes.count == Self.byteCount else { throw .notASegment }
        func get<I: FixedWidthInteger>(_: I.Type, at offset: Int) -> I {
            var value: I = 0
            unsafe withUnsafeMutableBytes(of: &value) { unsafe $0.copyBytes(from: bytes[offset..<offset + $0.count]) }
            return I(littleEndian: value)
        }
        guard get(UInt64.self, at: 0) == Self.magic else { throw .notASegment }
        let version = get(UInt32.self, at: 8)
        guard version == Self.version else { throw .version(version) }
        guard get(UInt64.self, at: 120) == Checksum.fnv1a(bytes[..<120]) else { throw .corrupt("wrong checksum") }
        // The checksum only shows that the bytes are as they were written. The values may still be invalid.
        let foundPage = get(UInt32.self, at: 12)
        guard Int(foundPage) == pageSize else { throw .corrupt("page size \(foundPage), expected \(pageSize)") }
        guard let dataSize = Int(exactly: get(UInt64.self, at: 16)),
            let lockSize = Int(exactly: get(UInt64.self, at: 24)),
            let participants = Int(exactly: get(UInt64.self, at: 32)), participants > 0,
            let layout = SegmentLayout(dataSize: dataSize, lockSize: lockSize, pageSize: pageSize),
            layout.fileSize == end
        else { throw .corrupt("sizes that do not fit its \(end) bytes") }
        let name = bytes[72..<104].prefix { $0 != 0 }
        guard name.count <= LockProperties.longestName, let lockName = String(validating: name, as: UTF8.self) else {
            throw .corrupt("unreadable lock name")
        }
        self.init(
            dataSize: dataSize, lockSize: lockSize, participants: participants, lockName: lockName,
            creator: ProcessIdentity(
                boot: get(UInt64.self, at: 104), pidNamespace: get(UInt64.self, at: 40),
                process: get(Int32.self, at: 56), startTime: get(UInt64.self, at: 112)),
            ipcNamespace: get(UInt64.self, at: 64), createdAt: get(Int64.self, at: 48))
    }
}
