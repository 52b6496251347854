internal import Glibc
public import SystemPackage

/// A handle to a segment of memory that processes share, found by its key and guarded by its lock.
///
///     let shared = SharedMemory(key: "My Shared Data")
///     try shared.createOrAttach(size: 128) { bytes in
///         bytes.storeBytes(of: 41, toByteOffset: 0, as: Int.self)
///     }
///     try shared.withLock { _ in
///         shared.mutableData?.storeBytes(of: 42, as: Int.self)
///     }
///     try shared.detach()
///
/// Two handles with the same key refer to the same segment, in one process or in several.
/// `createOrAttach(size:permissions:lock:initialise:)` is for programs that may start at the same moment.
/// ``create(size:permissions:lock:)`` makes the segment and does not attach; ``attach(mode:)`` maps its data. The
/// data start at the beginning of the POSIX shared-memory object of that name, so programs in other languages can map
/// it.
///
/// **Which segment.** A handle that is attached or holds the lock belongs to that very segment, dead or alive. Any other
/// handle belongs to the live segment that has its key's name at the time.
///
/// A handle is for one thread at a time, and locking and unlocking must happen on the same thread; give each thread a
/// handle of its own. A thread that would wait for a lock that it holds through another handle gets
/// ``SharedMemoryError/Code/lockError``. The child of a fork holds nothing of what its parent held. Every operation may throw ``SharedMemoryError``, and the last one that did is kept in
/// ``error``.
///
/// **When a process dies**, its attachments end by themselves. Whether its lock does depends on the segment's
/// ``LockKind``; the default one does, and the next owner learns of the death (``Acquisition/ownerDied``).
///
/// **Trust.** The control block is validated when it is opened, and no size in it is read twice. A process that may write to
/// the segment can still truncate its file, which makes every other process fault on its next access, or scribble
/// over the lock: grant permissions accordingly. They default to the creator alone.
///
/// A handle's end does no implicit detach: a segment that was attached stays mapped, and counted, until the process
/// ends. Use `withAttachment(mode:_:)` where that is not wanted.
@safe public final class SharedMemory {
    /// Access rights of an attachment.
    public enum AccessMode: Int, Sendable {
        /// The data can only be read; writing to them is a fault (SIGSEGV).
        case readOnly = 0
        /// The data can be read and written.
        case readWrite = 1
    }

    /// How ``destroy(mode:)`` treats others.
    public enum DestroyMode: Int, Sendable {
        /// Takes the lock (or uses it, where this handle holds it), then destroys at once.
        case noWait = 0
        /// Destroys at once, without the lock.
        case forceNoWait = 1
        /// Bars new attachments, waits until there are none, then destroys.
        case wait = 2
    }

    /// How the lock came into this handle's hands.
    public enum Acquisition: Sendable {
        /// Its previous owner released it.
        case released
        /// Its previous owner died holding it: the data may be half written.
        case ownerDied
    }

    /// The size that ``create(size:permissions:lock:)`` uses when none is given: one page.
    public static var defaultSize: Int { SegmentLayout.pageSize }

    /// The most participants that a lock with a node for each can have.
    static let participantLimit = 4096

    @usableFromInline let hot: UnsafeMutablePointer<HotState>
    /// The segment that this handle has open. Change it through `bind(_:)` alone.
    private(set) var binding: SegmentBinding?
    /// Segments that have participants of ``participant(in:)``.
    var pinned: [SegmentBinding] = []

    /// This segment's key. Empty until one is set.
    public private(set) var key: String

    /// The last failure; `nil` until something fails.
    public internal(set) var error: SharedMemoryError?

    /// A handle without a key: call ``setKey(_:)`` before anything else.
    public convenience init() { self.init(key: "") }

    /// A handle for the segment of that key, which need not exist yet.
    ///
    /// - Parameter key: any text. It is checked when it is used: an empty one, one with a NUL, and one that needs
    ///   more than 255 bytes once bytes outside `[A-Za-z0-9._-]` are percent-encoded give
    ///   ``SharedMemoryError/Code/keyError``.
    public init(key: String) {
        self.key = key
        unsafe hot = HandleMemory.take()
    }

    deinit {
        if let binding, binding.attachment != nil || holdsLock {
            // No implicit detach, and no implicit unlock: what is mapped and held stays so until the process ends.
            _ = unsafe Unmanaged.passRetained(binding)
            // Its thread goes on holding it, and is told so through other handles.
            return
        }
        unsafe HandleMemory.giveBack(hot)
    }

    /// Sets the key.
    ///
    /// Setting the key that the handle already has does nothing. While attached, or while holding the lock, another
    /// key is ``SharedMemoryError/Code/keyError``.
    public func setKey(_ key: String) throws(SharedMemoryError) {
        if key == self.key { return }
        try attempt("set the key of") { () throws(SegmentFailure) in
            if isAttached {
                throw SegmentFailure(.keyError, "the handle is attached; detach before setting another key")
            }
            if holdsLock {
                throw SegmentFailure(.keyError, "the handle holds the lock; unlock before setting another key")
            }
            bind(nil)
            self.key = key
        }
    }

    /// A description of the last failure; empty until something fails.
    public var errorString: String { error?.description ?? "" }

