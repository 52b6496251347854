internal import Glibc
package import SystemPackage

/// One segment in a listing.
package struct SegmentInfo: Sendable, Hashable {
    package let key: String
    /// The size of the data, in bytes.
    package let size: Int
    /// The name of its lock kind.
    package let lockName: String
    /// The number of attachments at the time of the listing, over all processes.
    package let numAttachments: Int
    /// Whether the segment is alive. A dead segment is left over from a destroyer that died.
    package let isAlive: Bool
    /// The creator's process id, in the creator's PID namespace. That process may have ended.
    package let creatorPID: Int
    /// Whether ``creatorPID`` is valid in this process's PID namespace.
    package let isOfThisPIDNamespace: Bool
    /// Nanoseconds since 1970-01-01 UTC.
    package let createdAt: Int64
    /// The user id of the file's owner.
    package let userID: UInt32
    /// The file's permissions.
    package let permissions: FilePermissions
}

extension SharedMemory {
    /// The segments on this machine that this process may read, sorted by key.
    ///
    /// Other objects in the same directory (raw POSIX shared memory, named semaphores) are omitted. Throws
    /// `permissionDenied` or `notFound` if the directory cannot be read.
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
        numAttachments = (try? AttachmentCount(of: binding.file).count) ?? 0
        isAlive = binding.isAliveOrBeingInitialised
        creatorPID = Int(binding.header.creator.process)
        isOfThisPIDNamespace = binding.header.isOfThisPIDNamespace
        createdAt = binding.header.createdAt
        userID = status.st_uid
        permissions = FilePermissions(rawValue: status.st_mode & 0o777)
    }
}
