public import Glibc

/// glibc's robust, priority-inheriting process-shared mutex: ``PthreadRobustLock`` and ``PthreadPILock`` combined.
///
/// Memory ordering: as ``PthreadMutexLock``. Owner death: the kernel passes the lock on to a waiter, or marks the word.
/// The next owner gets ``LockOutcome/ownerDied``, and the mutex is made consistent at once.
///
/// glibc aborts the process if the kernel rejects the word, which happens only if the word was overwritten.
@_spi(Bench) @safe public struct PthreadRobustPILock: PthreadMutexPrimitive, ~Copyable {
    /// The mutex in this process's mapping.
    public let mutex: UnsafeMutablePointer<pthread_mutex_t>

    /// See ``LockPrimitive/properties``.
    public static var properties: LockProperties {
        LockProperties(
            name: "pthread-robust-pi", family: .pthread, ownerDeath: .reported, priorityInheritance: true,
            onePIDNamespace: true, summary: "glibc's robust mutex with priority inheritance")
    }

    /// Why a death would not be detected here, or why the kernel has no priority inheritance; `nil` if there is no
    /// obstacle.
    public static var obstacle: String? { RobustListEntry.missingList?.reason ?? PthreadMutex.obstacle(attributes) }

    /// `PTHREAD_MUTEX_ROBUST` and `PTHREAD_PRIO_INHERIT`.
    public static var attributes: PthreadMutexAttributes { [.robust, .inherit] }

    /// Uses an initialised mutex.
    public init(mutex: UnsafeMutablePointer<pthread_mutex_t>) { unsafe self.mutex = mutex }
}

extension LockKind {
    /// glibc's robust, priority-inheriting process-shared mutex.
    public static let pthreadRobustPI = LockKind(PthreadRobustPILock.self)
}
