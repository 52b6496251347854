public import Glibc

/// glibc's priority-inheriting process-shared mutex: its owner runs with the priority of the most urgent waiter.
///
/// Source: `pthread_mutexattr_setprotocol(3)`, `PTHREAD_PRIO_INHERIT`. The kernel's part is `FUTEX_LOCK_PI` in
/// `futex(2)`, which hands the lock to the first waiter and does not allow barging.
///
/// Memory ordering: as ``PthreadMutexLock``. Owner death: the kernel hands the lock to a sleeping waiter. In that
/// process glibc (2.36) finds the owner-died mark, which a mutex that is not robust must not have, and *aborts the
/// process*. If no waiter slept, later waiters wait for ever.
///
/// glibc aborts the process if the kernel rejects the word, which happens only if the word was overwritten.
@_spi(Bench) @safe public struct PthreadPILock: PthreadMutexPrimitive, ~Copyable {
    /// The mutex in this process's mapping.
    public let mutex: UnsafeMutablePointer<pthread_mutex_t>

    /// See ``LockPrimitive/properties``.
    public static var properties: LockProperties {
        LockProperties(
            name: "pthread-pi", family: .pthread, ownerDeath: .hangs, priorityInheritance: true,
            onePIDNamespace: true, summary: "glibc's mutex with priority inheritance")
    }

    /// Why this process cannot use the mutex; `nil` if it can.
    public static var obstacle: String? { PthreadMutex.obstacle(attributes) }

    /// `PTHREAD_PRIO_INHERIT`.
    public static var attributes: PthreadMutexAttributes { .inherit }

    /// Uses an initialised mutex.
    public init(mutex: UnsafeMutablePointer<pthread_mutex_t>) { unsafe self.mutex = mutex }
}

extension LockKind {
    /// glibc's priority-inheriting process-shared mutex.
    public static let pthreadPI = LockKind(PthreadPILock.self)
}
