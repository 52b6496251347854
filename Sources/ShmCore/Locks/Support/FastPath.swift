public import Synchronization

/// How a handle, which learns its lock's kind at run time, takes and releases an uncontended lock for hardly more
/// than code that was compiled for that kind. It holds for the thread that asked; a handle asks again after each
/// acquisition through the primitive.
@_spi(Bench) @safe public enum FastPath {
    /// Only through the primitive.
    case none

    /// A word that is 0 while the lock is free and takes `held` by a compare-exchange (acquire). If it still holds
    /// that value at the unlock, a compare-exchange back to 0 (release) is all there is to do; otherwise the
    /// primitive's `unlock` is called.
    case word(UnsafeMutablePointer<Atomic<UInt32>>, held: UInt32)

    /// Plain functions on an object in shared memory.
    case calls(FastCalls)
}

/// Plain C functions, and the object in shared memory that they work on. Called directly, without a thunk in between.
/// Holds no reference, so that using it counts none.
@_spi(Bench) @safe public struct FastCalls {
    /// A function on the object that returns 0 or an error number.
    public typealias Call = @convention(c) (UnsafeMutableRawPointer) -> Int32

    let object: UnsafeMutableRawPointer
    let take: Call
    let unlock: Call

    /// Names the functions and the object.
    ///
    /// - Parameters:
    ///   - object: what the functions work on.
    ///   - take: takes the lock without waiting: a waiting call could not notice that the segment is destroyed.
    ///     ``LockPrimitive/settle(_:)`` is told an error number.
    ///   - unlock: releases it.
    public init(object: UnsafeMutableRawPointer, take: Call, unlock: Call) {
        unsafe self.object = object
        unsafe self.take = unsafe take
        unsafe self.unlock = unsafe unlock
    }
}
