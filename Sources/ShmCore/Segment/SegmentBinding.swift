internal import CShm
internal import Glibc
internal import Synchronization
internal import SystemPackage

/// One handle's hold on one existing segment: its open file, its validated header, its control block, and while
/// attached its data.
@safe final class SegmentBinding {
    /// Values of the life word. Any other value means what `dead` does: the segment has been destroyed.
    enum Life {
        static let alive: UInt32 = 1
        static let dead: UInt32 = 2
        /// Its creator initialises it, and holds ``RecordLock/Place/initialisation`` meanwhile.
        static let initialising: UInt32 = 3
    }

    private(set) var file: FileDescriptor
    /// Whether the file's permissions let this process write.
    let isWritable: Bool
    let header: SegmentHeader
    let layout: SegmentLayout
    /// Of the segment's file, to recognise it by.
    let identity: FileIdentity
    let life: UnsafePointer<Atomic<UInt32>>

    /// The process that initialises the segment through this binding, to which the segment is alive.
    private var initialiser: UInt32?

    private let control: Mapping
    private(set) var lock: BoundLock?
    var attachment: Attachment?
    private var generation = shm_generation()
    /// Whether it goes on with the open file description of the process that forked this one.
    private var isShared = false
    /// Whether a participant past the handle uses its open file.
    var hasParticipants = false
    /// What the child of a fork has from its parent: locks that handles may still point to, and open file descriptions
    /// that carry attachments.
    private var inherited: (locks: [BoundLock], files: [FileDescriptor]) = ([], [])

    /// Opens and validates the segment of that name.
    ///
    /// - Parameter anyLock: whether its lock may be of a kind that this program does not know, which is good enough to
    ///   look at the segment and to remove it.
    convenience init(opening name: String, anyLock: Bool = false) throws(SegmentFailure) {
        // Looked at before it is opened: opening a stranger's FIFO would wake whoever waits at its other end. What it
        // is by the time it is open is checked again.
        let status: stat
        do { status = try SegmentFile.status(ofName: name) } catch { throw .finding(error) }
        guard status.st_mode & S_IFMT == S_IFREG else { throw .notASegment(SegmentFile.kind(of: status)) }
        guard SegmentFile.isMarked(status, name: name) else { throw .notASegment("a file of another program") }
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
        for file in inherited.files { try? file.close() }
        try? file.close()
    }

    /// Whether this process opened it, and not the one that forked this one.
    var isOwn: Bool { generation == shm_generation() }

    /// In the child of a fork, opens the file anew: record locks belong to the open file description, which the child
    /// shares with its parent. The attachment stays with the description that it came with.
    func makeOwn() {
        if isOwn { return }
        generation = shm_generation()
        // Without /proc, or where the child has given up the rights, it goes on with its parent's: then the two do not
        // exclude each other where they make or remove the lock's kernel object.
        guard let own = try? SegmentFile.reopen(file) else {
            isShared = true
            return
        }
        inherited.files.append(file)
        file = own
    }

    /// Detaches. In the child of a fork, the open file description that carries its parent's attachment goes, too.
    func endAttachment() {
        attachment = nil
        for file in inherited.files { try? file.close() }
        inherited.files = []
    }

