public import Glibc

/// glibc's robust process-shared mutex.
///
/// Source: `pthread_mutexattr_setrobust(3)`; `get_robust_list(2)` describes the kernel's part. glibc links the mutex
/// into the thread's robust list at every lock and unlinks it at every unlock, which is its cost over
/// ``PthreadMutexLock``.
///
/// Memory ordering: as ``PthreadMutexLock``. Owner death: the kernel walks the dead thread's list, marks the word and
/// wakes one waiter, which gets ``LockOutcome/ownerDied``. The mutex is made consistent at once, so exactly one next
/// owner receives the report. The list's links lie *in the shared mutex*: a process that overwrites them can crash an
/// owner. The kernel identifies the owner by its thread id, which belongs to another thread in another PID namespace,
/// so all participants must be in one. The death of an owner that executes another program on a thread that is not its
/// thread-group leader is not detected.
@_spi(Bench) @safe public struct PthreadRobustLock: PthreadMutexPrimitive, ~Copyable {
    /// The mutex in this process's mapping.
    public let mutex: UnsafeMutablePointer<pthread_mutex_t>

    /// See ``LockPrimitive/properties``.
    public static var properties: LockProperties {
        LockProperties(
            name: "pthread-robust", family: .pthread, ownerDeath: .reported, onePIDNamespace: true,
            summary: "glibc's robust process-shared mutex")
    }

    /// Why a death would not be detected here; `nil` if it would.
    public static var obstacle: String? { RobustListEntry.missingList?.reason ?? PthreadMutex.obstacle(attributes) }

    /// `PTHREAD_MUTEX_ROBUST`.
    public static var attributes: PthreadMutexAttributes { .robust }

    /// Uses an initialised mutex.
    public init(mutex: UnsafeMutablePointer<pthread_mutex_t>) { unsafe self.mutex = mutex }
}

extension LockKind {
    /// glibc's robust process-shared mutex.
    public static let pthreadRobust = LockKind(PthreadRobustLock.self)
}
