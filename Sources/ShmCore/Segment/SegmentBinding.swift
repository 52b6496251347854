internal import Glibc
internal import Synchronization
internal import SystemPackage

/// One handle's hold on one existing segment: its open file, its validated header, its control block, and while
/// attached its data.
@safe final class SegmentBinding {
    /// Values of the life word. Anything but `alive` means that the segment has been destroyed.
    enum Life {
        static let alive: UInt32 = 1
        static let dead: UInt32 = 2
    }

    let file: FileDescriptor
    /// Whether the file's permissions let this process write.
    let isWritable: Bool
    let header: SegmentHeader
    let layout: SegmentLayout
    /// Of the segment's file, to recognise it by.
    let identity: FileIdentity
    let life: UnsafePointer<Atomic<UInt32>>

    private let control: Mapping
    private(set) var lock: BoundLock?
    /// Locks that a parent process has bound, which its handles may still point to.
    private var inherited: [BoundLock] = []
    var attachment: Attachment?

    /// Opens and validates the segment of that name.
    ///
    /// - Parameter anyLock: whether its lock may be of a kind that this program does not know, which is good enough to
    ///   look at the segment and to remove it.
    convenience init(opening name: String, anyLock: Bool = false) throws(SegmentFailure) {
        // Looked at before it is opened: opening a stranger's FIFO would wake whoever waits at its other end. What it
        // is by the time it is open is checked again.
        let status: stat
        do { status = try SegmentFile.status(ofName: name) } catch { throw SegmentFailure(error) }
        guard status.st_mode & S_IFMT == S_IFREG else { throw .notASegment(SegmentFile.kind(of: status)) }
        var writable = true
        let file: FileDescriptor
        do {
            file = try SegmentFile.open(name, writable: true)
        } catch  where error == .permissionDenied || error == .readOnlyFileSystem {
            writable = false
            do { file = try SegmentFile.open(name, writable: false) } catch { throw .opening(error, name: name) }
        } catch {
            throw .opening(error, name: name)
        }
        do {
            try self.init(file, writable: writable, anyLock: anyLock)
        } catch {
            try? file.close()
            throw error
        }
    }

    /// Takes over an open file, which is closed with this object; on failure it stays the caller's.
    convenience init(_ file: FileDescriptor, writable: Bool, anyLock: Bool = false) throws(SegmentFailure) {
        let status: stat
        do { status = try SegmentFile.status(of: file) } catch { throw SegmentFailure(error) }
        let (header, layout) = try Self.validated(file, status, anyLock: anyLock)
        let control: Mapping
        do {
            control = try Mapping(
                file, offset: layout.controlOffset, length: layout.controlSize, writable: writable)
        } catch { throw SegmentFailure(error) }
        self.init(file, header, layout, FileIdentity(status), control, writable: writable)
    }

    /// Takes over a segment's open file and the mapping of its control block.
    init(
        _ file: FileDescriptor, _ header: SegmentHeader, _ layout: SegmentLayout, _ identity: FileIdentity,
        _ control: consuming Mapping, writable: Bool = true
    ) {
        self.file = file
        self.header = header
        self.layout = layout
        self.identity = identity
        isWritable = writable
        let page = unsafe control.address + (layout.headerOffset - layout.controlOffset)
        unsafe life = UnsafeRawPointer(page + SegmentLayout.lifeOffset).assumingMemoryBound(to: Atomic<UInt32>.self)
        self.control = control
    }

    deinit {
        // The lock and the attachment use the file, so they go first.
        lock = nil
        attachment = nil
        try? file.close()
    }

    /// Reads the header once, into locals, and believes nothing that does not fit the file.
    private static func validated(
        _ file: FileDescriptor, _ status: stat, anyLock: Bool
    ) throws(SegmentFailure) -> (SegmentHeader, SegmentLayout) {
        guard status.st_mode & S_IFMT == S_IFREG else { throw .notASegment(SegmentFile.kind(of: status)) }
        guard status.st_nlink <= 1 else { throw .notASegment("a file with \(status.st_nlink) names") }
        let pageSize = SegmentLayout.pageSize
        let fileSize = Int(status.st_size)
        guard fileSize >= 2 * pageSize, fileSize % pageSize == 0 else {
            throw SegmentFailure(.keyError, SegmentHeader.Problem.notASegment.reason)
        }
        var bytes = [UInt8](repeating: 0, count: SegmentHeader.byteCount)
        let count = unsafe bytes.withUnsafeMutableBytes {
            unsafe pread(file.rawValue, $0.baseAddress, $0.count, fileSize - pageSize)
        }
        if count < 0 { throw SegmentFailure(Errno(rawValue: errno)) }
        let header: SegmentHeader
        do {
            header = try SegmentHeader(count == bytes.count ? bytes : [], fileSize: fileSize, pageSize: pageSize)
        } catch {
            throw SegmentFailure(.keyError, error.reason)
        }
        let factory = LockFactory.named(header.lockName)
        guard factory != nil || anyLock else {
            throw SegmentFailure(
                .lockError,
                "this program does not know its lock kind \(header.lockName.debugDescription); use a newer ShmCore, or load "
                    + "its plugin")
        }
        guard header.participants <= SharedMemory.participantLimit,
            factory.map({ header.lockSize == $0.bytesNeeded(header.participants) }) ?? true,
            let layout = SegmentLayout(dataSize: header.dataSize, lockSize: header.lockSize, pageSize: pageSize)
        else { throw SegmentFailure(.keyError, SegmentHeader.Problem.corrupt("wrong lock size").reason) }
        return (header, layout)
    }

