internal import Glibc
public import SystemPackage

extension SharedMemory {
    /// Makes the segment, zero-filled, with its lock. Does not attach.
    ///
    /// The segment is built under no name and then gets its name in one step: no process ever sees a half-built one,
    /// of two creators exactly one wins, and a creator that is killed at any moment leaves nothing behind. A failure
    /// touches nothing that exists. The storage is reserved here, so that a full file system is an error now and
    /// never a fault later.
    ///
    /// - Parameters:
    ///   - size: bytes of data. Defaults to ``defaultSize``.
    ///   - permissions: who may open the segment; the umask does not count; reading needs read permission, attaching for writing and locking
    ///     need write permission as well. Defaults to the owner alone.
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
            // linkat decides in the end; a large segment is not built in vain.
            if size >= MemoryBudget.smallest, let status = try? SegmentFile.status(ofName: name) {
                try clearWay(for: name, status)
            }
            try establish(try blueprint.build(), as: name)
        }
    }

    /// Publishes a segment that was built, makes it this handle's, and sets its lock up.
    func establish(_ binding: SegmentBinding, as name: String) throws(SegmentFailure) {
        try publish(binding, as: name)
        bind(binding)
        do throws(SegmentFailure) { _ = try binding.boundLock() } catch {
            // Destroyed as soon as it had its name: it was created all the same.
            guard binding.isAlive else { return }
            // The lock's kernel object could not be made: without it the segment is of no use.
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
            // Lost to another creator, unless what is there goes away meanwhile.
            guard let status = try? SegmentFile.status(ofName: name) else { continue }
            try clearWay(for: name, status)
        }
    }

    /// Throws `alreadyExists` unless what has that name is a segment whose destroyer died before it could take the
    /// name away: then finishes that work.
    private func clearWay(for name: String, _ status: stat) throws(SegmentFailure) {
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw SegmentFailure(
                .alreadyExists, "what has that name is \(SegmentFile.kind(of: status)), not a segment; use another key")
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
        // Its destroyer is at work, which takes microseconds, or dead; or its creator died while it initialised it.
        let patience = Deadline.after(.seconds(1))
        while true {
            do throws(SegmentFailure) {
                try remove(found, name: name)
                return
            } catch {
                guard names(name, found) else { return }
                // Trying again would find the same: a leftover that is another user's to clear, say.
                guard error.code == .notFound else { throw error }
                if patience.hasPassed { throw SegmentFailure(.alreadyExists, "its destroyer is stopped half-way") }
                usleep(100)
            }
        }
    }
}