    /// Whether the handle is attached to a segment (which is never empty).
    public var isValid: Bool { isAttached }

    /// Whether this handle holds the segment's lock.
    public var holdsLock: Bool { unsafe hot.pointee.holdsLock }

    /// Whether the lock that this handle holds, or held last, came from an owner that died holding it: the data may
    /// be half written.
    public var ownerDied: Bool { unsafe hot.pointee.ownerDied }

    /// The size of the segment's data in bytes; 0 where no live segment has this key. While attached, the size of what is
    /// mapped, even where the segment has been destroyed. Does not wait while the segment is being initialised.
    public var size: Int { (isAttached ? binding : try? existing(initialised: false))?.header.dataSize ?? 0 }

    /// The kind of the segment's lock; `nil` where no live segment has this key. Does not wait either.
    public var lockKind: LockKind? {
        (try? existing(initialised: false)).flatMap { LockKind(named: $0.header.lockName) }
    }

    /// The descriptor of the segment's file, for low-level access; `nil` while the handle has no segment open. It
    /// belongs to the handle: closing it, or locking it with `fcntl`, breaks the handle.
    public var handle: FileDescriptor? { binding?.file }

    /// Whether a live segment has this key now. Reliable only while the lock is held, or while no other
    /// process creates or destroys it.
    ///
    /// Something else of that name is not a segment; one that this process may not even read counts as existing.
    public var exists: Bool {
        guard let name = try? SegmentKey.name(of: key), let status = try? SegmentFile.status(ofName: name),
            SegmentFile.isMarked(status, name: name)
        else { return false }
        if let binding, binding.isAlive, names(name, binding) { return true }
        do {
            let found = try SegmentBinding(opening: name)
            return found.isAliveOrBeingInitialised
        } catch {
            // What cannot be looked at, for want of rights, descriptors or memory, is taken to exist.
            return [.permissionDenied, .outOfResources, .outOfMemory].contains(error.code)
        }
    }

    /// The number of attachments to the segment, over all processes and handles.
    ///
    /// The kernel keeps the count's substance, so those of dead processes are never among them. Between ``lock()``
    /// and ``unlock()`` the answer holds only if all attach and detach under the lock. Takes about 3 µs an
    /// attachment.
    public var numAttachments: Int {
        get throws(SharedMemoryError) {
            try attempt("count the attachments of") { () throws(SegmentFailure) in
                let binding = try existing()
                do throws(Errno) {
                    // An attachment does not conflict with its own open file description.
                    let isOwn = binding.attachment?.isThrough(binding.file) ?? false
                    return try RecordLock.countAttachments(of: binding.file) + (isOwn ? 1 : 0)
                } catch { throw SegmentFailure(error) }
            }
        }
    }

    // MARK: Inside

    var isAttached: Bool { binding?.attachment != nil }

    /// Makes a binding this handle's own; the hot state follows.
    func bind(_ binding: SegmentBinding?) {
        unsafe hot.pointee.unbind()
        self.binding = binding
    }

    /// The live segment to which this handle belongs: the one that it is attached to or whose lock it holds, else the one
    /// that has its key's name now. Waits while that one is being initialised.
    ///
    /// - Parameters:
    ///   - deadline: until when to wait.
    ///   - initialised: `false` takes one that is being initialised as it is, to look at.
    func existing(until deadline: Deadline? = nil, initialised: Bool = true) throws(SegmentFailure) -> SegmentBinding {
        if let binding, isAttached || holdsLock {
            if !binding.isOwn {
                // In the child of a fork the open file description is the parent's, and what the handle knew is forgotten.
                binding.makeOwn()
                if isAttached { unsafe hot.pointee.attached(to: binding.identity) }
                noteUse()
            }
            guard binding.isAlive else { throw .destroyed }
            return binding
        }
        let name = try name()
        // Any program can give the name to another segment at any time.
        if let binding, binding.isOwn, binding.isAlive, names(name, binding) { return binding }
        bind(nil)
        let found = try SegmentBinding(opening: name)
        if !initialised, found.isBeingInitialised { return found }
        if found.isInitialising, isHeldByThisThread(found.identity) || isAttachedByThisThread(found.identity) {
            throw .initialisedByThisThread
        }
        try found.awaitInitialisation(until: deadline)
        guard found.isAlive else { throw .destroyed }
        bind(found)
        return found
    }

    /// The POSIX name of the key.
    func name() throws(SegmentFailure) -> String {
        do { return try SegmentKey.name(of: key) } catch { throw SegmentFailure(.keyError, error.reason) }
    }

    /// Whether a name still belongs to that very segment.
    func names(_ name: String, _ binding: SegmentBinding) -> Bool {
        (try? SegmentFile.status(ofName: name)).map(FileIdentity.init) == binding.identity
    }

    /// Runs an operation; a failure gets its name and key, and is remembered.
    func attempt<R: ~Copyable>(
        _ operation: String, _ body: () throws(SegmentFailure) -> R
    ) throws(SharedMemoryError) -> R {
        do { return try body() } catch {
            let failure = SharedMemoryError(
                code: error.code, errno: error.errno, operation: operation, key: key, reason: error.reason)
            self.error = failure
            throw failure
        }
    }
}
