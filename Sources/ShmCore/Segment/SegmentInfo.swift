internal import Glibc
public import SystemPackage

/// What a listing says about one segment.
public struct SegmentInfo: Sendable, Hashable {
    /// The segment's key.
    public let key: String
    /// Bytes of data.
    public let size: Int
    /// The name of its lock's kind.
    public let lockName: String
    /// Attachments at the time of the listing, over all processes.
    public let numAttachments: Int
    /// Whether it is alive; a dead one's destroyer died half-way.
    public let isAlive: Bool
    /// The creator's process id, in the creator's PID namespace. That process may be long gone.
    public let creatorPID: Int
    /// Whether ``creatorPID`` means a process of this process's PID namespace.
    public let isOfThisPIDNamespace: Bool
    /// Nanoseconds since 1970.
    public let createdAt: Int64
    /// The file's owner.
    public let userID: UInt32
    /// Who may open it.
    public let permissions: FilePermissions
}

extension SharedMemory {
    /// The segments on this machine that this process may read, sorted by key.
    ///
    /// Other things in the same directory (raw POSIX shared memory, named semaphores) are left out. Throws
    /// `permissionDenied` or `notFound` where the directory cannot be read.
    public static func segments() throws(SharedMemoryError) -> [SegmentInfo] {
        let names: [String]
        do { names = try SegmentFile.segmentNames() } catch {
            let failure = SegmentFailure.finding(error)
            throw SharedMemoryError(
                code: failure.code, errno: error, operation: "list", key: SegmentFile.directory, reason: failure.reason)
        }
        return names.compactMap(SegmentInfo.init).sorted { $0.key < $1.key }
    }
}

extension SegmentInfo {
    fileprivate init?(name: String) {
        guard let key = SegmentKey.key(of: name),
            let binding = try? SegmentBinding(opening: name, anyLock: true),
            let status = try? SegmentFile.status(of: binding.file)
        else { return nil }
        self.key = key
        size = binding.header.dataSize
        lockName = binding.header.lockName
        numAttachments = (try? RecordLock.countAttachments(of: binding.file)) ?? 0
        isAlive = binding.isAliveOrBeingInitialised
        creatorPID = Int(binding.header.creator.process)
        isOfThisPIDNamespace = binding.header.isOfThisPIDNamespace
        createdAt = binding.header.createdAt
        userID = status.st_uid
        permissions = FilePermissions(rawValue: status.st_mode & 0o777)
    }
}
