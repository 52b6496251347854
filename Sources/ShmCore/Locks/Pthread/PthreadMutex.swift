internal import CShm
public import Glibc
public import SystemPackage

/// A lock that is a `pthread_mutex_t` in shared memory. The conforming type supplies the kind of mutex by its
/// ``LockPrimitive/properties`` and ``attributes``; everything else is common.
///
/// Locking and unlocking must happen on the same thread.
@_spi(Bench) public protocol PthreadMutexPrimitive: LockPrimitive, ~Copyable {
    /// The mutex attributes beside `PTHREAD_PROCESS_SHARED`.
    static var attributes: PthreadMutexAttributes { get }

    /// The mutex in this process's mapping.
    var mutex: UnsafeMutablePointer<pthread_mutex_t> { get }

    /// Uses an initialised mutex.
    init(mutex: UnsafeMutablePointer<pthread_mutex_t>)
}

/// The attributes of a process-shared mutex.
@_spi(Bench) public struct PthreadMutexAttributes: OptionSet, Sendable {
    /// The attributes as a bit mask.
    public let rawValue: Int
    /// `PTHREAD_MUTEX_ROBUST`.
    public static let robust = PthreadMutexAttributes(rawValue: SHM_MUTEX_ROBUST)
    /// `PTHREAD_PRIO_INHERIT`.
    public static let inherit = PthreadMutexAttributes(rawValue: SHM_MUTEX_INHERIT)
    /// `PTHREAD_MUTEX_ADAPTIVE_NP`.
    public static let adaptive = PthreadMutexAttributes(rawValue: SHM_MUTEX_ADAPTIVE)

    /// Makes a set from a bit mask.
    public init(rawValue: Int) { self.rawValue = rawValue }
}

@_spi(Bench) extension PthreadMutexPrimitive where Self: ~Copyable {
    /// One `pthread_mutex_t`.
    public static func bytesNeeded(participants: Int) -> Int { unsafe MemoryLayout<pthread_mutex_t>.size }

    /// `pthread_mutex_init(3)` with `PTHREAD_PROCESS_SHARED` and the type's attributes.
    public static func initialise(_ area: UnsafeMutableRawPointer, participants: Int) throws(Errno) {
        try SystemCall.check(unsafe shm_mutex_init(area, Int32(attributes.rawValue)))
    }

    /// Binds to the mutex at the area's start. Throws `EINVAL` if there is no mutex of this type: glibc aborts the
    /// process on an unknown kind, so a mutex that was overwritten must not reach glibc.
    public init(_ binding: borrowing LockBinding) throws(Errno) {
        var fresh = unsafe pthread_mutex_t()
        try unsafe Self.initialise(&fresh, participants: binding.participants)
        defer { unsafe _ = pthread_mutex_destroy(&fresh) }
        guard unsafe shm_mutex_kind(binding.area) == shm_mutex_kind(&fresh) else { throw .invalidArgument }
        unsafe self.init(mutex: binding.area.assumingMemoryBound(to: pthread_mutex_t.self))
    }

    /// glibc's functions, called directly.
    public var fastPath: FastPath { unsafe PthreadMutex.fastPath(mutex) }

    /// `pthread_mutex_lock(3)`.
    @inlinable @inline(__always)
    public borrowing func lock() -> LockOutcome {
        let failure = unsafe pthread_mutex_lock(mutex)
        return failure == 0 ? .acquired : unsafe PthreadMutex.settle(mutex, failure)
    }

    /// `pthread_mutex_trylock(3)`.
    @inlinable @inline(__always)
    public borrowing func tryLock() -> LockOutcome {
        let failure = unsafe pthread_mutex_trylock(mutex)
        return failure == 0 ? .acquired : unsafe PthreadMutex.settle(mutex, failure)
    }

    /// `pthread_mutex_clocklock(3)` on `CLOCK_MONOTONIC`.
    public borrowing func lock(until deadline: Deadline) -> LockOutcome {
        settle(unsafe -shm_mutex_lock_until(mutex, deadline.nanoseconds))
    }

    /// `pthread_mutex_unlock(3)`.
    @inlinable @inline(__always)
    public borrowing func unlock() {
        unsafe pthread_mutex_unlock(mutex)
    }

    /// Makes a mutex consistent whose owner died.
    public borrowing func settle(_ failure: Int32) -> LockOutcome { unsafe PthreadMutex.settle(mutex, failure) }
}

/// The parts that are common to all kinds of mutex and not generic: the measured loops of all kinds stay identical
/// code, which the compiler then merges without making the calls indirect.
@_spi(Bench) public enum PthreadMutex {
    /// Why this process cannot use a mutex with these attributes; `nil` if it can.
    static func obstacle(_ attributes: PthreadMutexAttributes) -> String? {
        var mutex = unsafe pthread_mutex_t()
        guard unsafe shm_mutex_init(&mutex, Int32(attributes.rawValue)) != 0 else {
            unsafe pthread_mutex_destroy(&mutex)
            return nil
        }
        return "the kernel or libc does not support such mutexes"
    }

    static func fastPath(_ mutex: UnsafeMutablePointer<pthread_mutex_t>) -> FastPath {
        typealias MutexCall = @convention(c) (UnsafeMutablePointer<pthread_mutex_t>) -> Int32
        let tryLock: MutexCall = unsafe pthread_mutex_trylock
        let unlock: MutexCall = unsafe pthread_mutex_unlock
        // Typed and untyped pointers have the same calling convention.
        return unsafe .calls(
            FastCalls(
                object: mutex, take: unsafeBitCast(tryLock, to: FastCalls.Call.self),
                unlock: unsafeBitCast(unlock, to: FastCalls.Call.self)))
    }

    /// The outcome for a locking function's error number. A mutex whose owner died is made consistent at once, so
    /// exactly one next owner receives the report.
    @usableFromInline
    static func settle(_ mutex: UnsafeMutablePointer<pthread_mutex_t>, _ failure: Int32) -> LockOutcome {
        switch failure {
        case 0: return .acquired
        case EBUSY, ETIMEDOUT: return .busy
        case EOWNERDEAD:
            let failure = unsafe pthread_mutex_consistent(mutex)
            return failure == 0 ? .ownerDied : .failed(Errno(rawValue: failure))
        default: return .failed(Errno(rawValue: failure))
        }
    }
}
