internal import Glibc
internal import SystemPackage

extension SharedMemory {
    /// Destroys the segment and its lock.
    ///
    /// The segment is marked as destroyed, every thread that waits for its lock gets `lockError`, and the name is
    /// removed if it still names this segment. Mappings of other processes stay readable until they detach. A destroyer
    /// that is killed before it finishes leaves a dead segment, which the next `create` or `destroy` removes.
    ///
    /// - Parameter mode: `noWait` waits for the lock but not for attachments; `forceNoWait` waits for nothing; `wait`
    ///   prevents new attachments and waits until there are none, without a limit.
    /// - Throws: `notFound` if there is no live segment or another process is destroying it; `lockError` for `wait`
    ///   while this handle is attached, and if the lock cannot be taken; `permissionDenied`.
    public func destroy(mode: DestroyMode = .noWait) throws(SharedMemoryError) {
        try attempt("destroy") { () throws(SegmentFailure) in
            let name = try name()
            // The usual case, with the fewest system calls.
            if mode == .noWait, try removeIfFree(name) { return }
            let binding: SegmentBinding
            do throws(SegmentFailure) {
                binding = try existingOrLeftover(name, byForce: mode == .forceNoWait)
            } catch {
                // The file has a segment's mark but is no longer a segment.
                if mode == .forceNoWait, error.code == .keyError, try SegmentRemains.remove(name) { return }
                throw error
            }
            // Before the lock is taken: a process that may not destroy the segment must not consume the report of an
            // owner's death, which belongs to a process that may repair the data.
            try checkRights(to: binding)
            if mode != .forceNoWait, isHeldByThisThread(binding.identity) { throw .heldThroughAnotherHandle }
            switch mode {
            case .forceNoWait:
                try remove(binding, name: name)
            case .noWait where holdsLock || !binding.isAlive:
                try remove(binding, name: name)
            case .noWait:
                try removeUnderLock(binding, name: name)
            case .wait:
                try barAndAwaitDetachment(from: binding)
                defer { binding.admitAttachments() }
                try remove(binding, name: name)
            }
            // The next waiter gets the lock now, finds the segment dead and passes the lock on.
            if holdsLock { releaseOnSlowPath() }
            if !isAttached { bind(nil) }
        }
    }

    /// Takes the lock and removes the segment. If the lock cannot be taken, but no other process has the segment open,
    /// no process can be in a critical section; then removes the segment without the lock.
    private func removeUnderLock(_ binding: SegmentBinding, name: String) throws(SegmentFailure) {
        // The first attempt usually succeeds. In a PID namespace of its own, or after an owner died, this process may
        // be the only user.
        let isTaken: Bool
        do throws(SegmentFailure) {
            isTaken = try acquire(until: nil, unless: { $0.isOnlyUser }) != nil
        } catch {
            guard error.code == .lockError, binding.isAlive, binding.isRefusedHere else { throw error }
            guard binding.isOnlyUser else {
                throw SegmentFailure(
                    .lockError,
                    "\(error.reason); or destroy it from there, or here once no process has it open", errno: error.errno
                )
            }
            isTaken = false
        }
        do throws(SegmentFailure) { try remove(binding, name: name) } catch {
            if isTaken { releaseOnSlowPath() }
            throw error
        }
    }

