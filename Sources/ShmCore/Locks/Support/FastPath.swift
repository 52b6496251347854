public import Synchronization

/// How a handle takes and releases an uncontended lock whose kind it learns at run time, at nearly the cost of code
/// that was compiled for that kind. Valid only on the thread that asked for it; a handle asks again after each
/// acquisition through the primitive.
@_spi(Bench) @safe public enum FastPath {
    /// There is no fast path: every operation goes through the primitive.
    case none

    /// A word that is 0 while the lock is free. A compare-exchange to `held` (acquire) takes the lock. At the unlock,
    /// if the word still holds `held`, a compare-exchange back to 0 (release) completes the release; otherwise the
    /// handle calls the primitive's `unlock`.
    case word(UnsafeMutablePointer<Atomic<UInt32>>, held: UInt32)

    /// The fast paths of a ``RobustFutexLock``'s registered thread.
    case robust(RobustFastPath)

    /// C functions on an object in shared memory.
    case calls(FastCalls)
}

/// The registration of the thread that uses a ``RobustFutexLock``, as a handle keeps it. It stays in its place for as
/// long as the participant lives.
@_spi(Bench) @safe public struct RobustFastPath {
    let registration: UnsafeMutablePointer<RobustRegistration>
}

/// C functions and the object in shared memory that they work on. They are called directly, without a thunk. The value
/// holds no reference, so a use changes no reference count.
@_spi(Bench) @safe public struct FastCalls {
    /// A function on the object that returns 0 or an errno value.
    public typealias Call = @convention(c) (UnsafeMutableRawPointer) -> Int32

    let object: UnsafeMutableRawPointer
    let take: Call
    let unlock: Call

    /// Names the functions and their object.
    ///
    /// - Parameters:
    /// - object: the argument of both functions.
    ///   - take: takes the lock without waiting: a blocking call could not notice that the segment is destroyed. The
    ///     handle passes a nonzero result to ``LockPrimitive/settle(_:)``.
    ///   - unlock: releases the lock.
    public init(object: UnsafeMutableRawPointer, take: Call, unlock: Call) {
        unsafe self.object = object
        unsafe self.take = unsafe take
        unsafe self.unlock = unsafe unlock
    }
}
