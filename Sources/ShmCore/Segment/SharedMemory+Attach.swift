extension SharedMemory {
    /// Maps the segment's data into this process.
    ///
    /// - Parameter mode: `readOnly` maps the data so that writing to them faults; it works, without the lock, on a
    ///   segment that this process may only read.
    /// - Throws: `notFound` (also while ``destroy(mode:)`` waits), `permissionDenied`, `alreadyExists` where the
    ///   handle is attached already, `keyError` where what has that name is not a usable segment, `outOfMemory`,
    ///   `outOfResources`.
    public func attach(mode: AccessMode = .readWrite) throws(SharedMemoryError) {
        try attempt("attach to") { () throws(SegmentFailure) in
            if isAttached { throw SegmentFailure(.alreadyExists, "the handle is attached already; detach first") }
            let binding = try existing()
            if mode == .readWrite && !binding.isWritable {
                throw SegmentFailure(.permissionDenied, "this process may only read it; attach with mode readOnly")
            }
            try adopt(binding, mode: mode)
        }
    }

    /// Attaches to that segment.
    func adopt(_ binding: SegmentBinding, mode: AccessMode) throws(SegmentFailure) {
        binding.attachment = try Attachment(binding, mode: mode)
        unsafe hot.pointee.attached(to: binding.identity)
        // What it holds, it holds for the thread that locked.
        if !holdsLock { noteUse() }
    }

    /// Unmaps the segment's data. Does not destroy the segment, and does not release the lock.
    ///
    /// Pointers and spans into the data are invalid from here on. Throws `notFound` where the handle is not attached.
    public func detach() throws(SharedMemoryError) {
        try attempt("detach from") { () throws(SegmentFailure) in
            guard let binding, binding.attachment != nil else {
                throw SegmentFailure(.notFound, "the handle is not attached")
            }
            binding.endAttachment()
            unsafe hot.pointee.detached()
            if !binding.isAlive && !holdsLock { bind(nil) }
        }
    }

    /// Attaches, runs the body and detaches, however the body ends.
    ///
    /// - Throws: ``SharedMemoryError`` as ``attach(mode:)`` does, and what the body throws.
    ///   ``SharedMemoryError/Convertible`` says when that is typed.
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
