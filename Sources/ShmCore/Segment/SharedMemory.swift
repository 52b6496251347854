internal import Glibc
public import SystemPackage

/// A handle to a segment of shared memory. The segment has a key and a lock.
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
/// ``create(size:permissions:lock:)`` creates the segment and does not attach; ``attach(mode:)`` maps its data. The
/// data begin at offset 0 of the POSIX shared-memory object of that name, so programs in other languages can map them.
///
/// **Which segment.** A handle that is attached or holds the lock belongs to that particular segment, dead or alive.
/// Any other handle belongs to the live segment that its key names at the time of the call.
///
/// One thread at a time may use a handle, and locking and unlocking must happen on the same thread; give each thread a
/// handle of its own. A thread that would wait for a lock that it holds through another handle gets
/// ``SharedMemoryError/Code/lockError``. The child of a fork holds none of its parent's locks. Every operation may
/// throw ``SharedMemoryError``; ``error`` keeps the last error.
///
/// **When a process dies**, its attachments end. Whether its lock is released depends on the segment's ``LockKind``.
/// With the default kind it is, and the next owner gets a report of the death (``Acquisition/ownerDied``).
///
/// **Trust.** The control block is validated when it is opened, and no size in it is read twice. A process that may
/// write to the segment can still truncate its file, which makes every other process fault at its next access, or
/// overwrite the lock. Grant permissions accordingly; the default permits only the creator's user.
///
/// The end of a handle does not detach: an attached segment stays mapped, and counted, until the process ends. Use
/// `withAttachment(mode:_:)` to detach at the end of a scope.
@safe public final class SharedMemory {
    /// Access rights of an attachment.
    public enum AccessMode: Int, Sendable {
        /// The data can only be read; writing to them is a fault (SIGSEGV).
        case readOnly = 0
        /// The data can be read and written.
        case readWrite = 1
    }

    /// What ``destroy(mode:)`` waits for.
    public enum DestroyMode: Int, Sendable {
        /// Takes the lock (or uses it, if this handle holds it), then destroys at once.
        case noWait = 0
        /// Destroys at once, without the lock.
        case forceNoWait = 1
        /// Prevents new attachments, waits until there are none, then destroys.
        case wait = 2
    }

    /// How the previous owner gave up the lock.
    public enum Acquisition: Sendable {
        /// The previous owner released it.
        case released
        /// The previous owner died while it held it: the data may be inconsistent.
        case ownerDied
    }

    /// The default size of ``create(size:permissions:lock:)``: one page.
    public static var defaultSize: Int { SegmentLayout.pageSize }

    @usableFromInline let hot: UnsafeMutablePointer<HotState>
    /// The segment that this handle has open. Only `bind(_:)` changes it.
    private(set) var binding: SegmentBinding?
    /// Segments with participants of ``participant(in:)``. They stay mapped until the handle ends.
    var pinned: [SegmentBinding] = []

    /// The segment's key; empty until one is set.
    public private(set) var key: String
    /// The result of ``name()`` for the key.
    private var validName: String?

    /// The last error; `nil` before the first.
    public internal(set) var error: SharedMemoryError?

    /// A handle without a key; ``setKey(_:)`` sets one.
    public convenience init() { self.init(key: "") }

    /// A handle for the segment of that key, which need not exist yet.
    ///
    /// - Parameter key: any string. It is validated at its first use: an empty key, a key with NUL, and a key that
    ///   needs more than 255 bytes after percent-encoding of the bytes outside `[A-Za-z0-9._-]` give
    ///   ``SharedMemoryError/Code/keyError``.
    public init(key: String) {
        self.key = key
        unsafe hot = HandleMemory.take()
    }

    deinit {
        if let binding, binding.attachment != nil || holdsLock {
            // Neither detach nor unlock: the mapping and the lock stay until the process ends.
            _ = unsafe Unmanaged.passRetained(binding)
            // The thread still holds the lock, and its other handles must find that out.
            return
        }
        unsafe HandleMemory.giveBack(hot)
    }