    /// Removes the segment if no process holds the lock, and the lock's kind can be removed in one step. Otherwise
    /// nothing changes and the result is `false`.
    ///
    /// The lock is removed before the segment is marked: a destroyer that is killed in between leaves a live segment
    /// that no process can lock, and that the next destroyer removes.
    private func removeIfFree(_ name: String) throws(SegmentFailure) -> Bool {
        if holdsLock { return false }
        if binding?.isOwn != true { _ = try? existing() }
        guard let binding, binding.isOwn, binding.isWritable, binding.isAlive, !isHeldByThisThread(binding.identity)
        else { return false }
        try lockName(of: binding)
        // The status of the name says whether this segment still has it, and who may remove it.
        guard let status = try? SegmentFile.status(ofName: name), FileIdentity(status) == binding.identity,
            mayRemove(status), binding.retireLockIfFree()
        else {
            RecordLock.release(.removal, of: binding.file)
            return false
        }
        _ = binding.markDead()
        do { try SegmentFile.remove(name) } catch {
            if error != .noSuchFileOrDirectory {
                RecordLock.release(.removal, of: binding.file)
                throw SegmentFailure(error)
            }
        }
        // The record lock of a segment without a name excludes no process. It ends with the file.
        if !isAttached { bind(nil) }
        return true
    }

    /// Marks a segment as destroyed, removes its lock's kernel object, and removes the name, in this order. If the
    /// process is killed in between, the segment stays reachable by its name, so another process can finish.
    func remove(_ binding: SegmentBinding, name: String) throws(SegmentFailure) {
        try checkRights(to: binding)
        try lockName(of: binding)
        defer { RecordLock.release(.removal, of: binding.file) }
        let wasAlive = binding.markDead()
        let isNamed = names(name, binding)
        guard wasAlive || isNamed else { throw .destroyed }
        binding.retireLock()
        guard isNamed else { return }
        do { try SegmentFile.remove(name) } catch {
            if error != .noSuchFileOrDirectory { throw SegmentFailure(error) }
        }
    }

    /// Takes the record lock of the process that removes this segment's name: between the comparison of the name and
    /// its removal, the name cannot come to refer to another segment.
    private func lockName(of binding: SegmentBinding) throws(SegmentFailure) {
        do { try RecordLock.take(.removal, of: binding.file) } catch {
            throw error == .resourceTemporarilyUnavailable
                ? SegmentFailure(.notFound, "another process is destroying it; try again") : SegmentFailure(error)
        }
    }

    /// The live segment of this key, or a dead one that still has the name. By force, also one that is being
    /// initialised, and one with a lock kind that this program does not have; the lock's objects outside that segment
    /// remain.
    private func existingOrLeftover(_ name: String, byForce: Bool) throws(SegmentFailure) -> SegmentBinding {
        if byForce, !isAttached, !holdsLock { return try SegmentBinding(opening: name, anyLock: true) }
        do { return try existing() } catch {
            guard error.code == .notFound || byForce && error.code == .lockError else { throw error }
            let found = try SegmentBinding(opening: name, anyLock: byForce)
            if found.isAliveOrBeingInitialised, error.code == .notFound { throw error }
            return found
        }
    }

    private func checkRights(to binding: SegmentBinding) throws(SegmentFailure) {
        guard binding.isWritable, (try? SegmentFile.status(of: binding.file)).map(mayRemove) ?? true else {
            throw SegmentFailure(.permissionDenied, "this user may not destroy it; let its owner do so")
        }
    }

    /// In a sticky directory only the owner of the file, the owner of the directory and the superuser may remove a
    /// name.
    private func mayRemove(_ file: stat) -> Bool {
        let user = geteuid()
        if user == 0 && UserNamespace.hasUser(file.st_uid) { return true }
        var directory = stat()
        guard unsafe stat(SegmentFile.directory, &directory) == 0 else { return true }
        return directory.st_mode & S_ISVTX == 0
            || [file.st_uid, directory.st_uid].contains { $0 == user && UserNamespace.hasUser($0) }
    }

    private func barAndAwaitDetachment(from binding: SegmentBinding) throws(SegmentFailure) {
        if isAttached {
            throw SegmentFailure(.lockError, "this handle is attached to it and would wait for itself; detach first")
        }
        if isAttachedByThisThread(binding.identity) {
            throw SegmentFailure(
                .lockError,
                "this thread is attached to it through another handle and would wait for itself; detach that")
        }
        do { try binding.barAttachments() } catch { throw SegmentFailure(error) }
    }
}
