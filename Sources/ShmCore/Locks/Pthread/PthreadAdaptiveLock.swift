public import Glibc

/// glibc's adaptive process-shared mutex: a waiter spins before it sleeps, for a time that depends on earlier waits.
///
/// Source: `pthread_mutexattr_settype(3)`, `PTHREAD_MUTEX_ADAPTIVE_NP` (GNU). Memory ordering and owner death: as
/// ``PthreadMutexLock``.
@_spi(Bench) @safe public struct PthreadAdaptiveLock: PthreadMutexPrimitive, ~Copyable {
    /// The mutex in this process's mapping.
    public let mutex: UnsafeMutablePointer<pthread_mutex_t>

    /// See ``LockPrimitive/properties``.
    public static var properties: LockProperties {
        LockProperties(
            name: "pthread-adaptive", family: .pthread, waiting: .parks, ownerDeath: .hangs,
            summary: "glibc's adaptive mutex: spins, then sleeps")
    }

    /// `PTHREAD_MUTEX_ADAPTIVE_NP`.
    public static var attributes: PthreadMutexAttributes { .adaptive }

    /// Uses an initialised mutex.
    public init(mutex: UnsafeMutablePointer<pthread_mutex_t>) { unsafe self.mutex = mutex }
}

extension LockKind {
    /// glibc's adaptive process-shared mutex.
    public static let pthreadAdaptive = LockKind(PthreadAdaptiveLock.self)
}
