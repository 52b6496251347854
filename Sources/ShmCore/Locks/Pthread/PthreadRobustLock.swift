public import Glibc

/// glibc's robust process-shared mutex.
///
/// Source: `pthread_mutexattr_setrobust(3)`; the kernel's side is described in `get_robust_list(2)`. glibc links the
/// mutex into the thread's robust list on every lock and unlinks it on every unlock, which is what it costs over
/// ``PthreadMutexLock``.
///
/// Memory ordering: as ``PthreadMutexLock``. Owner death: the kernel walks the dead thread's list, marks the word and
/// wakes one waiter, which gets ``LockOutcome/ownerDied``; the mutex is made consistent at once, so exactly one next
/// owner is told. The list's links lie *in the shared mutex*: a process that scribbles over them can crash an owner.
/// The kernel recognises the owner by its thread id, which another thread has in another PID namespace: all
/// participants must be in one. An owner that executes another program on a thread that is not its process's first is not
/// noticed.
@_spi(Bench) @safe public struct PthreadRobustLock: PthreadMutexPrimitive, ~Copyable {
    /// The mutex in this process's mapping.
    public let mutex: UnsafeMutablePointer<pthread_mutex_t>

    /// See ``LockPrimitive/properties``.
    public static var properties: LockProperties {
        LockProperties(
            name: "pthread-robust", family: .pthread, ownerDeath: .reported, onePIDNamespace: true,
            summary: "glibc's robust process-shared mutex")
    }

    /// Why a death would not be noticed here.
    public static var obstacle: String? { RobustListEntry.missingList?.reason ?? PthreadMutex.obstacle(attributes) }

    /// `PTHREAD_MUTEX_ROBUST`.
    public static var attributes: PthreadMutexAttributes { .robust }

    /// Takes part in a mutex.
    public init(mutex: UnsafeMutablePointer<pthread_mutex_t>) { unsafe self.mutex = mutex }
}

extension LockKind {
    /// glibc's robust process-shared mutex.
    public static let pthreadRobust = LockKind(PthreadRobustLock.self)
}
