internal import CShm
internal import Glibc
internal import SystemPackage

/// The validated parameters of a new segment. Builds it in an unnamed file.
struct Blueprint {
    private let size: Int
    private let mode: mode_t
    private let lock: LockKind
    private let factory: LockFactory
    private let layout: SegmentLayout

    /// Validates the parameters.
    init(size: Int, permissions: FilePermissions, lock: LockKind) throws(SegmentFailure) {
        guard size > 0 else {
            throw SegmentFailure(
                .invalidSize,
                "invalid value '\(size)' for size: expected at least 1 byte")
        }
        guard let factory = LockFactory.named(lock.name) else {
            throw SegmentFailure(.lockError, "invalid value '\(lock)' for lock: expected a kind of LockKind.all")
        }
        if let obstacle = factory.obstacle() {
            throw SegmentFailure(
                .lockError, "this process cannot use the lock \(lock) (\(obstacle)); use \(LockKind.everywhere)")
        }
        let lockSize = factory.bytesNeeded(ParticipantNumber.limit)
        guard let layout = SegmentLayout(dataSize: size, lockSize: lockSize, pageSize: SegmentLayout.pageSize) else {
            throw SegmentFailure(.invalidSize, "invalid value '\(size)' for size: expected a size that a file can have")
        }
        self.size = size
        mode = mode_t(permissions.rawValue) & 0o777
        self.lock = lock
        self.factory = factory
        self.layout = layout
    }

    /// Builds a complete segment.
    ///
    /// - Parameter isInitialised: `false` if the creator initialises the data after the segment has its name. The
    ///   creator then holds ``RecordLock/Place/initialisation`` from here on.
    func build(isInitialised: Bool = true) throws(SegmentFailure) -> SegmentBinding {
        if let objection = MemoryBudget.objection(to: layout.fileSize) { throw objection }
        let file: FileDescriptor
        do { file = try SegmentFile.createUnnamed(mode: mode | SegmentFile.mark) } catch { throw .making(error) }
        var isInitialisingLock = false
        do throws(Errno) {
            // Reserves storage for the whole file.
            try SystemCall.retrying { -posix_fallocate(file.rawValue, 0, layout.fileSize) }
            // Best effort: without extended attributes the sticky bit is the only mark.
            _ = shm_set_mark(file.rawValue)
            let status = try SegmentFile.status(of: file)
            // The umask does not apply to a segment's permissions.
            let wanted = mode | SegmentFile.mark
            if status.st_mode & 0o7777 != wanted {
                try SystemCall.check(fchmod(file.rawValue, wanted) == 0 ? 0 : -errno)
            }
            let mapping = try Mapping(
                file, offset: layout.controlOffset, length: layout.controlSize, writable: true)
            let page = unsafe mapping.address + (layout.headerOffset - layout.controlOffset)
            isInitialisingLock = true
            try unsafe factory.initialise(
                mapping.address + (layout.lockOffset - layout.controlOffset), ParticipantNumber.limit)
            isInitialisingLock = false
            let life = isInitialised ? SegmentBinding.Life.alive : SegmentBinding.Life.initialising
            unsafe (page + SegmentLayout.lifeOffset).storeBytes(of: life, as: UInt32.self)
            let header = header
            unsafe header.write(to: page, pageSize: layout.pageSize)
            if !isInitialised { try RecordLock.take(.initialisation, of: file) }
            let control = SegmentControl(header, layout, FileIdentity(status), mapping, writable: true)
            SegmentControlRegistry.add(control)
            let binding = SegmentBinding(file, control)
            binding.isInitialiser = !isInitialised
            return binding
        } catch {
            try? file.close()
            if error == .invalidArgument || error == .fileTooLarge, !isInitialisingLock {
                throw SegmentFailure(
                    .invalidSize,
                    "invalid value '\(size)' for size: expected a size that a file can have", errno: error)
            }
            if isInitialisingLock, let failure = SegmentFailure.plugin("init", lock.name, error) { throw failure }
            throw SegmentFailure(error)
        }
    }

    private var header: SegmentHeader {
        var now = timespec()
        unsafe clock_gettime(CLOCK_REALTIME, &now)
        return SegmentHeader(
            dataSize: size, lockSize: factory.bytesNeeded(ParticipantNumber.limit),
            participants: ParticipantNumber.limit, lockName: lock.name, creator: .current,
            ipcNamespace: factory.properties.oneIPCNamespace ? shm_ipc_namespace() : 0,
            createdAt: Int64(now.tv_sec) * 1_000_000_000 + Int64(now.tv_nsec))
    }
}
