internal import CShm
internal import Glibc
internal import SystemPackage

/// What a segment is to be, checked; builds it in a file without a name.
struct Blueprint {
    private let size: Int
    private let mode: mode_t
    private let lock: LockKind
    private let factory: LockFactory
    private let layout: SegmentLayout

    /// Checks what was asked for.
    init(size: Int, permissions: FilePermissions, lock: LockKind) throws(SegmentFailure) {
        guard size > 0 else { throw SegmentFailure(.invalidSize, "\(size) is not a size; ask for 1 byte or more") }
        guard let factory = LockFactory.named(lock.name) else {
            throw SegmentFailure(.lockError, "\(lock) is not in the catalogue; see LockKind.all")
        }
        if let obstacle = lock.obstacle {
            throw SegmentFailure(
                .lockError, "this process cannot have the lock \(lock) (\(obstacle)); use \(LockKind.everywhere)")
        }
        let lockSize = factory.bytesNeeded(SharedMemory.participantLimit)
        guard let layout = SegmentLayout(dataSize: size, lockSize: lockSize, pageSize: SegmentLayout.pageSize) else {
            throw SegmentFailure(.invalidSize, "\(size) bytes are more than any file can hold; ask for less")
        }
        self.size = size
        mode = mode_t(permissions.rawValue) & 0o777
        self.lock = lock
        self.factory = factory
        self.layout = layout
    }

    /// Builds a whole segment.
    ///
    /// - Parameter isInitialised: `false` where its creator, which holds ``RecordLock/Place/initialisation`` from here on, is
    ///   going to initialise its data once it has its name.
    func build(isInitialised: Bool = true) throws(SegmentFailure) -> SegmentBinding {
        if let objection = MemoryBudget.objection(to: layout.fileSize) { throw objection }
        let file: FileDescriptor
        do { file = try SegmentFile.createUnnamed(mode: mode | SegmentFile.mark) } catch { throw .making(error) }
        var isInitialisingLock = false
        do throws(Errno) {
            // Makes the file as long as it must be, and its storage certain.
            try SystemCall.retrying { -posix_fallocate(file.rawValue, 0, layout.fileSize) }
            // Best effort: the sticky bit does where there are no such attributes.
            _ = shm_set_mark(file.rawValue)
            let status = try SegmentFile.status(of: file)
            // The umask has no say in a segment's permissions.
            let wanted = mode | SegmentFile.mark
            if status.st_mode & 0o7777 != wanted {
                try SystemCall.check(fchmod(file.rawValue, wanted) == 0 ? 0 : -errno)
            }
            let control = try Mapping(
                file, offset: layout.controlOffset, length: layout.controlSize, writable: true)
            let page = unsafe control.address + (layout.headerOffset - layout.controlOffset)
            isInitialisingLock = true
            try unsafe factory.initialise(
                control.address + (layout.lockOffset - layout.controlOffset), SharedMemory.participantLimit)
            isInitialisingLock = false
            let life = isInitialised ? SegmentBinding.Life.alive : SegmentBinding.Life.initialising
            unsafe (page + SegmentLayout.lifeOffset).storeBytes(of: life, as: UInt32.self)
            let header = header
            unsafe header.write(to: page, pageSize: layout.pageSize)
            if !isInitialised { try RecordLock.take(.initialisation, of: file) }
            let binding = SegmentBinding(file, header, layout, FileIdentity(status), control)
            binding.isInitialiser = !isInitialised
            return binding
        } catch {
            try? file.close()
            if error == .invalidArgument, !isInitialisingLock {
                throw SegmentFailure(.invalidSize, "no file can be that large; ask for less", errno: error)
            }
            if isInitialisingLock, let failure = SegmentFailure.plugin("init", lock.name, error) { throw failure }
            throw SegmentFailure(error)
        }
    }

    private var header: SegmentHeader {
        var now = timespec()
        unsafe clock_gettime(CLOCK_REALTIME, &now)
        return SegmentHeader(
            dataSize: size, lockSize: factory.bytesNeeded(SharedMemory.participantLimit),
            participants: SharedMemory.participantLimit, lockName: lock.name, creator: .current,
            ipcNamespace: factory.properties.oneIPCNamespace ? shm_ipc_namespace() : 0,
            createdAt: Int64(now.tv_sec) * 1_000_000_000 + Int64(now.tv_nsec))
    }
}