    /// Whether nobody has destroyed the segment yet.
    var isAlive: Bool { unsafe life.pointee.load(ordering: .acquiring) == Life.alive }

    /// Marks the segment destroyed; returns whether it was alive before.
    func markDead() -> Bool {
        let word = unsafe UnsafeMutableRawPointer(mutating: life).assumingMemoryBound(to: Atomic<UInt32>.self)
        return unsafe word.pointee.exchange(Life.dead, ordering: .acquiringAndReleasing) == Life.alive
    }

    /// Where the lock lies.
    private var place: LockBinding {
        let area = unsafe control.address + (layout.lockOffset - layout.controlOffset)
        return unsafe LockBinding(area: area, participants: header.participants, file: file)
    }

    /// What the object is called that the lock has outside the segment.
    var nameOutside: String? { unsafe LockFactory.named(header.lockName)?.nameOutside(place.area) }

    /// Why this process cannot use the lock, though there is nothing wrong with it; `nil` where it can.
    private var refusal: SegmentFailure? {
        guard let factory = LockFactory.named(header.lockName) else { return nil }
        if factory.properties.onePIDNamespace, header.pidNamespace != SharedMemory.pidNamespace {
            return SegmentFailure(
                .lockError,
                "its lock \(header.lockName) names owners by thread id, and its creator is in another PID namespace; "
                    + "create it with the lock \(LockKind.pthreadRobust)")
        }
        return factory.obstacle().map {
            SegmentFailure(
                .lockError,
                "this process cannot use its lock \(header.lockName) (\($0)); "
                    + "create it with the lock \(LockKind.pthreadRobust)")
        }
    }

    /// What a lock's failure means: that it is broken, unless the trouble is this process's own.
    func failure(ofLock errno: Errno) -> SegmentFailure {
        if !isAlive { return .destroyedWhileLocking(errno) }
        return refusal ?? .locking(header.lockName, errno)
    }

    /// Ends the lock for everybody, and gives back what it keeps outside the segment. Works also where this process
    /// could not take the lock.
    func retireLock() {
        if let lock { return lock.retire() }
        guard isWritable, let factory = LockFactory.named(header.lockName) else { return }
        if let bound = try? factory.bind(place) {
            // Its closures do not keep it alive.
            withExtendedLifetime(bound) { bound.retire() }
        } else if let name = nameOutside {
            // It cannot take part, for want of descriptors, say.
            NamedObject.removeAny(name)
        }
    }

    /// This handle's view of the lock, bound on first use.
    func boundLock() throws(SegmentFailure) -> BoundLock {
        if let lock {
            if lock.isOwn { return lock }
            inherited.append(lock)
        }
        guard let factory = LockFactory.named(header.lockName) else {
            throw SegmentFailure(.lockError, "unknown lock kind")
        }
        let bound = try participant { (binding) throws(Errno) in try factory.bind(binding) }
        lock = bound
        return bound
    }

    /// A view of the lock by its type, which must be the segment's.
    func participant<L: LockPrimitive & ~Copyable>(in _: L.Type) throws(SegmentFailure) -> L {
        try participant { (binding) throws(Errno) in try L(binding) }
    }

    private func participant<P: ~Copyable>(
        _ bind: (borrowing LockBinding) throws(Errno) -> P
    ) throws(SegmentFailure) -> P {
        guard isWritable else {
            throw SegmentFailure(
                .permissionDenied, "locking writes to the control block, and this process may only read the segment")
        }
        if let refusal { throw refusal }
        do {
            return try bind(place)
        } catch {
            // A destroyer takes along what the lock keeps in the kernel.
            guard isAlive else {
                throw .destroyedWhileLocking(error)
            }
            if let failure = SegmentFailure.plugin("attach", header.lockName, error) { throw failure }
            let usesNodes = LockFactory.named(header.lockName)?.properties.nodesPerParticipant ?? 0 > 0
            if error == .noSpace, usesNodes { throw .tooManyParticipants(header.lockName, header.participants) }
            let failure = SegmentFailure(error, what: "the lock \(header.lockName) cannot be set up")
            // Not found is not the segment, but what the lock has outside it.
            guard failure.code == .unknownError || failure.code == .notFound else { throw failure }
            throw .brokenLock(header.lockName, error)
        }
    }
}
