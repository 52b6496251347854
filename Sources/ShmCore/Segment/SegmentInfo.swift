internal import Glibc
package import SystemPackage

/// What a listing says about one segment.
package struct SegmentInfo: Sendable, Hashable {
    /// The segment's key.
    package let key: String
    /// Bytes of data.
    package let size: Int
    /// The name of its lock's kind.
    package let lockName: String
    /// Attachments at the time of the listing, over all processes.
    package let numAttachments: Int
    /// Whether it is alive; a dead one's destroyer died half-way.
    package let isAlive: Bool
    /// The creator's process id, in the creator's PID namespace. That process may be long gone.
    package let creatorPID: Int
    /// Whether ``creatorPID`` means a process of this process's PID namespace.
    package let isOfThisPIDNamespace: Bool
    /// Nanoseconds since 1970.
    package let createdAt: Int64
    /// The file's owner.
    package let userID: UInt32
    /// Who may open it.
    package let permissions: FilePermissions
}

extension SharedMemory {
    /// The segments on this machine that this process may read, sorted by key.
    ///
    /// Other things in the same directory (raw POSIX shared memory, named semaphores) are left out. Throws
    /// `permissionDenied` or `notFound` where the directory cannot be read.
    package static func segments() throws(SharedMemoryError) -> [SegmentInfo] {
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