    /// Reads the header once, into locals, and believes nothing that does not fit the file.
    private static func validated(
        _ file: FileDescriptor, _ status: stat, anyLock: Bool
    ) throws(SegmentFailure) -> (SegmentHeader, SegmentLayout) {
        guard status.st_mode & S_IFMT == S_IFREG else { throw .notASegment(SegmentFile.kind(of: status)) }
        guard status.st_nlink <= 1 else { throw .notASegment("a file with \(status.st_nlink) names") }
        let pageSize = SegmentLayout.pageSize
        let header: SegmentHeader
        do throws(SegmentHeader.Problem) {
            guard let found = try SegmentHeader.find(in: file, fileSize: Int(status.st_size), pageSize: pageSize) else {
                throw .gone
            }
            header = found
        } catch { throw SegmentFailure(.keyError, error.reason) }
        guard header.isOfThisBoot(file) else {
            throw SegmentFailure(.keyError, SegmentHeader.Problem.ofAnotherBoot.reason)
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

    /// Whether the segment is in use: initialised, and not destroyed.
    var isAlive: Bool {
        let life = unsafe life.pointee.load(ordering: .acquiring)
        return life == Life.alive || isInitialiser && life == Life.initialising
    }

    /// Marks the segment destroyed; returns whether it was not before.
    func markDead() -> Bool {
        unsafe lifeWord.pointee.exchange(Life.dead, ordering: .acquiringAndReleasing) != Life.dead
    }

    /// Whether it is through this binding that the segment is initialised: by this process, and not by the child of a fork.
    var isInitialiser: Bool {
        get { initialiser == shm_generation() }
        set { initialiser = newValue ? shm_generation() : nil }
    }

    /// Marks the segment initialised; returns `false` where it was destroyed meanwhile. A release: who finds it alive
    /// finds what its initialiser wrote.
    func markAlive() -> Bool {
        unsafe lifeWord.pointee.compareExchange(
            expected: Life.initialising, desired: Life.alive, ordering: .acquiringAndReleasing
        ).exchanged
    }

    private var lifeWord: UnsafeMutablePointer<Atomic<UInt32>> {
        unsafe UnsafeMutableRawPointer(mutating: life).assumingMemoryBound(to: Atomic<UInt32>.self)
    }

    // MARK: Initialisation

    var isInitialising: Bool { unsafe life.pointee.load(ordering: .acquiring) == Life.initialising }

    /// Whether its creator is at work on it.
    var isBeingInitialised: Bool { isInitialising && RecordLock.isTaken(.initialisation, of: file) }

    /// Whether the segment is in use or about to be. The creator marks it alive before it lets go of the lock: what still
    /// says "initialising" after the lock was seen free is abandoned, and what says "alive" by then is alive.
    var isAliveOrBeingInitialised: Bool { isAlive || isBeingInitialised || isAlive }

    /// Waits while the creator initialises the segment. Throws ``SegmentFailure/abandoned`` where it died before it was done,
    /// and ``SegmentFailure/beingInitialised`` where the deadline passes.
    ///
    /// Looks again and again: one that slept in the kernel would not notice that the segment was destroyed by force.
    func awaitInitialisation(until deadline: Deadline?) throws(SegmentFailure) {
        var pause: UInt32 = 100
        while isInitialising, !isInitialiser {
            guard isBeingInitialised else {
                // It may have been done in between.
                if isInitialising { throw .abandoned }
                return
            }
            if let deadline, deadline.hasPassed { throw .beingInitialised }
            usleep(pause)
            pause = min(2 * pause, 5_000)
        }
    }

    // MARK: Lock

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
        if factory.properties.onePIDNamespace, !header.isOfThisPIDNamespace {
            return .otherPIDNamespace(header.lockName)
        }
        if factory.properties.oneIPCNamespace, !header.isOfThisIPCNamespace {
            return .otherIPCNamespace(header.lockName)
        }
        return factory.obstacle().map {
            SegmentFailure(
                .lockError,
                "this process cannot use its lock \(header.lockName) (\($0)); create it with the lock \(LockKind.everywhere)"
            )
        }
    }

    /// Whether no other process can take part in the segment's lock, because none has its file open or mapped for writing.
    /// Asks the kernel, which knows all of them, in whichever namespace they are; `false` where it does not tell.
    var isOnlyUser: Bool {
        isWritable && !isShared && !hasParticipants && shm_is_only_writer(file.rawValue) == 1
    }

    /// Whether it is for this process alone that the lock cannot be taken.
    var isRefusedHere: Bool { refusal != nil }

    /// What a lock's failure means: that it does not work, unless the trouble is this process's own.
    func failure(ofLock errno: Errno) -> SegmentFailure {
        if !isAlive { return .destroyedWhileLocking(errno) }
        if errno == .identifierRemoved, isWritable, header.lockName == RobustFutexLock.properties.name {
            // Only a destroyer leaves that word: this finishes what one that died right after it began.
            _ = markDead()
            return .destroyedWhileLocking(errno)
        }
        return refusal ?? .locking(header.lockName, errno)
    }

    /// Ends the lock for all, and gives back what it keeps outside the segment. Works also where this process
    /// could not take the lock.
    func retireLock() {
        if let lock, lock.isOwn { return lock.retire() }
        guard let factory = retiringFactory else { return }
        if let bound = try? factory.bind(place) {
            // Its closures do not keep it alive.
            withExtendedLifetime(bound) { bound.retire() }
        } else if let name = nameOutside {
            // It cannot take part, for want of descriptors, say.
            NamedObject.removeAny(name)
        }
    }

    /// As ``retireLock()``, if the lock is free; returns whether it is gone now.
    func retireLockIfFree() -> Bool {
        if let bound = try? boundLock() { return bound.retireIfFree() }
        // One that may not take part, in another PID namespace, say.
        guard let bound = try? retiringFactory?.bind(place) else { return false }
        return withExtendedLifetime(bound) { bound.retireIfFree() }
    }

    /// The kind of a lock that can be retired from outside: not one whose participants have numbers, which would have to be
    /// claimed, by a process that the others may not even know.
    private var retiringFactory: LockFactory? {
        guard isWritable, let factory = LockFactory.named(header.lockName), factory.properties.nodesPerParticipant == 0
        else { return nil }
        return factory
    }

    /// This handle's view of the lock, bound on first use.
    func boundLock() throws(SegmentFailure) -> BoundLock {
        if let lock {
            if lock.isOwn { return lock }
            inherited.locks.append(lock)
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
            if error == .noSuchFileOrDirectory, SegmentFile.status(at: "/proc/self/fd") == nil {
                throw SegmentFailure(
                    .outOfResources,
                    "its lock (\(header.lockName)) opens its file through /proc, which is missing; mount it",
                    errno: error)
            }
            let usesNodes = LockFactory.named(header.lockName)?.properties.nodesPerParticipant ?? 0 > 0
            if error == .noSpace, usesNodes { throw .tooManyParticipants(header.lockName, header.participants) }
            let failure = SegmentFailure(error, what: "the lock \(header.lockName) cannot be set up")
            // Not found is not the segment, but what the lock has outside it.
            guard failure.code == .unknownError || failure.code == .notFound else { throw failure }
            throw .locking(header.lockName, error)
        }
    }
}
