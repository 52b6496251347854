internal import CShm
internal import Glibc
public import SystemPackage

extension SharedMemory {
    /// Makes the segment, zero-filled, with its lock. Does not attach.
    ///
    /// The segment is built under no name and then gets its name in one step: no process ever sees a half-built one,
    /// of two creators exactly one wins, and a creator that is killed at any moment leaves nothing behind. A failure
    /// touches nothing that exists. The storage is reserved here, so that a full file system is an error now and
    /// never a fault later.
    ///
    /// - Parameters:
    ///   - size: bytes of data. Defaults to ``defaultSize``.
    ///   - permissions: who may open the segment, whatever the umask; reading needs read permission, attaching for writing and locking
    ///     need write permission as well. Defaults to the owner alone.
    ///   - lock: the kind of lock that every participant will use. Defaults to one that survives its owner's death.
    /// - Throws: `invalidSize`, `keyError`, `alreadyExists`, `outOfMemory`, `outOfResources`, `permissionDenied`.
    public func create(
        size: Int = defaultSize, permissions: FilePermissions = .ownerReadWrite, lock: LockKind = .default
    ) throws(SharedMemoryError) {
        try attempt("create") { () throws(SegmentFailure) in
            let name = try name()
            if isAttached { throw SegmentFailure(.alreadyExists, "the handle is attached to it; detach first") }
            if holdsLock { throw SegmentFailure(.alreadyExists, "the handle holds its lock; unlock first") }
            guard size > 0 else { throw SegmentFailure(.invalidSize, "\(size) is not a size; ask for 1 byte or more") }
            guard let factory = LockFactory.named(lock.name) else {
                throw SegmentFailure(.lockError, "\(lock) is not in the catalogue; see LockKind.all")
            }
            if let obstacle = lock.obstacle {
                throw SegmentFailure(
                    .lockError, "this machine cannot have the lock \(lock) (\(obstacle)); use \(LockKind.pthreadRobust)"
                )
            }
            // linkat decides in the end; a large segment is not built in vain.
            if size >= MemoryBudget.smallest, let status = try? SegmentFile.status(ofName: name) {
                try clearWay(for: name, status)
            }
            let binding = try Self.build(size: size, permissions: permissions, lock: lock, factory: factory)
            try publish(binding, as: name)
            bind(binding)
            do throws(SegmentFailure) { _ = try binding.boundLock() } catch {
                // Destroyed by somebody as soon as it had its name: it was created all the same.
                guard binding.isAlive else { return }
                // The lock's kernel object could not be made: without it the segment is of no use.
                _ = try? remove(binding, name: name)
                bind(nil)
                throw error
            }
        }
    }

    /// Builds a whole segment in a file without a name.
    private static func build(
        size: Int, permissions: FilePermissions, lock: LockKind, factory: LockFactory
    ) throws(SegmentFailure) -> SegmentBinding {
        let participants = participantLimit
        let lockSize = factory.bytesNeeded(participants)
        guard let layout = SegmentLayout(dataSize: size, lockSize: lockSize, pageSize: SegmentLayout.pageSize) else {
            throw SegmentFailure(.invalidSize, "\(size) bytes are more than any file can hold; ask for less")
        }
        if let objection = MemoryBudget.objection(to: layout.fileSize) {
            throw SegmentFailure(.outOfMemory, "\(objection); ask for less, or free some")
        }
        let mode = mode_t(permissions.rawValue) & 0o777
        let file: FileDescriptor
        do { file = try SegmentFile.createUnnamed(mode: mode) } catch { throw SegmentFailure(error) }
        var isInitialising = false
        do throws(Errno) {
            // Makes the file as long as it must be, and its storage certain.
            try SystemCall.retrying { -posix_fallocate(file.rawValue, 0, layout.fileSize) }
            let status = try SegmentFile.status(of: file)
            // The umask has no say in a segment's permissions.
            if status.st_mode & 0o777 != mode { try SystemCall.check(fchmod(file.rawValue, mode) == 0 ? 0 : -errno) }
            let control = try Mapping(
                file, offset: layout.controlOffset, length: layout.controlSize, writable: true)
            let page = unsafe control.address + (layout.headerOffset - layout.controlOffset)
            isInitialising = true
            try unsafe factory.initialise(control.address + (layout.lockOffset - layout.controlOffset), participants)
            isInitialising = false
            unsafe (page + SegmentLayout.lifeOffset).storeBytes(of: SegmentBinding.Life.alive, as: UInt32.self)
            let header = header(size, lockSize, participants, lock)
            unsafe header.write(to: page, pageSize: layout.pageSize)
            return SegmentBinding(file, header, layout, FileIdentity(status), control)
        } catch {
            try? file.close()
            if isInitialising, let failure = SegmentFailure.plugin("init", lock.name, error) { throw failure }
            throw SegmentFailure(error)
        }
    }

    private static func header(_ size: Int, _ lockSize: Int, _ participants: Int, _ lock: LockKind) -> SegmentHeader {
        var now = timespec()
        unsafe clock_gettime(CLOCK_REALTIME, &now)
        return SegmentHeader(
            dataSize: size, lockSize: lockSize, participants: participants, lockName: lock.name,
            pidNamespace: pidNamespace, creatorPID: getpid(),
            createdAt: Int64(now.tv_sec) * 1_000_000_000 + Int64(now.tv_nsec))
    }

    /// The inode of this process's PID namespace; 0 where that cannot be found out. A process keeps it for life, but
    /// the child of a fork may be in another one.
    static var pidNamespace: UInt64 { shm_pid_namespace() }

    private func publish(_ binding: SegmentBinding, as name: String) throws(SegmentFailure) {
        while true {
            do {
                try SegmentFile.publish(binding.file, as: name)
                return
            } catch {
                guard error == .fileExists else { throw SegmentFailure(error) }
            }
            // Lost to another creator, unless what is there goes away meanwhile.
            guard let status = try? SegmentFile.status(ofName: name) else { continue }
            try clearWay(for: name, status)
        }
    }

    /// Throws `alreadyExists` unless what has that name is a segment whose destroyer died before it could take the
    /// name away: then finishes that work.
    private func clearWay(for name: String, _ status: stat) throws(SegmentFailure) {
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw SegmentFailure(
                .alreadyExists, "what has that name is \(SegmentFile.kind(of: status)), not a segment; use another key")
        }
        let found: SegmentBinding
        do { found = try SegmentBinding(opening: name) } catch {
            if error.code == .notFound { return }
            if error.code == .outOfResources || error.code == .outOfMemory { throw error }
            throw SegmentFailure(.alreadyExists, error.reason, errno: error.errno)
        }
        if found.isAlive {
            throw SegmentFailure(.alreadyExists, "a segment of that key exists; attach to it, or destroy it first")
        }
        // Its destroyer is at work, which takes microseconds, or dead.
        let patience = Deadline.after(.seconds(1))
        while true {
            do throws(SegmentFailure) {
                try remove(found, name: name)
                return
            } catch {
                guard names(name, found) else { return }
                // Trying again would find the same: a leftover that is another user's to clear, say.
                guard error.code == .notFound else { throw error }
                if patience.hasPassed { throw SegmentFailure(.alreadyExists, "its destroyer is stopped half-way") }
                usleep(100)
            }
        }
    }
}