    /// Sets the key.
    ///
    /// Has no effect if the handle already has that key. While the handle is attached or holds the lock, another key is
    /// ``SharedMemoryError/Code/keyError``.
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
            validName = nil
        }
    }

    /// The description of the last error; empty before the first.
    public var errorString: String { error?.description ?? "" }

    /// Whether the handle is attached to a segment. A segment is never empty.
    public var isValid: Bool { isAttached }

    /// Whether this handle holds the segment's lock.
    public var holdsLock: Bool { unsafe hot.pointee.holdsLock }

    /// Whether the lock that this handle holds, or held last, came from an owner that died while it held it: the data
    /// may be inconsistent.
    public var ownerDied: Bool { unsafe hot.pointee.ownerDied }

    /// The size of the segment's data in bytes; 0 if no live segment has this key. While attached, the size of the
    /// mapping, even if the segment has been destroyed. Does not wait while the segment is being initialised.
    public var size: Int { (isAttached ? binding : try? existing(initialised: false))?.header.dataSize ?? 0 }

    /// The kind of the segment's lock; `nil` if no live segment has this key. Does not wait either.
    public var lockKind: LockKind? {
        (try? existing(initialised: false)).flatMap { LockKind(named: $0.header.lockName) }
    }

    /// The descriptor of the segment's file, for low-level access; `nil` while the handle has no segment open. The
    /// handle owns it: closing it, or locking it with `fcntl`, breaks the handle.
    public var handle: FileDescriptor? { binding?.file }

    /// Whether a live segment has this key now. Reliable only while the lock is held, or while no other process creates
    /// or destroys the segment.
    ///
    /// Another object of that name is not a segment. A segment that this process may not read counts as existing.
    public var exists: Bool {
        guard let name = try? SegmentKey.name(of: key), let status = try? SegmentFile.status(ofName: name),
            SegmentFile.isMarked(status, name: name)
        else { return false }
        if let binding, binding.isAlive, names(name, binding) { return true }
        do {
            let found = try SegmentBinding(opening: name)
            return found.isAliveOrBeingInitialised
        } catch {
            // A segment that cannot be inspected, for want of rights, descriptors or memory, counts as existing.
            return [.permissionDenied, .outOfResources, .outOfMemory].contains(error.code)
        }
    }

    /// The number of attachments to the segment, over all processes and handles.
    ///
    /// The kernel keeps the record locks that are counted, so attachments of dead processes are never included. Between
    /// ``lock()`` and ``unlock()`` the result stays valid only if all processes attach and detach under the lock. Takes
    /// about 1 µs per attachment.
    public var numAttachments: Int {
        get throws(SharedMemoryError) {
            try attempt("count the attachments of") { () throws(SegmentFailure) in
                let binding = try existing()
                do throws(Errno) {
                    // An attachment does not conflict with its own open file description.
                    let isOwn = binding.attachment?.isThrough(binding.file) ?? false
                    return try AttachmentCount(of: binding.file).count + (isOwn ? 1 : 0)
                } catch { throw SegmentFailure(error) }
            }
        }
    }

    // MARK: Inside

    var isAttached: Bool { binding?.attachment != nil }

    /// Binds the handle to a segment, or to none, and resets the hot state.
    func bind(_ binding: SegmentBinding?) {
        unsafe hot.pointee.unbind()
        self.binding = binding
    }

    /// The live segment that this handle belongs to: the one that it is attached to or whose lock it holds, otherwise
    /// the one that its key names now. Waits while that segment is being initialised.
    ///
    /// - Parameters:
    ///   - deadline: when to stop waiting; `nil` for never.
    ///   - initialised: `false` to accept a segment that is being initialised, in order to inspect it.
    func existing(until deadline: Deadline? = nil, initialised: Bool = true) throws(SegmentFailure) -> SegmentBinding {
        if let binding, isAttached || holdsLock {
            if !binding.isOwn {
                // The child of a fork shares the parent's open file description and has lost the hot state.
                binding.makeOwn()
                if isAttached { unsafe hot.pointee.attached(to: binding.identity) }
                noteUse()
            }
            guard binding.isAlive else { throw .destroyed }
            return binding
        }
        let name = try name()
        // Any program may give the name to another segment at any time.
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
        if let validName { return validName }
        do {
            let name = try SegmentKey.name(of: key)
            validName = name
            return name
        } catch { throw SegmentFailure(.keyError, error.reason) }
    }

    /// Whether a name still refers to that segment.
    func names(_ name: String, _ binding: SegmentBinding) -> Bool {
        (try? SegmentFile.status(ofName: name)).map(FileIdentity.init) == binding.identity
    }

    /// Runs an operation. Adds its name and the key to a failure, and stores that as ``error``.
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
