internal import CShm
internal import Glibc
internal import Synchronization
internal import SystemPackage

/// One handle's binding to an existing segment: the open file, the validated header, the control block, and the data
/// while the handle is attached.
@safe final class SegmentBinding {
    /// Values of the life word. Any other value means the same as `dead`: the segment was destroyed.
    enum Life {
        static let alive: UInt32 = 1
        static let dead: UInt32 = 2
        /// The creator is initialising the segment, and holds ``RecordLock/Place/initialisation`` meanwhile.
        static let initialising: UInt32 = 3
    }

    private(set) var file: FileDescriptor
    /// Whether the file's permissions let this process write.
    var isWritable: Bool { control.isWritable }
    let control: SegmentControl
    var header: SegmentHeader { control.header }
    var layout: SegmentLayout { control.layout }
    /// The identity of the segment's file.
    var identity: FileIdentity { control.identity }
    var life: UnsafePointer<Atomic<UInt32>> { unsafe control.life }

    /// The fork generation of the process that initialises the segment through this binding. To that process the
    /// segment is alive.
    private var initialiser: UInt32?

    private(set) var lock: BoundLock?
    var attachment: Attachment?
    private var generation = shm_generation()
    /// Whether the binding still uses the open file description of the parent that forked this process.
    private var isShared = false
    /// Whether a participant that does not belong to the handle uses the open file.
    var hasParticipants = false
    /// State inherited through `fork(2)`: locks that handles may still point to, and open file descriptions that carry
    /// attachments.
    private var inherited: (locks: [BoundLock], files: [FileDescriptor]) = ([], [])

    /// Opens and validates the segment of that name.
    ///
    /// - Parameter anyLock: whether to accept a lock kind that this program does not have. That suffices to inspect and
    ///   to remove the segment.
    convenience init(opening name: String, anyLock: Bool = false) throws(SegmentFailure) {
        // Check the type before opening: to open another program's FIFO would wake a process at its other end. The type
        // is checked again after the file is open.
        let path = SegmentFile.path(of: name)
        let status: stat
        do { status = try SegmentFile.status(ofPath: path) } catch { throw .finding(error) }
        guard status.st_mode & S_IFMT == S_IFREG else { throw .notASegment(SegmentFile.kind(of: status)) }
        guard SegmentFile.isMarked(status, name: name) else { throw .notASegment("a file of another program") }
        var writable = true
        let file: FileDescriptor
        do {
            file = try SegmentFile.open(path: path, writable: true)
        } catch  where error == .permissionDenied || error == .readOnlyFileSystem {
            writable = false
            do { file = try SegmentFile.open(path: path, writable: false) } catch { throw .opening(error, name: name) }
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

    /// Takes ownership of an open file and closes it with this object. If the initialiser throws, the caller keeps the
    /// file.
    convenience init(_ file: FileDescriptor, writable: Bool, anyLock: Bool = false) throws(SegmentFailure) {
        let status: stat
        do { status = try SegmentFile.status(of: file) } catch { throw SegmentFailure(error) }
        // With `anyLock` the lock's kind is not validated.
        if !anyLock, let known = SegmentControlRegistry.join(status, writable: writable) {
            self.init(file, known)
            return
        }
        let (header, layout) = try Self.validated(file, status, anyLock: anyLock)
        let mapping: Mapping
        do {
            mapping = try Mapping(
                file, offset: layout.controlOffset, length: layout.controlSize, writable: writable)
        } catch { throw SegmentFailure(error) }
        let control = SegmentControl(header, layout, FileIdentity(status), mapping, writable: writable)
        if !anyLock { SegmentControlRegistry.add(control) }
        self.init(file, control)
    }

    /// Takes ownership of a segment's open file, and of one use of its control block.
    init(_ file: FileDescriptor, _ control: SegmentControl) {
        self.file = file
        self.control = control
    }

    deinit {
        // The lock and the attachment use the file, so they end first.
        lock = nil
        attachment = nil
        for file in inherited.files { try? file.close() }
        try? file.close()
        SegmentControlRegistry.leave(control)
    }

    /// Whether this process opened the file, and did not inherit it through `fork(2)`.
    var isOwn: Bool { generation == shm_generation() }

    /// Reopens the file in the child of a fork: record locks belong to the open file description, which the child
    /// shares with its parent. The attachment stays with the original description.
    func makeOwn() {
        if isOwn { return }
        generation = shm_generation()
        // If /proc is missing, or the child has dropped its rights, the child continues with the parent's description.
        // The two then do not exclude each other when they create or remove the lock's kernel object.
        guard let own = try? SegmentFile.reopen(file) else {
            isShared = true
            return
        }
        inherited.files.append(file)
        file = own
    }

    /// Detaches. In the child of a fork, also closes the descriptions that carry the parent's attachment.
    func endAttachment() {
        attachment = nil
        for file in inherited.files { try? file.close() }
        inherited.files = []
    }

    /// Reads the header once, into local variables, and accepts only values that fit the file.
    private static func validated(
        _ file: FileDescriptor, _ status: stat, anyLock: Bool
    ) throws(SegmentFailure) -> (SegmentHeader, SegmentLayout) {
        guard status.st_mode & S_IFMT == S_IFREG else { throw .notASegment(SegmentFile.kind(of: status)) }
        guard status.st_nlink <= 1 else { throw .notASegment("a file with \(status.st_nlink) hard links") }
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
                "this program does not have its lock kind \(header.lockName.debugDescription); use a newer ShmCore, or "
                    + "load its plugin")
        }
        guard header.participants <= ParticipantNumber.limit,
            factory.map({ header.lockSize == $0.bytesNeeded(header.participants) }) ?? true,
            let layout = SegmentLayout(dataSize: header.dataSize, lockSize: header.lockSize, pageSize: pageSize)
        else { throw SegmentFailure(.keyError, SegmentHeader.Problem.corrupt("wrong lock size").reason) }
        return (header, layout)
    }

