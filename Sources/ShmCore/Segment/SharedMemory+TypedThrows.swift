public import SystemPackage

extension SharedMemoryError {
    /// An error that can wrap a ``SharedMemoryError``, so that a method with a body throws one type for both.
    ///
    /// Such a method, `withLock(_:)` for example, throws
    /// - only `SharedMemoryError`, if its body throws nothing or a `SharedMemoryError`;
    /// - any error, if its body does: a `SharedMemoryError` if the segment could not be used, otherwise the body's
    ///   error;
    /// - the body's error, if that conforms to this protocol. Swift has no type for "one error or another", so such an
    ///   error has a case for the segment's:
    ///
    ///       enum QueueError: SharedMemoryError.Convertible {
    ///           case full
    ///           case segment(SharedMemoryError)
    ///           init(_ error: SharedMemoryError) { self = .segment(error) }
    ///       }
    ///       func enqueue(_ job: UInt64) throws(QueueError) {
    ///           try shared.withLock { (_) throws(QueueError) in … }
    ///       }
    ///
    /// A closure can declare what it throws, as this one does. A closure with a `try` and no declaration counts as
    /// throwing any error.
    public protocol Convertible: Error {
        /// Wraps the error of a segment that could not be used.
        init(_ error: SharedMemoryError)
    }
}

/// The methods with a body that declares what it throws.
extension SharedMemory {
    /// The same as `withLock(_:)`, for a body that throws nothing or a ``SharedMemoryError``.
    public func withLock<R>(
        _ body: (Acquisition) throws(SharedMemoryError) -> R
    ) throws(SharedMemoryError) -> R {
        try locked({ $0 }, body)
    }

    /// The same as `withLock(_:)`, for a body with an error that can wrap a ``SharedMemoryError``.
    public func withLock<R, Failure: SharedMemoryError.Convertible>(
        _ body: (Acquisition) throws(Failure) -> R
    ) throws(Failure) -> R {
        try locked({ Failure($0) }, body)
    }

    /// The same as `withAttachment(mode:_:)`, for a body that throws nothing or a ``SharedMemoryError``.
    public func withAttachment<R>(
        mode: AccessMode = .readWrite, _ body: (SharedMemory) throws(SharedMemoryError) -> R
    ) throws(SharedMemoryError) -> R {
        try attached(mode, { $0 }, body)
    }

    /// The same as `withAttachment(mode:_:)`, for a body with an error that can wrap a ``SharedMemoryError``.
    public func withAttachment<R, Failure: SharedMemoryError.Convertible>(
        mode: AccessMode = .readWrite, _ body: (SharedMemory) throws(Failure) -> R
    ) throws(Failure) -> R {
        try attached(mode, { Failure($0) }, body)
    }

    /// The same as `withBytes(_:)`, for a body that throws nothing or a ``SharedMemoryError``.
    public func withBytes<R>(_ body: (RawSpan) throws(SharedMemoryError) -> R) throws(SharedMemoryError) -> R {
        try reading({ $0 }, body)
    }

    /// The same as `withBytes(_:)`, for a body with an error that can wrap a ``SharedMemoryError``.
    public func withBytes<R, Failure: SharedMemoryError.Convertible>(
        _ body: (RawSpan) throws(Failure) -> R
    ) throws(Failure) -> R {
        try reading({ Failure($0) }, body)
    }

    /// The same as `withMutableBytes(_:)`, for a body that throws nothing or a ``SharedMemoryError``.
    public func withMutableBytes<R>(
        _ body: (inout MutableRawSpan) throws(SharedMemoryError) -> R
    ) throws(SharedMemoryError) -> R {
        try writing({ $0 }, body)
    }

    /// The same as `withMutableBytes(_:)`, for a body with an error that can wrap a ``SharedMemoryError``.
    public func withMutableBytes<R, Failure: SharedMemoryError.Convertible>(
        _ body: (inout MutableRawSpan) throws(Failure) -> R
    ) throws(Failure) -> R {
        try writing({ Failure($0) }, body)
    }

    /// The same as `createOrAttach(size:permissions:lock:initialise:)`, if `initialise` throws nothing or a
    /// ``SharedMemoryError``, or if there is nothing to initialise.
    @discardableResult
    public func createOrAttach(
        size: Int = defaultSize, permissions: FilePermissions = .ownerReadWrite, lock: LockKind = .default,
        initialise: (inout MutableRawSpan) throws(SharedMemoryError) -> Void = { _ in }
    ) throws(SharedMemoryError) -> Origin {
        try createdOrAttached(size, permissions, lock, { $0 }, initialise)
    }

    /// The same as `createOrAttach(size:permissions:lock:initialise:)`, if `initialise` has an error that can wrap a
    /// ``SharedMemoryError``.
    @discardableResult
    public func createOrAttach<Failure: SharedMemoryError.Convertible>(
        size: Int = defaultSize, permissions: FilePermissions = .ownerReadWrite, lock: LockKind = .default,
        initialise: (inout MutableRawSpan) throws(Failure) -> Void
    ) throws(Failure) -> Origin {
        try createdOrAttached(size, permissions, lock, { Failure($0) }, initialise)
    }
}
