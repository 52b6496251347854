extension SharedMemory {
    /// The segment's data while attached, `nil` otherwise. Valid until ``detach()``.
    ///
    /// Other processes may change these bytes at any time: access them under the lock.
    public var data: UnsafeRawBufferPointer? {
        unsafe binding?.attachment.map { unsafe UnsafeRawBufferPointer($0.data) }
    }

    /// The segment's data while attached for writing, `nil` otherwise. Valid until ``detach()``.
    public var mutableData: UnsafeMutableRawBufferPointer? {
        guard let attachment = binding?.attachment, attachment.mode == .readWrite else { return nil }
        return unsafe attachment.data
    }

    /// Reads the data through a span, which cannot outlive the body or leave its bounds. The body must not detach.
    ///
    /// - Throws: `notFound` if the handle is not attached, and what the body throws. ``SharedMemoryError/Convertible``
    ///   describes when that is typed.
    public func withBytes<R>(_ body: (RawSpan) throws -> R) throws -> R {
        try reading({ $0 }, body)
    }

    func reading<R, Failure: Error>(
        _ wrap: (SharedMemoryError) -> Failure, _ body: (RawSpan) throws(Failure) -> R
    ) throws(Failure) -> R {
        let bytes: UnsafeRawBufferPointer
        do throws(SharedMemoryError) {
            unsafe bytes = try unsafe attempt("read") { () throws(SegmentFailure) in
                guard let bytes = unsafe data else {
                    throw SegmentFailure(.notFound, "the handle is not attached; attach first")
                }
                return unsafe bytes
            }
        } catch { throw wrap(error) }
        return try unsafe body(bytes.bytes)
    }

    /// Reads and writes the data through a span, which cannot outlive the body or leave its bounds. The body must not
    /// detach.
    ///
    /// - Throws: `notFound` if the handle is not attached, `permissionDenied` if it is attached read-only, and what the
    ///   body throws. ``SharedMemoryError/Convertible`` describes when that is typed.
    public func withMutableBytes<R>(_ body: (inout MutableRawSpan) throws -> R) throws -> R {
        try writing({ $0 }, body)
    }

    func writing<R, Failure: Error>(
        _ wrap: (SharedMemoryError) -> Failure, _ body: (inout MutableRawSpan) throws(Failure) -> R
    ) throws(Failure) -> R {
        let bytes: UnsafeMutableRawBufferPointer
        do throws(SharedMemoryError) {
            unsafe bytes = try unsafe attempt("write to") { () throws(SegmentFailure) in
                guard isAttached else { throw SegmentFailure(.notFound, "the handle is not attached; attach first") }
                guard let bytes = unsafe mutableData else {
                    throw SegmentFailure(
                        .permissionDenied, "the handle is attached read-only; attach with mode readWrite")
                }
                return unsafe bytes
            }
        } catch { throw wrap(error) }
        var span = unsafe bytes.mutableBytes
        return try body(&span)
    }
}
