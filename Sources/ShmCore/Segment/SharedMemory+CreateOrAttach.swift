internal import Glibc
public import SystemPackage

extension SharedMemory {
    /// Whether `createOrAttach(size:permissions:lock:initialise:)` made the segment.
    public enum Origin: Sendable {
        /// This call made the segment and initialised it.
        case created
        /// The segment existed and was initialised.
        case attached
    }

    /// Attaches to the segment for reading and writing; if there is none, creates and initialises it first. Programs
    /// that may start in any order, or at the same moment, need only this call to share a segment.
    ///
    ///     let shared = SharedMemory(key: "My Shared Data")
    ///     try shared.createOrAttach(size: 128) { bytes in
    ///         bytes.storeBytes(of: 42, toByteOffset: 0, as: Int.self)
    ///     }
    ///
    /// One caller creates the segment and runs `initialise` while it holds the segment's lock. All other callers, and
    /// every thread that attaches to the segment or locks it by other means, wait until `initialise` has finished, so
    /// no process observes partly initialised data. If the initialising process dies, in any way, one of the waiting
    /// callers starts again with zeroed data. If `initialise` throws, the segment is removed, the error is thrown here,
    /// and another caller starts again as well. An existing segment is used as it is: `permissions` and `lock` apply to
    /// a new one only.
    ///
    /// What `initialise` writes is visible to every process that attaches. It must not wait for another process that
    /// attaches, and must not detach, unlock or destroy. A child that it forks, and that does not `exec`, keeps others
    /// waiting for as long as it lives; in such a child this call throws `lockError` and changes nothing.
    ///
    /// Waiting for another process that initialises has no limit; ``lock(timeout:)`` and ``tryLock()`` keep theirs. If
    /// an initialiser of another user died, only that user and the superuser can remove what it left.
    ///
    /// - Parameters:
    ///   - size: the size of the data that the caller needs, in bytes. An existing segment that is smaller is
    ///     `invalidSize`.
    ///   - permissions: as for ``create(size:permissions:lock:)``.
    ///   - lock: the kind of lock of a new segment.
    ///   - initialise: receives the new segment's data, which are zero.
    /// - Returns: whether this call created the segment.
    /// - Throws: what ``create(size:permissions:lock:)`` and ``attach(mode:)`` throw. It does not throw `alreadyExists`
    ///   if another process created the segment first, and throws `notFound` only if another process has been waiting
    ///   for a second to destroy it. Also throws what `initialise` throws. ``SharedMemoryError/Convertible`` describes
    ///   when that is typed.
    @discardableResult
    public func createOrAttach<Failure: Error>(
        size: Int = defaultSize, permissions: FilePermissions = .ownerReadWrite, lock: LockKind = .default,
        initialise: (inout MutableRawSpan) throws(Failure) -> Void
    ) throws -> Origin {
        try createdOrAttached(size, permissions, lock, { $0 as any Error }, initialise)
    }

    func createdOrAttached<Failure: Error>(
        _ size: Int, _ permissions: FilePermissions, _ lock: LockKind, _ wrap: (SharedMemoryError) -> Failure,
        _ initialise: (inout MutableRawSpan) throws(Failure) -> Void
    ) throws(Failure) -> Origin {
        let operation = "create or attach to"
        let made: SegmentBinding?
        do throws(SharedMemoryError) {
            made = try attempt(operation) { () throws(SegmentFailure) in
                try findOrMake(try Blueprint(size: size, permissions: permissions, lock: lock), size: size)
            }
        } catch { throw wrap(error) }
        guard let made else { return .attached }
        do throws(Failure) {
            var span = unsafe made.attachment.unsafelyUnwrapped.data.mutableBytes
            try initialise(&span)
        } catch {
            // The child of a fork changes nothing: its parent is initialising the segment.
            if made.isInitialiser { giveUpInitialising(made) }
            throw error
        }
        do throws(SharedMemoryError) {
            try attempt(operation) { () throws(SegmentFailure) in try concludeInitialising(made) }
        } catch { throw wrap(error) }
        return .created
    }

    /// Marks the segment as initialised and admits the waiting processes.
    private func concludeInitialising(_ made: SegmentBinding) throws(SegmentFailure) {
        guard made.isInitialiser else {
            throw SegmentFailure(
                .lockError,
                "this is the child of a fork and its parent is initialising the segment; let the parent finish")
        }
        let isDone = made.markAlive()
        RecordLock.release(.initialisation, of: made.file)
        made.isInitialiser = false
        if holdsLock { releaseOnSlowPath() }
        if isDone { return }
        // The segment was destroyed by force: every other destroyer waits.
        if isAttached {
            made.endAttachment()
            unsafe hot.pointee.detached()
        }
        bind(nil)
        throw .destroyed
    }

    /// Attaches to the existing segment and returns `nil`; or creates one, attaches to it, takes its lock and returns
    /// it, for the caller to initialise.
    private func findOrMake(_ blueprint: Blueprint, size: Int) throws(SegmentFailure) -> SegmentBinding? {
        let name = try name()
        if isAttached { throw SegmentFailure(.alreadyExists, "the handle is already attached; detach first") }
        if holdsLock { throw SegmentFailure(.alreadyExists, "the handle holds its lock; unlock first") }
        var patience: Deadline?
        while true {
            do throws(SegmentFailure) {
                try attachToExisting(size: size)
                return nil
            } catch {
                guard error.code == .notFound else { throw error }
                // The segment is being destroyed and still has its name; usually it disappears in a moment.
                if let found = try? existing(until: .now), found.isAlive {
                    let end = patience ?? .after(.seconds(1))
                    patience = end
                    if end.hasPassed { throw error }
                    usleep(200)
                    continue
                }
            }
            let made = try blueprint.build(isInitialised: false)
            do throws(SegmentFailure) { try establish(made, as: name) } catch {
                // Another process was faster, or the object of that name is not a segment: the next iteration finds
                // out.
                guard error.code == .alreadyExists else { throw error }
                continue
            }
            // Another process has destroyed it by force, here or before the attachment below.
            guard made.isAlive else { continue }
            do throws(SegmentFailure) {
                try adopt(made, mode: .readWrite)
                _ = try acquire(until: nil)
            } catch {
                giveUpInitialising(made)
                if error.code == .notFound || !made.isAlive { continue }
                throw error
            }
            return made
        }
    }

    private func attachToExisting(size: Int) throws(SegmentFailure) {
        let binding = try existing()
        guard binding.header.dataSize >= size else {
            throw SegmentFailure(
                .invalidSize,
                "invalid value '\(size)' for size: expected at most \(binding.header.dataSize), the size of the segment"
            )
        }
        guard binding.isWritable else {
            throw SegmentFailure(.permissionDenied, "this process may only read it; attach with mode readOnly")
        }
        try adopt(binding, mode: .readWrite)
    }

    /// Removes a segment that could not be initialised. Processes that wait for it create another one.
    private func giveUpInitialising(_ made: SegmentBinding) {
        if let name = try? name() { _ = try? remove(made, name: name) }
        if holdsLock { releaseOnSlowPath() }
        made.endAttachment()
        RecordLock.release(.initialisation, of: made.file)
        made.isInitialiser = false
        bind(nil)
    }
}
