internal import CShm
internal import Glibc
package import SystemPackage

/// An object of a lock that lies outside the segment and has a name: see the locks `posix-named-sem`, `pipe-token`,
/// `fcntl-record` and `posix-mq-token`. Destroying the segment removes the object. If the segment's file was removed by
/// other means (`rm`), the object remains until it is removed itself.
///
/// System V semaphore sets have no such name: they can be found only through their segment, and with `ipcs -s`.
package struct LockObject: Sendable, Hashable {
    /// The type of a named object.
    package enum Kind: String, Sendable, CaseIterable {
        /// A named semaphore, `sem_overview(7)`.
        case semaphore
        /// A FIFO, `fifo(7)`.
        case fifo = "FIFO"
        /// A file for record locks, `fcntl(2)`.
        case file
        /// A message queue, `mq_overview(7)`.
        case queue
    }

    /// The object's type.
    package let kind: Kind
    /// The file in `/dev/shm` or `/dev/mqueue` that shows the object.
    package let path: String
    /// The user id of the object's owner.
    package let userID: UInt32
    /// The key of the segment that the object belongs to; `nil` if no segment that this process may read refers to it.
    package let segmentKey: String?

    /// All objects of locks on this machine. Message queues are visible only if `/dev/mqueue` is mounted.
    package static func all() -> [LockObject] {
        // In this order: a lock's area holds the name before the object exists.
        let entries = ["/dev/shm", "/dev/mqueue"].map { (folder: $0, names: (try? SegmentFile.names(in: $0)) ?? []) }
        let owners = owners()
        return entries.flatMap { entry in
            entry.names.sorted().compactMap { LockObject(entry.folder, $0, owners) }
        }
    }

    /// Removes the object if it still exists. Processes that have it open keep it.
    package func remove() throws(Errno) {
        if unsafe unlink(path) != 0, errno != ENOENT { throw Errno(rawValue: errno) }
    }

    /// Whether a process has the object open or mapped, as far as this process may inspect others; the superuser may
    /// inspect all.
    package func isInUse() -> Bool {
        guard let status = SegmentFile.status(at: path) else { return false }
        let identity = FileIdentity(status)
        let processes = ((try? SegmentFile.names(in: "/proc")) ?? []).filter { $0.allSatisfy(\.isNumber) }
        return processes.contains { process in
            // Compare inodes: `maps` lists a file without its name if it was named after it was opened.
            let maps = ((try? SmallFile.read("/proc/\(process)/maps")) ?? "").split(separator: "\n")
            let isMapped = maps.contains { line in
                let fields = line.split(separator: " ", maxSplits: 5)
                return fields.count == 6 && fields[4] == "\(identity.inode)" && fields[5].contains("/dev/")
            }
            let files = (try? SegmentFile.names(in: "/proc/\(process)/fd")) ?? []
            return isMapped
                || files.contains { file in
                    var target = stat()
                    guard unsafe stat("/proc/\(process)/fd/\(file)", &target) == 0 else { return false }
                    return FileIdentity(target) == identity
                }
        }
    }

    private init?(_ folder: String, _ entry: String, _ owners: [String: String]) {
        let isSemaphore = entry.hasPrefix("sem.")
        let name = isSemaphore ? String(entry.dropFirst(4)) : entry
        let path = "\(folder)/\(entry)"
        guard NamedObject.isName(name), let status = SegmentFile.status(at: path) else { return nil }
        switch status.st_mode & S_IFMT {
        case S_IFREG where folder == "/dev/mqueue": kind = .queue
        case S_IFREG: kind = isSemaphore ? .semaphore : .file
        case S_IFIFO: kind = .fifo
        default: return nil
        }
        self.path = path
        userID = status.st_uid
        segmentKey = owners[name]
    }

    /// The keys of segments by the names of their locks' objects.
    private static func owners() -> [String: String] {
        var owners: [String: String] = [:]
        for name in (try? SegmentFile.segmentNames()) ?? [] {
            guard let key = SegmentKey.key(of: name), let binding = try? SegmentBinding(opening: name),
                let object = binding.nameOutside
            else { continue }
            owners[object] = key
        }
        return owners
    }
}