    /// Whether the segment is usable: initialised and not destroyed.
    var isAlive: Bool {
        let life = unsafe life.pointee.load(ordering: .acquiring)
        return life == Life.alive || isInitialiser && life == Life.initialising
    }

    /// Marks the segment as destroyed; returns whether it was not marked before.
    func markDead() -> Bool {
        unsafe control.lifeWord.pointee.exchange(Life.dead, ordering: .acquiringAndReleasing) != Life.dead
    }

    /// Whether this process initialises the segment through this binding. `false` in the child of a fork.
    var isInitialiser: Bool {
        get { initialiser == shm_generation() }
        set { initialiser = newValue ? shm_generation() : nil }
    }

    /// Marks the segment as initialised; returns `false` if it was destroyed meanwhile. A release operation: a process
    /// that observes the segment as alive also observes what the initialiser wrote.
    func markAlive() -> Bool {
        unsafe control.lifeWord.pointee.compareExchange(
            expected: Life.initialising, desired: Life.alive, ordering: .acquiringAndReleasing
        ).exchanged
    }

    // MARK: Initialisation

    var isInitialising: Bool { unsafe life.pointee.load(ordering: .acquiring) == Life.initialising }

    /// Whether the creator is still initialising the segment.
    var isBeingInitialised: Bool { isInitialising && RecordLock.isTaken(.initialisation, of: file) }

    /// Whether the segment is usable or about to be. The creator marks the segment alive before it releases the record
    /// lock. So if the life word still says "initialising" after that lock was observed free, the segment is abandoned;
    /// if it then says "alive", the segment is alive.
    var isAliveOrBeingInitialised: Bool { isAlive || isBeingInitialised || isAlive }

    /// Waits while the creator initialises the segment. Throws ``SegmentFailure/abandoned`` if the creator died before
    /// it finished, and ``SegmentFailure/beingInitialised`` once the deadline passes.
    ///
    /// Polls, because a process that sleeps in the kernel would not notice that the segment was destroyed by force.
    func awaitInitialisation(until deadline: Deadline?) throws(SegmentFailure) {
        var pause: UInt32 = 100
        while isInitialising, !isInitialiser {
            guard isBeingInitialised else {
                // The creator may have finished in between.
                if isInitialising { throw .abandoned }
                return
            }
            if let deadline, deadline.hasPassed { throw .beingInitialised }
            usleep(pause)
            pause = min(2 * pause, 5_000)
        }
    }

    // MARK: Attachments

    /// Whether a destroyer waits for attachments to end.
    var isBarred: Bool { control.isBarred && RecordLock.isTaken(.attachGate, of: file) }

    /// Prevents new attachments, and waits until there are none.
    func barAttachments() throws(Errno) {
        try RecordLock.takeWaiting(.attachGate, of: file)
        control.isBarred = true
        do { try RecordLock.takeWaiting(.allAttachments, of: file) } catch {
            admitAttachments()
            throw error
        }
    }

    /// Undoes ``barAttachments()``.
    func admitAttachments() {
        RecordLock.release(.allAttachments, of: file)
        control.isBarred = false
        RecordLock.release(.attachGate, of: file)
    }

    // MARK: Lock

    /// The memory and the descriptor of the segment's lock.
    private var lockBinding: LockBinding {
        unsafe LockBinding(area: control.lockArea, participants: header.participants, file: file)
    }

    /// The name of the lock's object outside the segment, if its kind uses one.
    var nameOutside: String? { unsafe LockFactory.named(header.lockName)?.nameOutside(lockBinding.area) }

