public import Glibc

/// glibc's process-shared mutex of the default type (`PTHREAD_MUTEX_TIMED_NP`, not robust).
///
/// Source: `pthread_mutexattr_setpshared(3)`, POSIX.1-2024. Memory ordering: POSIX's "memory synchronization" (XBD
/// 4.15); in glibc an acquire compare-exchange and a release exchange on one futex word. Owner death: the mutex stays
/// taken and every other process waits for ever.
@_spi(Bench) @safe public struct PthreadMutexLock: PthreadMutexPrimitive, ~Copyable {
    /// The mutex in this process's mapping.
    public let mutex: UnsafeMutablePointer<pthread_mutex_t>

    /// See ``LockPrimitive/properties``.
    public static var properties: LockProperties {
        LockProperties(
            name: "pthread-mutex", family: .pthread, ownerDeath: .hangs, summary: "glibc's process-shared mutex")
    }

    /// No attributes.
    public static var attributes: PthreadMutexAttributes { [] }

    /// Uses an initialised mutex.
    public init(mutex: UnsafeMutablePointer<pthread_mutex_t>) { unsafe self.mutex = mutex }
}

extension LockKind {
    /// glibc's process-shared mutex.
    public static let pthreadMutex = LockKind(PthreadMutexLock.self)
}
