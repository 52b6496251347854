internal import Glibc
public import SystemPackage

extension SharedMemory {
    /// Whether `createOrAttach(size:permissions:lock:initialise:)` made the segment.
    public enum Origin: Sendable {
        /// This call made the segment and initialised it.
        case created
        /// It was there, initialised.
        case attached
    }

    /// Attaches to the segment for reading and writing, and makes and initialises it first where there is none: the one call
    /// with which programs that may start in any order, or at the same moment, share a segment.
    ///
    ///     let shared = SharedMemory(key: "My Shared Data")
    ///     try shared.createOrAttach(size: 128) { bytes in
    ///         bytes.storeBytes(of: 42, toByteOffset: 0, as: Int.self)
    ///     }
    ///
    /// One caller makes the segment and runs `initialise`, with the segment's lock held. All others, and everyone who
    /// attaches to the segment or locks it by other means, wait until it is done; so the data are never seen half
    /// initialised. Where the initialising process dies, however it dies, one of those who wait begins anew with zeroed
    /// data; where `initialise` throws, the segment is removed, the error is thrown here, and likewise another caller begins
    /// anew. A segment that is there is taken as it is: `permissions` and `lock` count for a new one alone.
    ///
    /// What `initialise` writes is visible to everyone who attaches. It must not wait for another process that attaches,
    /// and must not detach, unlock or destroy. A child that it forks, and that does not `exec`, keeps others waiting for as
    /// long as it lives; in such a child this call throws `lockError` and touches nothing.
    ///
    /// Waiting for another process that initialises has no limit; ``lock(timeout:)`` and ``tryLock()`` keep theirs. What a
    /// dead initialiser of another user left can be removed by that user and the superuser alone.
    ///
    /// - Parameters:
    ///   - size: bytes of data that are needed. A segment that is there and has fewer is `invalidSize`.
    ///   - permissions: as for ``create(size:permissions:lock:)``.
    ///   - lock: the kind of lock of a new segment.
    ///   - initialise: is given the new segment's data, which are zero.
    /// - Returns: which of the two it was.
    /// - Throws: what ``create(size:permissions:lock:)`` and ``attach(mode:)`` throw, but not `alreadyExists` where another
    ///   process was faster, and `notFound` only where another one has waited for a second to destroy it; and what
    ///   `initialise` throws. ``SharedMemoryError/Convertible`` says when that is typed.
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
            // The child of a fork touches nothing: its parent is at work.
            if made.isInitialiser { giveUpInitialising(made) }
            throw error
        }
        do throws(SharedMemoryError) {
            try attempt(operation) { () throws(SegmentFailure) in try concludeInitialising(made) }
        } catch { throw wrap(error) }
        return .created
    }

    /// Lets those in who wait until the segment is initialised.
    private func concludeInitialising(_ made: SegmentBinding) throws(SegmentFailure) {
        guard made.isInitialiser else {
            throw SegmentFailure(.lockError, "this is the child of a fork, and its parent initialises the segment")
        }
        let isDone = made.markAlive()
        RecordLock.release(.initialisation, of: made.file)
        made.isInitialiser = false
        if holdsLock { releaseOnSlowPath() }
        if isDone { return }
        // By force, since every other destroyer waits.
        if isAttached {
            made.endAttachment()
            unsafe hot.pointee.detached()
        }
        bind(nil)
        throw .destroyed
    }

    /// Attaches to the segment that is there, or makes one, attaches to it and takes its lock; the new one is returned, and is
    /// to be initialised.
    private func findOrMake(_ blueprint: Blueprint, size: Int) throws(SegmentFailure) -> SegmentBinding? {
        let name = try name()
        if isAttached { throw SegmentFailure(.alreadyExists, "the handle is attached already; detach first") }
        if holdsLock { throw SegmentFailure(.alreadyExists, "the handle holds its lock; unlock first") }
        var patience: Deadline?
        while true {
            do throws(SegmentFailure) {
                try attachToExisting(size: size)
                return nil
            } catch {
                guard error.code == .notFound else { throw error }
                // One that is going away, whose name is not free yet: as a rule in a moment.
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
                // Another process was faster, or what has the name is no segment: the next turn says which.
                guard error.code == .alreadyExists else { throw error }
                continue
            }
            // Another process has destroyed it by force, here or before it is attached.
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
                "it is there and has \(binding.header.dataSize) bytes, and \(size) are needed; ask for less, or agree on a size"
            )
        }
        guard binding.isWritable else {
            throw SegmentFailure(.permissionDenied, "this process may only read it; attach with mode readOnly")
        }
        try adopt(binding, mode: .readWrite)
    }

    /// Removes a segment that could not be initialised: those who wait for it make another one.
    private func giveUpInitialising(_ made: SegmentBinding) {
        if let name = try? name() { _ = try? remove(made, name: name) }
        if holdsLock { releaseOnSlowPath() }
        made.endAttachment()
        RecordLock.release(.initialisation, of: made.file)
        made.isInitialiser = false
        bind(nil)
    }
}