    /// Why this process cannot use the lock although the lock is intact; `nil` if it can.
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
                "this process cannot use its lock \(header.lockName) (\($0)); create it with the lock "
                    + "\(LockKind.everywhere)")
        }
    }

    /// Whether no other process can use the segment's lock, because none has the file open or mapped for writing. Asks
    /// the kernel, which knows the processes of every namespace; `false` if the kernel cannot tell.
    var isOnlyUser: Bool {
        isWritable && !isShared && !hasParticipants && shm_is_only_writer(file.rawValue) == 1
    }

    /// Whether the lock is intact but unusable for this process.
    var isRefusedHere: Bool { refusal != nil }

    /// The meaning of a lock's failure: that the lock is broken, unless the cause lies in this process.
    func failure(ofLock errno: Errno) -> SegmentFailure {
        if !isAlive { return .destroyedWhileLocking(errno) }
        if errno == .identifierRemoved, isWritable, header.lockName == RobustFutexLock.properties.name {
            // Only a destroyer stores that value. Complete what one that died right after it left undone.
            _ = markDead()
            return .destroyedWhileLocking(errno)
        }
        return refusal ?? .locking(header.lockName, errno)
    }

    /// Removes the lock for all participants, and what it keeps outside the segment. Also works if this process cannot
    /// take the lock.
    func retireLock() {
        if let lock, lock.isOwn { return lock.retire() }
        guard let factory = retiringFactory else { return }
        if let bound = try? factory.bind(lockBinding) {
            // The closures do not keep the participant alive.
            withExtendedLifetime(bound) { bound.retire() }
        } else if let name = nameOutside {
            // This process cannot make a participant, for want of descriptors, for example.
            NamedObject.removeAny(name)
        }
    }

    /// Does the same as ``retireLock()`` if the lock is free; returns whether the lock is now removed.
    func retireLockIfFree() -> Bool {
        if let bound = try? boundLock() { return bound.retireIfFree() }
        // A process that may not use the lock, in another PID namespace, for example.
        guard let bound = try? retiringFactory?.bind(lockBinding) else { return false }
        return withExtendedLifetime(bound) { bound.retireIfFree() }
    }

    /// The factory of a lock that can be removed without a participant number. To claim a number, a process must be
    /// visible to the other participants, which a destroyer may not be.
    private var retiringFactory: LockFactory? {
        guard isWritable, let factory = LockFactory.named(header.lockName), factory.properties.nodesPerParticipant == 0
        else { return nil }
        return factory
    }

    /// This handle's participant of the lock, made at first use.
    ///
    /// - Parameter asCreator: whether this process has just created the segment, and thus can use its lock.
    func boundLock(asCreator: Bool = false) throws(SegmentFailure) -> BoundLock {
        if let lock {
            if lock.isOwn { return lock }
            inherited.locks.append(lock)
        }
        guard let factory = LockFactory.named(header.lockName) else {
            throw SegmentFailure(
                .lockError,
                "this program does not have its lock kind \(header.lockName.debugDescription); use a newer ShmCore, or "
                    + "load its plugin")
        }
        if isWritable, !asCreator, let refusal { throw refusal }
        let bound = try participant { (binding) throws(Errno) in try factory.bind(binding) }
        lock = bound
        return bound
    }

    /// Makes a participant of the lock by its type, which must be that of the segment's lock.
    func participant<L: LockPrimitive & ~Copyable>(in _: L.Type) throws(SegmentFailure) -> L {
        if isWritable, let refusal { throw refusal }
        return try participant { (binding) throws(Errno) in try L(binding) }
    }

    private func participant<P: ~Copyable>(
        _ bind: (borrowing LockBinding) throws(Errno) -> P
    ) throws(SegmentFailure) -> P {
        guard isWritable else {
            throw SegmentFailure(
                .permissionDenied,
                "locking writes to the segment, and this process may only read it; ask its owner for write permission")
        }
        do {
            return try bind(lockBinding)
        } catch {
            // A destroyer also removes the lock's kernel object.
            guard isAlive else {
                throw .destroyedWhileLocking(error)
            }
            if let failure = SegmentFailure.plugin("attach", header.lockName, error) { throw failure }
            if error == .noSuchFileOrDirectory, SegmentFile.status(at: "/proc/self/fd") == nil {
                throw SegmentFailure(
                    .outOfResources,
                    "its lock \(header.lockName) reopens the segment's file through /proc, which is missing; mount "
                        + "/proc",
                    errno: error)
            }
            let usesNodes = LockFactory.named(header.lockName)?.properties.nodesPerParticipant ?? 0 > 0
            if error == .noSpace, usesNodes { throw .tooManyParticipants(header.lockName, header.participants) }
            let failure = SegmentFailure(error, what: "its lock \(header.lockName) cannot be set up")
            // What was not found is the lock's object outside the segment, and not the segment.
            guard failure.code == .unknownError || failure.code == .notFound else { throw failure }
            throw .locking(header.lockName, error)
        }
    }
}
