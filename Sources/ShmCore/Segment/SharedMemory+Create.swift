internal import Glibc
public import SystemPackage

extension SharedMemory {
    /// Creates the segment, zero-filled, with its lock. Does not attach.
    ///
    /// The segment is built in an unnamed file and then gets its name in one atomic step. So no process ever observes
    /// an incomplete segment, exactly one of two creators wins, and a creator that is killed at any moment leaves
    /// nothing behind. A failure changes nothing that exists. The storage is reserved here, so a full file system is an
    /// error now and never a fault later.
    ///
    /// - Parameters:
    ///   - size: the size of the data, in bytes. Defaults to ``defaultSize``.
    ///   - permissions: who may open the segment; the umask does not apply. Reading needs read permission; attaching
    ///     for writing and locking need write permission as well. Defaults to the owner alone.
    ///   - lock: the kind of lock that every participant will use. Defaults to one that survives its owner's death.
    /// - Throws: `invalidSize`, `keyError`, `alreadyExists`, `outOfMemory`, `outOfResources`, `permissionDenied`.
    public func create(
        size: Int = defaultSize, permissions: FilePermissions = .ownerReadWrite, lock: LockKind = .default
    ) throws(SharedMemoryError) {
        try attempt("create") { () throws(SegmentFailure) in
            let name = try name()
            if isAttached { throw SegmentFailure(.alreadyExists, "the handle is attached to it; detach first") }
            if holdsLock { throw SegmentFailure(.alreadyExists, "the handle holds its lock; unlock first") }
            let blueprint = try Blueprint(size: size, permissions: permissions, lock: lock)
            // linkat(2) decides in the end. Check first, so that a large segment is not built in vain.
            if size >= MemoryBudget.smallest, let status = try? SegmentFile.status(ofName: name) {
                try clearWay(for: name, status)
            }
            try establish(try blueprint.build(), as: name)
        }
    }

    /// Publishes a complete segment, binds this handle to it, and sets up its lock.
    func establish(_ binding: SegmentBinding, as name: String) throws(SegmentFailure) {
        try publish(binding, as: name)
        bind(binding)
        do throws(SegmentFailure) { _ = try binding.boundLock(asCreator: true) } catch {
            // The segment was destroyed right after it got its name. It was created nevertheless.
            guard binding.isAlive else { return }
            // The lock's kernel object could not be created; without it the segment is useless.
            _ = try? remove(binding, name: name)
            bind(nil)
            throw error
        }
    }

    private func publish(_ binding: SegmentBinding, as name: String) throws(SegmentFailure) {
        while true {
            do {
                try SegmentFile.publish(binding.file, as: name)
                return
            } catch {
                guard error == .fileExists else { throw .making(error) }
            }
            // Another creator won, unless its segment disappears meanwhile.
            guard let status = try? SegmentFile.status(ofName: name) else { continue }
            try clearWay(for: name, status)
        }
    }

    /// Throws `alreadyExists`, unless the object of that name is a segment whose destroyer died before it removed the
    /// name. In that case completes the removal.
    private func clearWay(for name: String, _ status: stat) throws(SegmentFailure) {
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw SegmentFailure(
                .alreadyExists,
                "the object of that name is \(SegmentFile.kind(of: status)), not a segment; use another key")
        }
        let found: SegmentBinding
        do { found = try SegmentBinding(opening: name) } catch {
            if error.code == .notFound { return }
            if error.code == .outOfResources || error.code == .outOfMemory { throw error }
            throw SegmentFailure(.alreadyExists, error.reason, errno: error.errno)
        }
        if found.isAliveOrBeingInitialised {
            throw SegmentFailure(.alreadyExists, "a segment of that key exists; attach to it, or destroy it first")
        }
        // A destroyer is at work, which takes microseconds, or is dead; or the creator died while it initialised the
        // segment.
        let patience = Deadline.after(.seconds(1))
        while true {
            do throws(SegmentFailure) {
                try remove(found, name: name)
                return
            } catch {
                guard names(name, found) else { return }
                // Another attempt would fail in the same way, for example if only another user may remove the leftover.
                guard error.code == .notFound else { throw error }
                if patience.hasPassed {
                    throw SegmentFailure(
                        .alreadyExists,
                        "another process is destroying it and has stopped; continue or end that process")
                }
                usleep(100)
            }
        }
    }
}
