extension SharedMemory {
    /// Maps the segment's data into this process.
    ///
    /// - Parameter mode: with `readOnly`, writing to the data is a fault; it works, without the lock, on a segment that
    ///   this process may only read.
    /// - Throws: `notFound` (also while ``destroy(mode:)`` waits), `permissionDenied`, `alreadyExists` if the handle is
    ///   already attached, `keyError` if the object of that name is not a usable segment, `outOfMemory`,
    ///   `outOfResources`.
    public func attach(mode: AccessMode = .readWrite) throws(SharedMemoryError) {
        try attempt("attach to") { () throws(SegmentFailure) in
            if isAttached { throw SegmentFailure(.alreadyExists, "the handle is already attached; detach first") }
            let binding = try existing()
            if mode == .readWrite && !binding.isWritable {
                throw SegmentFailure(.permissionDenied, "this process may only read it; attach with mode readOnly")
            }
            try adopt(binding, mode: mode)
        }
    }

    /// Attaches to the segment of a binding.
    func adopt(_ binding: SegmentBinding, mode: AccessMode) throws(SegmentFailure) {
        binding.attachment = try Attachment(binding, mode: mode)
        unsafe hot.pointee.attached(to: binding.identity)
        // If the handle holds the lock, it stays with the thread that locked it.
        if !holdsLock { noteUse() }
    }

    /// Unmaps the segment's data. Does not destroy the segment, and does not release the lock.
    ///
    /// Afterwards pointers and spans into the data are invalid. Throws `notFound` if the handle is not attached.
    public func detach() throws(SharedMemoryError) {
        try attempt("detach from") { () throws(SegmentFailure) in
            guard let binding, binding.attachment != nil else {
                throw SegmentFailure(.notFound, "the handle is not attached; attach before detaching")
            }
            binding.endAttachment()
            unsafe hot.pointee.detached()
            if !binding.isAlive && !holdsLock { bind(nil) }
        }
    }

    /// Attaches, runs the body and detaches, whether the body returns or throws.
    ///
    /// - Throws: ``SharedMemoryError`` as ``attach(mode:)`` does, and what the body throws.
    ///   ``SharedMemoryError/Convertible`` describes when that is typed.
    public func withAttachment<R>(mode: AccessMode = .readWrite, _ body: (SharedMemory) throws -> R) throws -> R {
        try attached(mode, { $0 }, body)
    }

    func attached<R, Failure: Error>(
        _ mode: AccessMode, _ wrap: (SharedMemoryError) -> Failure, _ body: (SharedMemory) throws(Failure) -> R
    ) throws(Failure) -> R {
        do { try attach(mode: mode) } catch { throw wrap(error) }
        defer { if isAttached { try? detach() } }
        return try body(self)
    }
}
